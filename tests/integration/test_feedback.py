"""A citizen says how their visit went; who helped answers, and what was written goes with the citizen's details."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from services.booking.actions import changes, erasure, outcomes
from services.booking.domain.manage_tokens import manage_token
from services.booking.models import Appointment, Feedback, FeedbackText
from shared import db
from shared.clients import BookingClient
from shared.clock import _now as clock_dependency
from shared.feed import Event
from shared.schemas import booking as wire
from tests.integration.apps import SECRET, Headers, RunningApp, running
from tests.integration.registry import Registry, acting, address_of, connected, context, helsinki
from tests.integration.test_erasure import forget

pytestmark = pytest.mark.anyio
V1 = "/api/booking/v1"
TEN = helsinki(8, 10)
OVER = TEN + dt.timedelta(minutes=30)
SAID: dict[str, Any] = {"met_need": 4, "recommends": True, "words": "Kiitos!\nOsaan nyt itse."}
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
async def app(
    booking_db: db.Sessions, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningApp]:
    """Booking when the visit at ten is over."""

    async def its_time() -> dt.datetime:
        return OVER

    monkeypatch.setattr("services.booking.routes.unit_of_work.now", lambda: OVER)
    async with running(RunningApp, "booking", address_of(booking_db), tmp_path, monkeypatch) as app:
        app.app.dependency_overrides[clock_dependency] = its_time
        yield app


def by_key(booked: uuid.UUID) -> Headers:
    return {"Manage-Token": manage_token(SECRET, booked)}


async def say(app: RunningApp, booked: uuid.UUID, **changed: Any) -> httpx2.Response:
    path = f"{V1}/appointments/{booked}/feedback"
    return await app.http.put(path, json=SAID | changed, headers=by_key(booked))


async def seen(app: RunningApp, booked: uuid.UUID, headers: Headers | None = None) -> httpx2.Response:
    return await app.http.get(f"{V1}/appointments/{booked}/feedback", headers=headers or by_key(booked))


def desk(app: RunningApp, registry: Registry) -> Headers:
    roles = [{"role": "staff", "organisation_id": str(registry.organisation)}]
    return app.bearer(uuid.UUID(int=5), kind="person", roles=roles)


async def answer(app: RunningApp, booked: uuid.UUID, headers: Headers, text: str = "Tervetuloa!") -> httpx2.Response:
    return await app.http.post(f"{V1}/feedback/{booked}/answer", json={"answer": text}, headers=headers)


async def told(sessions: db.Sessions) -> list[dict[str, object]]:
    async with db.transaction(sessions) as session:
        wanted = sa.select(Event.data).where(Event.type == "fi.vuoro.appointment.feedback-given").order_by(Event.seq)
        return list(await session.scalars(wanted))


async def test_how_it_went_is_said_seen_and_changed(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    assert (await seen(app, booked)).status_code == 404
    said = wire.Feedback.model_validate((await say(app, booked)).json())
    assert said == wire.Feedback.model_validate((await seen(app, booked)).json())
    assert (said.met_need, said.recommends, said.words, said.answer) == (4, True, SAID["words"], None)
    changed = (await say(app, booked, met_need=1, recommends=False, words=None)).json()
    assert (changed["met_need"], changed["recommends"], changed["words"]) == (1, False, None)
    async with db.transaction(booking_db) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Feedback)) == 1


async def test_the_feed_has_the_answers_without_the_words_and_the_same_once_more_is_no_news(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    for changed in ({}, {}, {"words": ""}):
        assert (await say(app, booked, **changed)).status_code == 200
    given = await told(booking_db)
    assert [(each["met_need"], each["recommends"], each["words"]) for each in given] == [
        (4, True, True),
        (4, True, False),
    ]
    assert "Kiitos" not in str(given)
    assert (given[0]["topic"], given[0]["by"]) == ("e-services", "citizen")


@pytest.mark.parametrize(
    ("how", "status"), [("attended", 200), ("no_show", 409), ("cancelled", 409), ("to come", 409), ("erased", 404)]
)
async def test_only_of_a_visit_that_took_place_something_is_said(
    app: RunningApp, booking_db: db.Sessions, registry: Registry, how: str, status: int
) -> None:
    booked = await registry.book(booking_db, OVER if how == "to come" else TEN)
    asked: dict[str, Any] = {"appointment_id": booked}
    if how in {"attended", "no_show"}:
        outcome = wire.OutcomeInput(attended=how == "attended", result="solved" if how == "attended" else None)
        await acting(booking_db, outcomes.mark_outcome, context(now=TEN), actor="tutor", outcome=outcome, **asked)
    elif how in {"cancelled", "erased"}:
        action = changes.cancel if how == "cancelled" else erasure.erase
        await acting(booking_db, action, context(now=OVER if how == "erased" else TEN), actor="staff", **asked)
    assert (await say(app, booked)).status_code == status


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"words": "Tunnukseni on 131052-308T"}, 422),
        ({"met_need": 0}, 422),
        ({"met_need": 6}, 422),
        ({"recommends": "yes"}, 422),
        ({"words": "x" * 2001}, 422),
    ],
)
async def test_what_must_not_be_written_is_refused_and_nothing_is_kept(
    app: RunningApp, booking_db: db.Sessions, registry: Registry, changed: dict[str, Any], status: int
) -> None:
    booked = await registry.book(booking_db, TEN)
    assert (await say(app, booked, **changed)).status_code == status
    assert (await seen(app, booked)).status_code == 404


async def test_nobody_says_it_in_the_citizens_name(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    booked, other = await registry.book(booking_db, TEN), await registry.book(booking_db, TEN + HOUR)
    path = f"{V1}/appointments/{booked}/feedback"
    for headers in ({}, by_key(other), desk(app, registry)):
        assert (await app.http.put(path, json=SAID, headers=headers)).status_code == 401


async def test_how_often_it_may_be_changed_has_an_end(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    found = [await say(app, booked, met_need=1 + number % 5) for number in range(11)]
    assert [each.status_code for each in found] == [200] * 10 + [429]
    assert found[0].headers["RateLimit"] == '"appointment";r=9;t=55800'


async def test_who_helped_reads_and_answers_and_the_citizen_sees_it(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    await say(app, booked)
    staff = desk(app, registry)
    [listed] = (await app.http.get(f"{V1}/feedback", headers=staff)).json()["items"]
    assert (listed["appointment_id"], listed["words"]) == (str(booked), SAID["words"])
    assert (await answer(app, booked, staff, "Kiitos, Aili.")).status_code == 200
    mine = (await seen(app, booked)).json()
    assert (mine["answer"], mine["answered_at"]) == ("Kiitos, Aili.", "2027-03-08T10:30:00+02:00")
    await say(app, booked, words=None)  # who takes their words back still sees what was answered
    assert (await seen(app, booked)).json()["answer"] == "Kiitos, Aili."
    async with connected(booking_db) as connection:
        rows = await (await connection.execute("SELECT caller, action, kind, record FROM audit_entry")).fetchall()
        kept = await (await connection.execute("SELECT answered_by FROM feedback_text")).fetchone()
    assert rows == [(f"person:{uuid.UUID(int=5)}", "read", "citizen", str(booked))] * 2
    assert kept == (f"person:{uuid.UUID(int=5)}",)
    async with db.transaction(booking_db) as session:
        event = sa.select(Event.data).where(Event.type == "fi.vuoro.appointment.feedback-answered")
        assert "Aili" not in str(await session.scalar(event))


async def test_what_is_answered_is_screened_too_and_nothing_is_answered_to_nobody(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    booked, silent = [await registry.book(booking_db, TEN + number * HOUR) for number in range(2)]
    await say(app, booked)
    staff = desk(app, registry)
    assert (await answer(app, booked, staff, "131052-308T")).status_code == 422
    assert (await answer(app, booked, staff, " ")).status_code == 422
    assert (await answer(app, silent, staff)).status_code == 404
    assert (await answer(app, uuid.uuid4(), staff)).status_code == 404


async def test_who_only_booked_it_and_who_is_elsewhere_neither_reads_nor_answers(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    client = uuid.uuid4()
    scope = "appointments:read appointments:write"
    booker = app.bearer(client, kind="client", scope=scope, organisation=str(uuid.uuid4()))
    booked = await registry.book(booking_db, TEN)
    async with db.transaction(booking_db) as session:
        await session.execute(sa.update(Appointment).values(booked_by=f"client:{client}"))
    await say(app, booked)
    elsewhere = app.bearer(uuid.uuid4(), kind="person", roles=[{"role": "staff", "organisation_id": str(uuid.uuid4())}])
    for who, status in ((booker, 403), (elsewhere, 404)):
        assert (await seen(app, booked, who)).status_code == status
        assert (await answer(app, booked, who)).status_code == status
        assert (await app.http.get(f"{V1}/feedback", headers=who)).json()["items"] == []


async def test_the_list_goes_on_page_by_page_newest_first_and_knows_what_is_answered(
    app: RunningApp, booking_db: db.Sessions, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await registry.book(booking_db, TEN + number * HOUR / 2) for number in range(4)]
    monkeypatch.setattr("services.booking.routes.unit_of_work.now", lambda: TEN + 9 * HOUR)
    for booked in made:
        assert (await say(app, booked)).status_code == 200
    staff, found, after = desk(app, registry), list[str](), None
    while True:
        query = {"limit": 3} | ({"after": after} if after else {})
        page = await app.http.get(f"{V1}/feedback", params=query, headers=staff)
        found += [each["appointment_id"] for each in page.json()["items"]]
        after = page.json()["next"]
        assert ("link" in page.headers) is (after is not None)
        if after is None:
            break
    assert found == sorted(map(str, made), reverse=True)  # said in the same second: by their ids
    await answer(app, made[0], staff)
    for answered, number in (("true", 1), ("false", 3)):
        page = await app.http.get(f"{V1}/feedback", params={"answered": answered}, headers=staff)
        assert len(page.json()["items"]) == number
    assert (await app.http.get(f"{V1}/feedback", params={"after": "x"}, headers=staff)).status_code == 422


async def test_what_may_not_be_disclosed_is_in_no_list(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    who = {"name": "Aili", "phone": "040 685 404", "non_disclosure": True}
    booked = await registry.book(booking_db, TEN, citizen=who)
    await say(app, booked)
    staff = desk(app, registry)
    await answer(app, booked, staff, "Kiitos, Aili.")
    [listed] = (await app.http.get(f"{V1}/feedback", headers=staff)).json()["items"]
    assert (listed["words"], listed["answer"], listed["non_disclosure"]) == (None, None, True)
    assert (await seen(app, booked, staff)).json()["words"] == SAID["words"]


@pytest.mark.parametrize("asked", [True, False])
async def test_what_was_written_goes_with_the_citizen_and_the_answers_stay_without_a_name(
    app: RunningApp, booking_db: db.Sessions, registry: Registry, asked: bool
) -> None:
    booked = await registry.book(booking_db, TEN)
    await say(app, booked)
    staff = desk(app, registry)
    await answer(app, booked, staff)
    if asked:
        await acting(booking_db, erasure.erase, context(now=OVER), appointment_id=booked, actor="citizen")
    else:
        assert await forget(booking_db, OVER + 91 * DAY) == 1
    async with db.transaction(booking_db) as session:
        assert await session.scalar(sa.select(FeedbackText)) is None
    [left] = (await app.http.get(f"{V1}/feedback", headers=staff)).json()["items"]
    assert (left["met_need"], left["recommends"], left["words"], left["answer"]) == (4, True, None, None)
    assert (await say(app, booked)).status_code == 404
    assert (await answer(app, booked, staff)).status_code == 404


async def test_it_is_among_all_that_is_held_of_the_citizen_and_the_pages_client_reads_it(
    app: RunningApp, booking_db: db.Sessions, registry: Registry
) -> None:
    booked = await registry.book(booking_db, TEN)
    client, key = BookingClient(app.http, "http://booking"), manage_token(SECRET, booked)
    assert (await client.citizen_data(key)).feedback is None
    said = await client.say_feedback(booked, wire.FeedbackInput.model_validate(SAID), key)
    assert (await client.citizen_data(key)).feedback == said == await client.feedback(booked, key)
