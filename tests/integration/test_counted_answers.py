"""What is counted of those who have not signed in, as they meet it: by HTTP."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from services.booking.actions import changes
from services.booking.reads import recipients
from services.booking.settings import Settings
from shared import db
from tests.integration.apps import SECRET, RunningApp, running
from tests.integration.registry import KUUSAMO, NOW, ZONE, Registry, acting, address_of, connected, helsinki

pytestmark = pytest.mark.anyio
V1 = "/api/booking/v1"
MUMMO = {"name": "Mummo", "phone": "040 685 404"}
TEN = helsinki(8, 10)


@pytest.fixture
async def app(
    booking_db: db.Sessions, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningApp]:
    """Booking on the morning of its tests, asked by anybody."""
    monkeypatch.setattr("services.booking.routes.unit_of_work.now", lambda: NOW)
    async with running(RunningApp, "booking", address_of(booking_db), tmp_path, monkeypatch) as app:
        yield app


async def post(app: RunningApp, path: str, body: object = None, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await app.http.post(f"{V1}{path}", json=body, headers=named)


async def book(app: RunningApp, registry: Registry, hour: int, **headers: str) -> httpx2.Response:
    body = {"slot_id": registry.slot(helsinki(8, hour)), "topic": "e-services", "citizen": MUMMO}
    return await post(app, "/appointments", body, **headers)


async def wait_for_ten(app: RunningApp) -> dict[str, str]:
    """Join the waitlist for ten o'clock, by a number that may be anybody's; return the entry."""
    wish = {"topic": "e-services", "municipality": KUUSAMO, "from_time": "10:00", "to_time": "10:30"}
    days = {"from": f"{TEN:%Y-%m-%d}", "until": f"{TEN:%Y-%m-%d}"}
    joined = await post(app, "/waitlist", wish | days | {"citizen": MUMMO})
    assert joined.status_code == 201, joined.text
    entry: dict[str, str] = joined.json()
    return entry


async def code_of(sessions: db.Sessions, appointment: str) -> str:
    """What the citizen of an appointment is sent."""
    settings = Settings.model_construct(zone=ZONE, public_url="https://vuoro.example", secret=SecretStr(SECRET))
    async with connected(sessions) as connection:
        code = (await recipients.recipient(connection, uuid.UUID(appointment), settings)).code
    assert code is not None
    return code


async def test_an_offer_is_taken_in_the_name_of_a_contact_as_seldom_as_a_time_is_booked_for_it(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    """The key was given to whoever joined, and not only to the contact that they gave."""
    taken = await registry.book(booking_db, TEN)
    entry = await wait_for_ten(app)
    assert [(await book(app, registry, hour)).json()["state"] for hour in (11, 12)] == ["booked"] * 2
    await acting(booking_db, changes.cancel, appointment_id=taken, actor="citizen")

    accepted = await post(app, f"/waitlist/{entry['id']}/acceptance", Manage_Token=entry["manage_token"])
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["state"] == "offered"
    held = accepted.json()["appointment"]
    assert held["state"] == "held"

    path, key = f"/appointments/{held['id']}/verification", held["manage_url"].rpartition("/")[2]
    assert (await post(app, path, {"code": "1"}, Manage_Token=key)).status_code == 403
    code = await code_of(booking_db, held["id"])
    verified = await post(app, path, {"code": code}, Manage_Token=key)
    assert verified.json()["state"] == "booked"
    mine = await app.http.get(f"{V1}/waitlist/mine", headers={"Manage-Token": entry["manage_token"]})
    assert (mine.json()["state"], mine.json()["citizen"]) == ("booked", None)


def left(answer: httpx2.Response) -> tuple[str, str]:
    """Which limits an answer says it was counted under, and what is left of the tightest."""
    return answer.headers["RateLimit-Policy"], answer.headers["RateLimit"]


async def test_who_books_without_signing_in_hears_what_is_left_to_their_address(
    app: RunningApp, registry: Registry
) -> None:
    hour = '"address";q=60;w=3600'
    assert left(await book(app, registry, 10)) == (hour, '"address";r=59;t=3600')
    assert left(await book(app, registry, 11)) == (hour, '"address";r=58;t=3600')
    taken = await book(app, registry, 11)
    assert (taken.status_code, taken.headers.get("RateLimit")) == (409, None)  # nothing was counted: it was plain
    hold = await post(app, "/holds", {"slot_id": registry.slot(helsinki(8, 12)), "topic": "e-services"})
    assert left(hold) == ('"address";q=120;w=3600', '"address";r=119;t=3600')
    series = {"slot_id": registry.slot(helsinki(8, 13)), "topic": "e-services", "citizen": MUMMO, "count": 3}
    assert left(await post(app, "/series", series)) == (hour, '"address";r=57;t=3600')


async def test_who_shows_a_key_hears_what_is_left_of_what_it_opens(app: RunningApp, registry: Registry) -> None:
    booked = (await book(app, registry, 10)).json()
    path, key = f"/appointments/{booked['id']}", booked["manage_url"].rpartition("/")[2]
    moved = await post(app, f"{path}/move", {"slot_id": registry.slot(helsinki(8, 11))}, Manage_Token=key)
    assert left(moved) == ('"address";q=60;w=3600, "appointment";q=5;w=86400', '"appointment";r=4;t=64800')
    corrected = await post(app, f"{path}/correction", {"citizen": MUMMO | {"phone": "040 1"}}, Manage_Token=key)
    assert (corrected.status_code, left(corrected)[1]) == (422, '"appointment";r=4;t=64800')


async def test_what_is_left_of_a_contact_is_told_to_nobody(app: RunningApp, registry: Registry) -> None:
    """It would tell a stranger how much somebody with that number uses it."""
    used = [left(await book(app, registry, hour)) for hour in (10, 11, 12, 13)]
    async with app.asked_from("192.0.2.9") as http:
        body = {"slot_id": registry.slot(helsinki(15, 10)), "topic": "e-services"}
        known = await http.post(f"{V1}/appointments", json=body | {"citizen": MUMMO})
    async with app.asked_from("192.0.2.10") as http:
        body = {"slot_id": registry.slot(helsinki(15, 11)), "topic": "e-services"}
        new = await http.post(f"{V1}/appointments", json=body | {"citizen": MUMMO | {"phone": "040 685 405"}})
    assert left(known) == left(new) == used[0]


async def test_who_has_signed_in_and_what_is_sent_again_are_not_counted(app: RunningApp, registry: Registry) -> None:
    keyed = [await book(app, registry, 10, Idempotency_Key="0f8fad5b-d9cb-469f-a165-70867728950e") for _ in range(2)]
    assert [answer.headers.get("RateLimit") for answer in keyed] == ['"address";r=59;t=3600', None]
    roles = [{"role": "staff", "organisation_id": str(registry.organisation)}]
    desk = app.bearer(uuid.uuid4(), kind="person", roles=roles)["Authorization"]
    booked = await book(app, registry, 11, Authorization=desk)
    assert (booked.status_code, booked.headers.get("RateLimit")) == (201, None)
