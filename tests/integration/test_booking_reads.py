"""A GET of `booking` or of `notify` writes nothing: every one is answered from a database that takes no writes. But for
one: whom a citizen's details are shown to, other than themself, is written down first."""

import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.types import Message, Scope

from deploy.local.postgres import Postgres
from services.booking.actions import calendar_subscriptions, correcting, external_calendar, lost_links, offers, waitlist
from services.booking.domain.manage_tokens import manage_token
from services.booking.models import Feedback
from shared import db
from shared.clock import _now as clock_dependency
from shared.schemas import booking as wire
from tests.conftest import fresh_database
from tests.integration.apps import SECRET, Headers, RunningApp, running, take_no_writes
from tests.integration.registry import (
    AILI,
    KUUSAMO,
    NOW,
    REGION,
    Registry,
    acting,
    address_of,
    as_the_worker,
    connected,
    context,
    helsinki,
)

pytestmark = pytest.mark.anyio
# A reading of a subscribed calendar is counted for its limit, and nothing else is written.
COUNTED = "/calendar-subscriptions/{secret}.ics"
OF_PROVIDERS = ("/appointments/to-come", "/assumed-consents")
HIDDEN = (
    *OF_PROVIDERS,
    "/appointments/{id}/former-recipient",
    "/appointments/{id}/recipient",
    "/lost-links/{id}/recipient",
    "/waitlist/{id}/recipient",
    "/waitlist/{id}/entry-recipient",
)
BY_KEY = frozenset(
    {
        "/waitlist/{id}",
        "/holds/{id}",
        "/appointments/{id}",
        "/appointments/{id}/history",
        "/appointments/{id}/feedback",
    }
)
SCOPES = "availability:write appointments:read appointments:write events:read"


@dataclass(frozen=True)
class Seeded:
    """Something of each kind that can be read."""

    registry: Registry
    appointment: uuid.UUID
    entry: uuid.UUID
    hold: uuid.UUID
    lost_link: uuid.UUID
    former: uuid.UUID

    def queries(self) -> dict[str, dict[str, str]]:
        """What the routes that want a query are asked."""
        tutor = {"tutor_id": str(self.registry.tutor)}
        of_a_tutor = ("/appointments/to-come", "/availability", "/availability.ics", "/extra-time", "/absences")
        return dict.fromkeys(of_a_tutor, tutor) | {
            "/slots": {"topic": "computer", "municipality": "614"},
            "/days": {"topic": "e-services", "month": "2027-03"},
            "/agenda": {"topic": "e-services", "region": REGION},
            "/places": {"topic": "e-services", "region": REGION},
            "/appointments": {"date": "2027-03-08"},
            "/closings": {"service_point_id": str(self.registry.point)},
            "/walk-ins": {"service_point_id": str(self.registry.point)},
        }

    def record(self, route: str) -> uuid.UUID | None:
        """The record that a route is asked for."""
        if route.endswith("/former-recipient"):
            return self.former
        kinds = {
            "appointments": self.appointment,
            "waitlist": self.entry,
            "tutors": self.registry.tutor,
            "holds": self.hold,
            "lost-links": self.lost_link,
            "queues": self.registry.point,
        }
        return kinds.get(route.strip("/").partition("/")[0])

    def headers(self, app: RunningApp, route: str) -> Headers:
        """Those of who may read it."""
        if route in HIDDEN:
            return app.as_service("providers" if route in OF_PROVIDERS else "notify")
        if route in {
            "/me/data",
            "/me/new-appointments",
            "/tutors/{id}/calendar-subscription",
            "/appointments/{id}/reassignment",
        }:
            role = {"role": "tutor", "tutor_id": str(self.registry.tutor)}
            role["organisation_id"] = str(self.registry.organisation)
            return app.bearer(self.registry.tutor, kind="person", roles=[role])
        if route == "/audit":
            return app.bearer(uuid.uuid4(), kind="person", roles=[{"role": "coordinator"}])
        record = self.record(route)
        if record is not None and ("/mine" in route or route in BY_KEY):
            return {"Manage-Token": manage_token(SECRET, record, int(record == self.appointment))}  # the second of it
        return app.bearer(uuid.uuid4(), kind="client", scope=SCOPES)


async def seeded(sessions: db.Sessions) -> Seeded:
    """An appointment, an external calendar, and somebody to whom a time is offered."""
    registry = Registry()
    await registry.seed(sessions)
    booked = await registry.book(sessions, helsinki(8, 10))
    moved = wire.CorrectionInput.model_validate({"citizen": AILI.model_copy(update={"phone": "040 685 4048"})})
    await acting(sessions, correcting.correct, appointment_id=booked, actor="staff", wanted=moved)
    wish: dict[str, Any] = {"topic": "computer", "municipality": KUUSAMO, "citizen": AILI, "until": "2027-03-07"}
    wanted = wire.WaitlistInput.model_validate(wish | {"weekday": [2]})
    entry = await acting(sessions, waitlist.join, context(), wanted=wanted)
    await registry.open(sessions, 2, "10:00", "11:00")
    await as_the_worker(sessions, offers.offer_if_free, context(), entry)
    tutor = context(registry.tutor_token())
    address = "https://93.184.216.34/a.ics"
    await acting(sessions, external_calendar.set_calendar, tutor, tutor_id=registry.tutor, url=address)
    own = {"tutor_id": registry.tutor, "language": "fi"}
    await acting(sessions, calendar_subscriptions.make_subscription, tutor, **own)
    held = await registry.hold(sessions, helsinki(8, 11))
    asked = lost_links.asked_by(context(), AILI.phone or "")
    async with connected(sessions) as connection:
        await lost_links.ask(connection, asked=asked)
    async with db.transaction(sessions) as session:
        session.add(Feedback(appointment_id=booked, given_at=NOW, met_need=5, recommends=True))
        # The feed gives positions beside the requests; that is its protocol, and is not tested here.
        await session.execute(sa.text("UPDATE event SET position = seq WHERE position IS NULL"))
        former = await session.scalar(sa.text("SELECT id FROM replaced_contact"))
    return Seeded(registry, booked, entry, held, asked.id, former)


async def the_first_of_march() -> dt.datetime:
    return NOW


async def test_every_get_of_booking(
    booking_db: db.Sessions, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, url, answers = await seeded(booking_db), address_of(booking_db), {}
    take_no_writes(postgres, url)
    async with running(RunningApp, "booking", url, tmp_path, monkeypatch) as app:
        app.app.dependency_overrides[clock_dependency] = the_first_of_march
        for path in app.routes("get", *HIDDEN):
            route = path.partition("/v1")[2]
            if route == COUNTED:
                continue
            address = path.replace("{id}", str(there.record(route)))
            query = there.queries().get(route, {})
            answers[path] = (await app.http.get(address, params=query, headers=there.headers(app, route))).status_code
    assert len(answers) > 20
    assert {path: status for path, status in answers.items() if status != 200} == {}


async def test_every_get_of_notify(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, answers = fresh_database(postgres, "notify"), {}
    take_no_writes(postgres, url)
    async with running(RunningApp, "notify", url, tmp_path, monkeypatch) as app:
        client = app.bearer(uuid.uuid4(), kind="client", scope=SCOPES)
        coordinator = app.bearer(uuid.uuid4(), kind="person", roles=[{"role": "coordinator"}])
        for path in app.routes("get"):
            query = {"subject": str(uuid.uuid4())} if path.endswith("/messages") else {}
            reader = coordinator if path.endswith("/audit") else client
            answers[path] = (await app.http.get(path, params=query, headers=reader)).status_code
    assert len(answers) > 3
    assert set(answers.values()) == {200}, answers


async def test_who_cannot_be_written_down_is_shown_no_citizen(
    booking_db: db.Sessions, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, url = await seeded(booking_db), address_of(booking_db)
    take_no_writes(postgres, url)
    role = {"role": "tutor", "tutor_id": str(there.registry.tutor), "organisation_id": str(there.registry.organisation)}
    async with running(RunningApp, "booking", url, tmp_path, monkeypatch) as app:
        tutor = app.bearer(there.registry.tutor, kind="person", roles=[role])
        answer = await app.http.get(f"/api/booking/v1/appointments/{there.appointment}", headers=tutor)
    assert answer.status_code >= 500
    assert "Aili" not in answer.text


async def test_a_search_is_counted_once_its_answer_has_left(
    booking_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    async def count() -> None:
        async with db.transaction(booking_db) as session:
            counted.append(await session.scalar(sa.text("SELECT count(*) FROM demand")) or 0)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await app.app.state.tally.write(app.app.state.pool)
            await count()

    path = "/api/booking/v1/slots"
    asked: Scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode()}
    asked.update(query_string=b"topic=e-services&municipality=305", headers=[], root_path="", scheme="http")
    asked.update(server=("x", 80), client=("x", 1))
    async with running(RunningApp, "booking", address_of(booking_db), tmp_path, monkeypatch) as app:
        await app.app(asked, receive, send)
    await count()
    assert counted == [0, 1]
