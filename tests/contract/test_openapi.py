"""The OpenAPI documents say what an integrator needs."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from pydantic import TypeAdapter, ValidationError

from deploy.local.openapi import documents
from shared.openapi import bounds
from shared.schemas.common import Flag, WallTime


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, Any]]:
    return documents()


PUBLIC = {
    "providers": [
        "POST /oauth/token",
        *(
            f"GET /{name}"
            for name in ("organisations", "service-points", "tutors", "offerings", "topics", "municipalities", "events")
        ),
        "POST /organisations",
        "POST /service-points",
        "POST /tutors",
        "POST /offerings",
        "PUT /topics/{code}",
        "PUT /municipalities/{code}",
    ],
    "booking": [
        "GET /slots",
        "POST /appointments",
        "GET /appointments/{id}",
        "POST /appointments/{id}/cancellation",
        "POST /appointments/{id}/move",
        "POST /appointments/{id}/outcome",
        *(f"{method} /{name}" for name in ("availability", "absences") for method in ("GET", "POST")),
        "DELETE /availability/{id}",
        "DELETE /absences/{id}",
        "GET /events",
    ],
    "notify": ["GET /messages"],
}


@pytest.mark.parametrize(("service", "route"), [(name, route) for name, routes in PUBLIC.items() for route in routes])
def test_the_public_api_is_described(described: dict[str, dict[str, Any]], service: str, route: str) -> None:
    method, _, path = route.partition(" ")
    operation = described[service]["paths"][f"/api/{service}/v1{path}"][method.lower()]
    assert operation["summary"]
    assert "default" in operation["responses"]


def test_every_post_takes_an_idempotency_key_or_cannot_act_twice(described: dict[str, dict[str, Any]]) -> None:
    without = {
        path.partition("/v1")[2]: methods["post"].get("description", "")
        for document in described.values()
        for path, methods in document["paths"].items()
        if "post" in methods
        and not any(given["name"] == "idempotency-key" for given in methods["post"].get("parameters", []))
    }
    # As RFC 6749 and RFC 7009 have them, and what only reads.
    assert set(without) == {"/oauth/token", "/oauth/revoke", "/lookups"}
    assert all("It takes no `Idempotency-Key`" in " ".join(said.split()) for said in without.values())


# What may be written without signing in, and what sets it an end. What an appointment's or an entry's own key opens is
# bounded by that there is one of it.
LIMITED = {
    "POST /organisations/registrations": "by address, within an hour",
    "POST /sign-ins": "by contact and address",
    "POST /sign-ins/{id}/login": "five tries",
    "POST /passkeys/sign-ins": "by address",
    "POST /passkeys/sign-ins/{id}/login": "a challenge is answered once",
    "POST /single-sign-ons": "by address",
    "POST /single-sign-ons/{id}/login": "who comes back is asked about once",
    "POST /oauth/token": "writes nothing for who shows no login of theirs",
    "POST /oauth/revoke": "writes nothing for who shows no login of theirs",
    "POST /holds": "by address and region",
    "POST /appointments": "by contact, address and region",
    "POST /series": "by contact, address and region",
    "POST /waitlist": "by contact, address and region",
    "POST /lost-links": "by contact and address",
    "POST /lost-links/{id}/opening": "five tries, and by address",
}


def test_what_anybody_may_send_has_a_limit(described: dict[str, dict[str, Any]]) -> None:
    """Whoever adds such a route says here what sets it an end."""
    for_anybody = {
        f"{method} /{path.partition('/v1/')[2]}"
        for asked, operation in operations(described)
        for method, _, path in [asked.partition(" ")]
        if method != "GET" and ({} in operation["security"] or operation["security"] == [])
    }
    assert for_anybody == set(LIMITED)


COUNTED_BY_KEY = {
    "POST /appointments/{id}/move",
    "POST /appointments/{id}/correction",
    "POST /appointments/{id}/confirmation",
    "POST /appointments/{id}/verification",
    "PUT /appointments/{id}/feedback",
    "POST /waitlist/{id}/acceptance",
    "POST /waitlist/{id}/correction",
    "GET /calendar-subscriptions/{secret}.ics",
}


def test_what_is_counted_by_address_or_by_what_a_key_opens_tells_what_is_left(
    described: dict[str, dict[str, Any]],
) -> None:
    told = {
        f"{asked.partition(' ')[0]} /{asked.partition('/v1/')[2]}"
        for asked, operation in operations(described)
        for status, answer in operation["responses"].items()
        if status[0] == "2" and set(answer.get("headers", {})) == {"RateLimit", "RateLimit-Policy"}
    }
    assert told == COUNTED_BY_KEY | {asked for asked, limit in LIMITED.items() if "address" in limit}


def test_what_is_sent_to_book_has_an_example(described: dict[str, dict[str, Any]]) -> None:
    schemas = described["booking"]["components"]["schemas"]
    assert schemas["AppointmentInput"]["examples"]
    assert schemas["AvailabilityInput"]["examples"]


def operations(described: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for document in described.values():
        for path, methods in document["paths"].items():
            yield from ((f"{method.upper()} {path}", operation) for method, operation in methods.items())


def test_every_refusal_is_a_problem_in_its_own_media_type(described: dict[str, dict[str, Any]]) -> None:
    for document in described.values():
        for answer in document["components"]["responses"].values():
            assert answer["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
            }
    for asked, operation in operations(described):
        refusals = {status: said for status, said in operation["responses"].items() if status[0] in "45d"}
        own = {"400", "401"} if "/oauth/" in asked else {"503"} if asked.endswith("/readyz") else set()
        assert "default" in refusals
        assert all("$ref" in said or status in own for status, said in refusals.items()), asked


def test_an_operation_is_called_as_its_handler_and_each_has_a_tag(described: dict[str, dict[str, Any]]) -> None:
    for service, document in described.items():
        called = [operation["operationId"] for _asked, operation in operations({service: document})]
        assert len(called) == len(set(called))
        assert all(name.isidentifier() for name in called)
        known = {tag["name"] for tag in document["tags"]}
        assert all(set(operation["tags"]) <= known for _asked, operation in operations({service: document}))


def test_every_body_has_an_example(described: dict[str, dict[str, Any]]) -> None:
    for document in described.values():
        schemas = document["components"]["schemas"]
        for asked, operation in operations({"": document}):
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schema = schemas.get(content["schema"].get("$ref", "").rpartition("/")[2], content["schema"])
                assert "example" in content or schema.get("examples"), asked


def test_an_example_can_be_sent(described: dict[str, dict[str, Any]]) -> None:
    for document in described.values():
        for name, schema in document["components"]["schemas"].items():
            fits = OAS31Validator({**schema, "components": document["components"]})
            for example in schema.get("examples", []):
                assert list(fits.iter_errors(example)) == [], name


def test_a_key_and_a_token_are_ways_of_showing_who_one_is(described: dict[str, dict[str, Any]]) -> None:
    booking = described["booking"]
    assert booking["components"]["securitySchemes"]["manageToken"]["name"] == "Manage-Token"
    said = {asked.replace("/api/booking/v1", ""): each["security"] for asked, each in operations({"": booking})}
    bearer: dict[str, list[str]] = {"bearer": []}
    key: dict[str, list[str]] = {"manageToken": []}
    assert said["GET /slots"] == []
    assert said["POST /appointments"] == [bearer, key, {}]
    assert said["POST /holds"] == [bearer, {}]
    assert said["DELETE /holds/{id}"] == [key]
    assert said["GET /appointments/{id}"] == [bearer, key]
    assert said["POST /appointments/{id}/outcome"] == [bearer]
    for _asked, operation in operations(described):
        assert all(given["name"].lower() != "manage-token" for given in operation.get("parameters", []))


def test_a_time_of_the_day_is_described_as_it_is_read(described: dict[str, dict[str, Any]]) -> None:
    text = json.dumps(described)
    assert '"format": "time"' not in text
    reads = TypeAdapter(WallTime)
    pattern = described["booking"]["components"]["schemas"]["AvailabilityInput"]["properties"]["from"]["pattern"]
    for written in ("10:00", "10:00:00", "00:00", "23:59"):
        assert re.fullmatch(pattern, written)
        reads.validate_python(written)
    for refused in ("10:00Z", "10:00+02:00", "10:00:30", "24:00", "10", "10:00:00.5", "1\u0663:00", 36000):
        assert not re.fullmatch(pattern, str(refused))
        with pytest.raises(ValidationError):
            reads.validate_python(refused)


@pytest.mark.parametrize("written", [0, 1, "true", "no", "off"])
def test_yes_and_no_are_true_and_false(written: object) -> None:
    assert TypeAdapter(Flag).validate_python(True)
    with pytest.raises(ValidationError):
        TypeAdapter(Flag).validate_python(written)


def test_what_is_sent_has_bounds_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are put in for readers of answers are not of what is sent: nobody would refuse what is beyond."""
    monkeypatch.setattr(bounds, "apply", lambda _part: None)
    for document in documents().values():
        for asked, operation in operations({"": document}):
            contents = operation.get("requestBody", {}).get("content", {}).values()
            sent = [each["schema"] for each in (*contents, *operation.get("parameters", []))]
            for schema in every_schema(sent, document["components"]["schemas"], set()):
                assert is_bounded(schema), (asked, schema)


def every_schema(part: object, known: dict[str, Any], seen: set[str]) -> Iterator[dict[str, Any]]:
    yield from bounds.schemas_in(part)
    for reference in re.findall(r"#/components/schemas/(\w+)", json.dumps(part)):
        if reference not in seen:
            seen.add(reference)
            yield from every_schema(known[reference], known, seen)


def is_bounded(schema: dict[str, Any]) -> bool:
    if {"enum", "const"} & schema.keys() or schema.get("format") in bounds.LENGTHS:
        return True
    needed = {"string": [{"maxLength"}], "array": [{"maxItems"}]}.get(schema["type"], [])
    if schema["type"] == "integer":
        needed = [{"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}]
    return all(either & schema.keys() for either in needed)
