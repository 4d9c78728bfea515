"""The OpenAPI documents say what an integrator needs."""

from typing import Any

import pytest

from deploy.local.openapi import documents


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
    assert set(without) == {"/oauth/token", "/oauth/revoke"}  # as RFC 6749 and RFC 7009 have them
    assert all("It takes no `Idempotency-Key`" in " ".join(said.split()) for said in without.values())


def test_what_is_sent_to_book_has_an_example(described: dict[str, dict[str, Any]]) -> None:
    schemas = described["booking"]["components"]["schemas"]
    assert schemas["AppointmentInput"]["examples"]
    assert schemas["AvailabilityInput"]["examples"]
