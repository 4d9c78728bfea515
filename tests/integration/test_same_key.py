"""Two people who have not signed in and send the same Idempotency-Key, by a program that always sends one."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from deploy.local.postgres import Postgres
from shared import db
from tests.conftest import fresh_database
from tests.integration.apps import RunningApp, running
from tests.integration.providers import ProvidersApp, running_app
from tests.integration.registry import NOW, Registry, address_of, helsinki

pytestmark = pytest.mark.anyio
LIBRARY, ELSEWHERE = "192.0.2.1", "192.0.2.2"
ONE = {"Idempotency-Key": "6f1cbd2c-8e39-4b0d-9a3e-0b1f2f5d7c11"}


@pytest.fixture
async def booking(
    booking_db: db.Sessions, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningApp]:
    monkeypatch.setattr("services.booking.routes.unit_of_work.now", lambda: NOW)
    async with running(RunningApp, "booking", address_of(booking_db), tmp_path, monkeypatch) as app:
        yield app


@pytest.fixture
async def providers(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ProvidersApp]:
    async with running_app(fresh_database(postgres, "providers"), tmp_path, monkeypatch) as app:
        yield app


async def send(app: RunningApp, address: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
    async with app.asked_from(address) as http:
        return await http.post(f"/api/{app.name}/v1{path}", json=body, headers=ONE | headers)


Body = dict[str, object]


async def test_only_the_very_same_booking_gets_the_answer_of_the_first(booking: RunningApp, registry: Registry) -> None:
    ten: Body = {"slot_id": registry.slot(helsinki(8, 10)), "topic": "e-services"}
    aili = ten | {"citizen": {"name": "Aili", "phone": "040 685 404"}}
    mummo = ten | {"citizen": {"name": "Mummo", "phone": "040 685 405"}}
    later = mummo | {"slot_id": registry.slot(helsinki(8, 11))}
    first = await send(booking, LIBRARY, "/appointments", aili)
    assert first.status_code == 201, first.text
    for body in (mummo, later):
        refused = await send(booking, LIBRARY, "/appointments", body)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:vuoro:problem:idempotency-key-reused")
        assert not any(said in refused.text for said in ("Aili", "685", first.json()["id"]))
    assert (await send(booking, LIBRARY, "/appointments", aili)).json() == first.json()
    other = await send(booking, ELSEWHERE, "/appointments", later)
    assert (other.status_code, other.json()["citizen"]["name"]) == (201, "Mummo")


@pytest.mark.parametrize(
    "key",
    [
        "1",
        "docs-17",
        "00000000-0000-0000-0000-000000000000",
        "6f1cbd2c-8e39-1b0d-9a3e-0b1f2f5d7c11",  # of the clock
        uuid.UUID(int=1, version=4).hex,
    ],
)
async def test_a_key_that_others_at_the_address_could_guess_is_refused_unless_one_is_signed_in(
    booking: RunningApp, providers: ProvidersApp, registry: Registry, key: str
) -> None:
    """Else the next at a library's computer who holds the same time gets the hold of the first, with its key."""
    hold: Body = {"slot_id": registry.slot(helsinki(8, 10)), "topic": "e-services"}
    guessed = {"Idempotency-Key": key}
    for app, path, body in ((booking, "/holds", hold), (providers, "/sign-ins", {"contact": "a@example.fi"})):
        refused = await send(app, LIBRARY, path, body, **guessed)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:vuoro:problem:idempotency-key-guessable")
    assert (await send(booking, LIBRARY, "/holds", hold)).status_code == 201
    signed_in = guessed | booking.bearer(
        uuid.uuid4(), kind="person", roles=[{"role": "staff", "organisation_id": str(registry.organisation)}]
    )
    done = await send(booking, LIBRARY, "/holds", hold | {"slot_id": registry.slot(helsinki(8, 11))}, **signed_in)
    assert done.status_code == 201, done.text


async def test_where_one_must_have_signed_in_that_is_said_first(booking: RunningApp, providers: ProvidersApp) -> None:
    hours: Body = {"weekday": 2, "from": "10:00", "to": "14:00", "service_point_id": str(uuid.uuid4())}
    organisation: Body = {"name": {"fi": "Uusi"}, "kind": "association", "municipality": "305"}
    for app, path, body in ((booking, "/availability", hours), (providers, "/organisations", organisation)):
        answer = await send(app, LIBRARY, path, body, **{"Idempotency-Key": "1"})
        assert answer.status_code == 401, answer.text


@pytest.mark.parametrize(("path", "body"), [("/passkeys/sign-ins", None), ("/sign-ins", {"contact": "a@example.fi"})])
async def test_a_sign_in_that_is_begun_elsewhere_is_another(
    providers: ProvidersApp, path: str, body: dict[str, str] | None
) -> None:
    """Nothing in the request tells who asks, so the key of one would begin the sign-in of all."""
    first = await send(providers, LIBRARY, path, body)
    assert first.status_code == 202, first.text
    assert (await send(providers, LIBRARY, path, body)).json()["id"] == first.json()["id"]
    assert (await send(providers, ELSEWHERE, path, body)).json()["id"] != first.json()["id"]
