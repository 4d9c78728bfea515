"""Who has lost the link to their times gets it again where they are reached, and nobody else learns anything."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from services.booking.actions import changes, erasure, waitlist
from services.booking.models import LostLink
from services.booking.store import lost_links as store
from shared import db
from shared.clients import BookingClient
from shared.clock import _now as clock_dependency
from shared.feed import Event
from shared.retention import LOST_LINK_KEPT
from shared.schemas import booking as wire
from tests.integration.apps import RunningApp, running
from tests.integration.registry import KUUSAMO, NOW, Registry, acting, address_of, connected, context, helsinki

pytestmark = pytest.mark.anyio
V1 = "/api/booking/v1"
PHONE, STRANGER = "040 685 404", "040 685 4048"
SECOND = dt.timedelta(seconds=1)
KEY = "6f1cbd2c-8e39-4b0d-9a3e-0b1f2f5d7c11"


@dataclass
class Clock:
    """What time it is for booking."""

    now: dt.datetime = NOW


@dataclass(frozen=True)
class Asking:
    """Booking as anybody asks it, and as notify does."""

    app: RunningApp
    clock: Clock

    async def ask(self, contact: str = PHONE, **headers: str) -> httpx2.Response:
        return await self.app.http.post(f"{V1}/lost-links", json={"contact": contact}, headers=headers)

    async def open(self, asked: httpx2.Response, code: str, **headers: str) -> httpx2.Response:
        path = f"{V1}/lost-links/{asked.json()['id']}/opening"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.app.http.post(path, json={"code": code}, headers=named)

    async def message(self, asked: httpx2.Response) -> wire.LostLinkRecipient:
        """What notify is told to send."""
        path = f"{V1}/lost-links/{asked.json()['id']}/recipient"
        answer = await self.app.http.get(path, headers=self.app.as_service("notify"))
        assert answer.status_code == 200, answer.text
        return wire.LostLinkRecipient.model_validate(answer.json())

    async def is_nobody_to_tell(self, asked: httpx2.Response) -> bool:
        path = f"{V1}/lost-links/{asked.json()['id']}/recipient"
        return (await self.app.http.get(path, headers=self.app.as_service("notify"))).status_code == 404


@pytest.fixture
async def asking(
    booking_db: db.Sessions, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Asking]:
    clock = Clock()

    async def its_time() -> dt.datetime:
        return clock.now

    monkeypatch.setattr("services.booking.routes.unit_of_work.now", lambda: clock.now)
    async with running(RunningApp, "booking", address_of(booking_db), tmp_path, monkeypatch) as app:
        app.app.dependency_overrides[clock_dependency] = its_time
        yield Asking(app, clock)


def wrong(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def wait(sessions: db.Sessions, **citizen: Any) -> uuid.UUID:
    wish = {"topic": "e-services", "municipality": KUUSAMO, "until": "2027-04-30", "weekday": [7]}
    who = {"name": "Aili", "phone": PHONE, **citizen}
    return await acting(sessions, waitlist.join, wanted=wire.WaitlistInput.model_validate(wish | {"citizen": who}))


async def test_the_links_of_what_is_to_come_are_sent_and_open_it(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    """Where the citizen is reached, however they write it, and in their language."""
    who = {"name": "Aili", "phone": PHONE, "language": "sv"}
    later = await registry.book(booking_db, helsinki(15, 10), citizen=who)
    nearer = await registry.book(booking_db, helsinki(8, 10), citizen=who)
    entry = await wait(booking_db)
    told = await asking.message(await asking.ask("+358 40 685404"))
    assert [(each.kind, each.id, each.state) for each in told.items] == [
        ("appointment", nearer, "booked"),
        ("appointment", later, "booked"),
        ("waitlist_entry", entry, "waiting"),
    ]
    assert (told.phone, told.email, told.language, told.region) == ("+35840685404", None, "sv", "17")
    assert told.items[0].start == helsinki(8, 10)
    for each, path in zip(told.items, ("appointments", "appointments", "waitlist"), strict=True):
        key = {"Manage-Token": each.manage_url.rpartition("/")[2]}
        opened = await asking.app.http.get(f"{V1}/{path}/mine", headers=key)
        assert opened.json()["id"] == str(each.id)


async def test_an_address_is_found_however_its_letters_are_written(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    """And written to as its owner has written it: what somebody else types is never an address of ours."""
    await registry.book(booking_db, helsinki(8, 10), citizen={"name": "Aili", "email": "Aili@Example.fi"})
    told = await asking.message(await asking.ask(" aili@example.FI "))
    assert (told.phone, told.email) == (None, "Aili@example.fi")


async def test_who_has_booked_nothing_is_answered_alike_and_sent_nothing(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, helsinki(8, 10))
    known, unknown = await asking.ask(), await asking.ask(STRANGER)
    assert known.status_code == unknown.status_code == 202
    assert known.json().keys() == unknown.json().keys() == {"id", "expires_at"}
    assert known.json()["expires_at"] == unknown.json()["expires_at"]
    volatile = {"date", "x-request-id", "traceparent", "ratelimit"}
    first, second = ({k: v for k, v in each.headers.items() if k not in volatile} for each in (known, unknown))
    assert first == second
    assert not await asking.is_nobody_to_tell(known)
    assert await asking.is_nobody_to_tell(unknown)


async def test_what_is_over_cancelled_erased_or_somebody_elses_now_is_not_sent(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    cancelled, erased, over = [await registry.book(booking_db, helsinki(8, hour)) for hour in (10, 11, 12)]
    await acting(booking_db, changes.cancel, appointment_id=cancelled, actor="citizen")
    await acting(booking_db, erasure.erase, appointment_id=erased, actor="citizen")
    await acting(booking_db, waitlist.withdraw, entry_id=await wait(booking_db))
    asked = await asking.ask()
    assert [each.id for each in (await asking.message(asked)).items] == [over]
    asking.clock.now = helsinki(8, 12, 30)
    assert await asking.is_nobody_to_tell(await asking.ask())


@pytest.mark.parametrize("standing", ["offer", "keep"])
async def test_who_has_lost_their_time_or_is_to_verify_it_is_sent_the_link(
    asking: Asking, booking_db: db.Sessions, registry: Registry, standing: str
) -> None:
    await registry.book(booking_db, helsinki(8, 10))
    await registry.book(booking_db, helsinki(15, 10), to_verify=True)
    await registry.away(booking_db, dt.date(2027, 3, 8), dt.date(2027, 3, 8), standing)
    states = [each.state for each in (await asking.message(await asking.ask())).items]
    assert states == ["displaced" if standing == "offer" else "booked", "held"]


async def test_no_message_names_more_than_five(asking: Asking, booking_db: db.Sessions, registry: Registry) -> None:
    for day in (8, 15, 22):
        for hour in (10, 11):
            await registry.book(booking_db, helsinki(day, hour))
    await wait(booking_db)
    items = (await asking.message(await asking.ask())).items
    assert [each.start for each in items] == [
        helsinki(day, hour) for day, hour in ((8, 10), (8, 11), (15, 10), (15, 11), (22, 10))
    ]


async def test_of_what_may_not_be_disclosed_neither_when_nor_where_is_told(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    who = {"name": "Aili", "phone": PHONE, "non_disclosure": True}
    await registry.book(booking_db, helsinki(8, 10), citizen=who)
    asked = await asking.ask()
    told = await asking.message(asked)
    opened = (await asking.open(asked, told.code)).json()["items"]
    for each in (told.items[0], wire.TimeToCome.model_validate(opened[0])):
        assert (each.start, each.end, each.place) == (None, None, None)


async def test_the_code_opens_the_same_on_the_screen_that_asked_and_on_no_other(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, helsinki(8, 10))
    mine, other = await asking.ask(), await asking.ask()
    told = await asking.message(mine)
    assert (await asking.open(other, told.code)).json()["type"].endswith(":wrong-code")
    opened = await asking.open(mine, f" {told.code[:3]} {told.code[3:]} ")
    assert wire.TimesToCome.model_validate(opened.json()).items == told.items
    assert "Aili" not in opened.text


async def test_a_code_is_good_once_and_a_lost_answer_burns_none(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, helsinki(8, 10))
    asked = await asking.ask()
    code = (await asking.message(asked)).code
    first, again = [await asking.open(asked, code, Idempotency_Key=KEY) for _ in range(2)]
    assert first.json() == again.json()
    assert (await asking.open(asked, code)).json()["type"].endswith(":code-over")


@pytest.mark.parametrize("signed_in", [False, True])
async def test_five_codes_may_be_tried_and_no_more_by_whomever(
    asking: Asking, booking_db: db.Sessions, registry: Registry, signed_in: bool
) -> None:
    await registry.book(booking_db, helsinki(8, 10))
    asked = await asking.ask()
    code = (await asking.message(asked)).code
    client = asking.app.bearer(uuid.uuid4(), kind="client", scope="appointments:write")
    headers = client if signed_in else {}
    tried = [await asking.open(asked, wrong(code), **headers) for _ in range(5)]
    assert {each.json()["type"].rpartition(":")[2] for each in tried} == {"wrong-code"}
    assert (await asking.open(asked, code, **headers)).json()["type"].endswith(":code-over")


@pytest.mark.parametrize(("later", "good"), [(LOST_LINK_KEPT - SECOND, True), (LOST_LINK_KEPT, False)])
async def test_a_code_is_good_for_half_an_hour_and_then_nothing_is_kept(
    asking: Asking, booking_db: db.Sessions, registry: Registry, later: dt.timedelta, good: bool
) -> None:
    await registry.book(booking_db, helsinki(8, 10))
    asked = await asking.ask()
    code = (await asking.message(asked)).code
    asking.clock.now = NOW + later
    assert await asking.is_nobody_to_tell(asked) is not good
    assert (await asking.open(asked, code)).status_code == (200 if good else 409)
    async with connected(booking_db) as connection:
        await erasure.erase_old(connection, context(now=NOW + later))
    async with db.transaction(booking_db) as session:
        assert bool(await session.scalar(sa.select(LostLink))) is good


async def test_a_contact_is_sent_so_many_messages_in_a_day_whoever_asks(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    client = asking.app.bearer(uuid.uuid4(), kind="client", scope="appointments:write")
    found = [(await asking.ask(contact, **client)).status_code for contact in (PHONE, "+35840685404", PHONE, PHONE)]
    assert found == [202] * 4
    assert (await asking.ask()).status_code == 429
    assert (await asking.ask(STRANGER)).status_code == 202
    asking.clock.now += dt.timedelta(days=1)
    assert (await asking.ask()).status_code == 202


async def test_what_is_neither_a_number_nor_an_address_is_told(asking: Asking) -> None:
    refused = await asking.ask("Aili")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/contact")


async def test_the_feed_tells_the_services_alone_that_somebody_asked(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    keyed = [await asking.ask(**{"Idempotency-Key": KEY}) for _ in range(2)]
    assert keyed[0].json() == keyed[1].json()
    async with db.transaction(booking_db) as session:
        asked = sa.select(Event).where(Event.type == "fi.vuoro.lost-link.asked")
        [event] = list(await session.scalars(asked))
        assert (event.internal, event.region, event.data) == (True, None, {"id": keyed[0].json()["id"]})


async def test_who_is_signed_in_and_opens_them_is_written_down(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, helsinki(8, 10))
    asked = await asking.ask()
    desk = uuid.uuid4()
    roles = [{"role": "staff", "organisation_id": str(registry.organisation)}]
    headers = asking.app.bearer(desk, kind="person", roles=roles)
    assert (await asking.open(asked, (await asking.message(asked)).code, **headers)).status_code == 200
    async with connected(booking_db) as connection:
        rows = await (await connection.execute("SELECT caller, action, kind, record FROM audit_entry")).fetchall()
    assert rows == [(f"person:{desk}", "read", "citizen", str(booked))]


async def test_nobody_else_than_notify_asks_whom_to_tell(asking: Asking) -> None:
    path = f"{V1}/lost-links/{uuid.uuid4()}/recipient"
    for headers in ({}, asking.app.as_service("providers"), asking.app.bearer(uuid.uuid4(), kind="client", scope="")):
        assert (await asking.app.http.get(path, headers=headers)).status_code in {401, 403}


async def test_the_client_of_the_pages_asks_and_opens(
    asking: Asking, booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.book(booking_db, helsinki(8, 10))
    client = BookingClient(asking.app.http, "http://booking")
    asked = await client.ask_for_links(wire.LostLinkInput(contact=PHONE), KEY)
    async with connected(booking_db) as connection:
        kept = await store.get(connection, asked.id, NOW)
    assert kept is not None
    assert (kept.phone, kept.until) == ("+35840685404", asked.expires_at)
