"""Our reader of query strings does what FastAPI's own does."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Query
from fastapi.testclient import TestClient
from pydantic import BaseModel

from shared.query import parameters_of, read_as
from shared.schemas.booking import DaySearch, SlotSearch
from shared.schemas.providers import ServicePointSearch

MODELS: dict[str, type[BaseModel]] = {"slots": SlotSearch, "days": DaySearch, "points": ServicePointSearch}
app = FastAPI()


@app.get("/ours/slots")
async def our_slots(wanted: Annotated[SlotSearch, Depends(read_as(SlotSearch))]) -> SlotSearch:
    return wanted


@app.get("/theirs/slots")
async def their_slots(wanted: Annotated[SlotSearch, Query()]) -> SlotSearch:
    return wanted


@app.get("/ours/days")
async def our_days(wanted: Annotated[DaySearch, Depends(read_as(DaySearch))]) -> DaySearch:
    return wanted


@app.get("/theirs/days")
async def their_days(wanted: Annotated[DaySearch, Query()]) -> DaySearch:
    return wanted


@app.get("/theirs/points")
async def their_points(wanted: Annotated[ServicePointSearch, Query()]) -> ServicePointSearch:
    return wanted


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(app)


@pytest.mark.parametrize(
    "query",
    [
        "slots?",
        "slots?topic=e-services&municipality=305&channel=phone&expand=true&limit=5",
        "slots?weekday=1&weekday=3&feature=wheelchair",
        "slots?from=2027-03-01T10:00:00Z&to=2027-03-02T10:00:00%2B02:00&from_time=10:00",
        "slots?helper=any",
        "slots?tutors=any",
        "slots?limit=1&limit=2",
        "days?month=2027-03",
    ],
)
def test_a_query_is_read_as_fastapi_reads_it(client: TestClient, query: str) -> None:
    ours, theirs = client.get(f"/ours/{query}"), client.get(f"/theirs/{query}")
    assert ours.status_code == theirs.status_code == 200
    assert ours.json() == theirs.json()


@pytest.mark.parametrize(
    "query",
    [
        "slots?limit=0",
        "slots?weekday=1&weekday=9",
        "slots?unknown=1",
        "slots?topic=",
        "slots?from=x",
        "days?",
        "days?month=",
    ],
)
def test_what_is_wrong_is_found_where_fastapi_finds_it(client: TestClient, query: str) -> None:
    ours, theirs = client.get(f"/ours/{query}"), client.get(f"/theirs/{query}")
    assert ours.status_code == theirs.status_code == 422
    found = [[(each["type"], each["loc"]) for each in answer.json()["detail"]] for answer in (ours, theirs)]
    assert found[0] == found[1]
    assert all("input" not in each for each in ours.json()["detail"])


@pytest.mark.parametrize("name", MODELS)
def test_the_parameters_are_described_as_fastapi_describes_them(name: str) -> None:
    theirs = app.openapi()["paths"][f"/theirs/{name}"]["get"]["parameters"]
    ours = parameters_of(MODELS[name])["parameters"]
    assert [(each["name"], each["in"], each["required"]) for each in ours] == [
        (each["name"], each["in"], each["required"]) for each in theirs
    ]
    assert [each.get("description") for each in ours] == [each.get("description") for each in theirs]
