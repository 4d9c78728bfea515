"""What the descriptions say of who may ask is so: whoever shows nothing is asked to sign in, exactly where they say."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from deploy.local.openapi import documents
from shared.openapi.security import needs_somebody
from tests.installation import Installation

DOCUMENTS = documents()
VALUES = {"uuid": str(uuid.UUID(int=1)), "date": "2027-03-01"}
CODES = {"/api/providers/v1/topics/{code}": "e-services", "/api/providers/v1/municipalities/{code}": "305"}
Operation = tuple[str, str, str]


def operations() -> Iterator[Operation]:
    """Every operation, by its service, its method and its path."""
    for service, document in DOCUMENTS.items():
        for path, methods in document["paths"].items():
            yield from ((service, method, path) for method in methods)


def query(operation: dict[str, Any]) -> dict[str, str]:
    """The parameters that are needed, with some values."""
    needed = [each for each in operation.get("parameters", []) if each["in"] == "query" and each["required"]]
    return {each["name"]: VALUES.get(each["schema"].get("format"), "2027-03") for each in needed}


def body(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The example of what is sent, as the HTTP client takes it."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        schema = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
        example = content.get("example") or schema["examples"][0]
        if media_type == "text/calendar":
            return {"content": example, "headers": {"Content-Type": media_type}}
        return {"json" if media_type == "application/json" else "data": example}
    return {}


def ask(installation: Installation, asked: Operation, headers: dict[str, str]) -> httpx2.Response:
    service, method, path = asked
    operation = DOCUMENTS[service]["paths"][path][method]
    sent = body(DOCUMENTS[service], operation)
    sent["headers"] = {**sent.get("headers", {}), **headers}
    where = path.replace("{id}", VALUES["uuid"]).replace("{code}", CODES.get(path, ""))
    where = where.replace("{organisation}", VALUES["uuid"])
    return installation.http.request(method, where, params=query(operation), **sent)


def is_asked_to_sign_in(answer: httpx2.Response) -> bool:
    """Whether a token or key is what is missing, and not for instance a code that fits."""
    return answer.status_code == 401 and answer.json()["type"] == "urn:vuoro:problem:unauthenticated"


@pytest.mark.parametrize("asked", list(operations()), ids=" ".join)
def test_a_stranger_is_asked_to_sign_in_where_it_is_said(installation: Installation, asked: Operation) -> None:
    service, method, path = asked
    answer = ask(installation, asked, {})
    said = needs_somebody(DOCUMENTS[service]["paths"][path][method])
    assert is_asked_to_sign_in(answer) == said, answer.text
    assert answer.status_code < 500


@pytest.mark.parametrize("asked", list(operations()), ids=" ".join)
def test_a_token_that_is_not_good_is_refused_where_one_is_read(installation: Installation, asked: Operation) -> None:
    service, method, path = asked
    answer = ask(installation, asked, {"Authorization": "Bearer nonsense"})
    ways = DOCUMENTS[service]["paths"][path][method]["security"]
    if {"bearer": []} in ways:
        assert is_asked_to_sign_in(answer), answer.text
    elif {"manageToken": []} not in ways:
        assert not is_asked_to_sign_in(answer), answer.text
