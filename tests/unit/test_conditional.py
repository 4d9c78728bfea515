"""Nobody overwrites what they have not seen, nobody is sent twice what has not changed."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel

from shared.conditional import IfMatch, fresh, tag, unchanged
from shared.http import answers
from shared.problems import ChangedMeanwhile


class Record(BaseModel):
    name: str
    version: int = 3


class Listed(BaseModel):
    items: list[str]


app = FastAPI()
answers.install(app)


@app.get("/record")
async def record(request: Request) -> Response:
    return fresh(request, Record(name="Kuusamo"))


@app.get("/list")
async def listed(request: Request, name: str = "Kuusamo") -> Response:
    return fresh(request, Listed(items=[name]))


def write(response: Response, if_match: IfMatch) -> Response:
    unchanged(3, if_match)
    tag(response, 4)
    return response


@app.put("/record")
async def put(_written: Annotated[Response, Depends(write)]) -> dict[str, str]:
    return {}


client = TestClient(app)


def test_an_answer_carries_its_version_and_is_asked_about_each_time() -> None:
    answer = client.get("/record")
    assert answer.json() == {"name": "Kuusamo", "version": 3}
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"3"', "no-cache")


@pytest.mark.parametrize("known", ['"3"', 'W/"3"', '"1", "3"', ' "1" ,W/"3"', "*"])
def test_who_has_it_is_sent_its_tag_alone(known: str) -> None:
    answer = client.get("/record", headers={"If-None-Match": known})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"3"')


@pytest.mark.parametrize("known", ["", '"2"', "3", '"33"', '"'])
def test_who_has_another_is_sent_it(known: str) -> None:
    assert client.get("/record", headers={"If-None-Match": known}).status_code == 200


def test_a_list_is_tagged_by_what_it_says() -> None:
    first = client.get("/list").headers["etag"]
    assert first.startswith('W/"')
    assert client.get("/list", headers={"If-None-Match": first}).status_code == 304
    assert client.get("/list", params={"name": "Posio"}, headers={"If-None-Match": first}).status_code == 200


@pytest.mark.parametrize("if_match", [None, '"3"', 'W/"3"', "3", "*", ' "3" '])
def test_a_change_of_what_was_seen_is_taken(if_match: str | None) -> None:
    answer = client.put("/record", headers={"If-Match": if_match} if if_match else {})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"4"')


def test_a_change_of_an_older_state_is_refused() -> None:
    answer = client.put("/record", headers={"If-Match": '"2"'})
    assert (answer.status_code, answer.json()["type"]) == (412, ChangedMeanwhile().document("en").type)


@pytest.mark.parametrize("if_match", ["x", '"x"', '"1", "3"', ""])
def test_a_tag_that_was_never_given_is_pointed_out(if_match: str) -> None:
    answer = client.put("/record", headers={"If-Match": if_match})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/If-Match"
