"""A small registry, told to booking as its events would tell it, and the people who act in it."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking.actions import booking, drop_in, holds, hours, offers, projection, spans
from services.booking.actions.context import Context, Done
from services.booking.actions.locking import lock_with_colleagues
from services.booking.domain.slots import SlotKey
from services.booking.reads import search
from services.booking.refusals import SlotUnavailable, explain
from services.booking.store import freshness
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.db import Connection, driver, pipelined
from shared.numbering import number
from shared.schemas import booking as wire
from shared.schemas import events, providers
from shared.schemas.common import LocalisedText, Wire
from shared.schemas.people import Role
from shared.secrets import Secrets

ZONE = "Europe/Helsinki"
SECRET = "0123456789abcdef" * 4
NOW = dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)  # a Monday, 8 o'clock in Helsinki
REGION, KUUSAMO = "17", "305"
NAME = LocalisedText(fi="Kuusamon kirjasto")
AILI = wire.Citizen(name="Aili", phone="040 685 404")


def context(caller: Principal = ANONYMOUS, now: dt.datetime = NOW, zone: str = ZONE) -> Context:
    return Context(caller, now, zone, Secrets(SECRET))


Action = Callable[..., Awaitable[Done]]


async def acting(sessions: db.Sessions, action: Action, asked: Context | None = None, **what: Any) -> uuid.UUID:
    """Carry out an action as its route does: in one transaction, what it frees offered to the waitlist, a slot that
    cannot be taken explained after the rollback."""
    asked = asked or context()
    async with connected(sessions) as connection:
        try:
            async with pipelined(connection):
                done = await action(connection, asked, **what)
                await offers.offer_freed(connection, asked, done.freed)
            return done.id
        except SlotUnavailable as unavailable:
            raise await explain(connection, unavailable, now=asked.now, zone=asked.zone) from None


@asynccontextmanager
async def connected(sessions: db.Sessions) -> AsyncIterator[db.Connection]:
    """Open a connection as a route has it: the driver's own, to the same database."""
    async with await psycopg.AsyncConnection.connect(address_of(sessions), autocommit=True) as connection:
        yield connection


def address_of(sessions: db.Sessions) -> str:
    """Return where the database of these sessions is."""
    return str(sessions.kw["bind"].url.set(drivername="postgresql").render_as_string(hide_password=False))


async def number_events(sessions: db.Sessions) -> int:
    """Give positions to what was emitted, as the process that serves the feed does; return the last."""
    async with connected(sessions) as connection:
        return await number(connection)


async def as_the_worker(
    sessions: db.Sessions, action: Callable[..., Awaitable[object]], asked: Context, record: uuid.UUID
) -> None:
    """Carry out what the worker does with a record when its time has come."""
    async with db.transaction(sessions) as session:
        await action(await driver(session), asked, record)


@dataclass(frozen=True)
class Registry:
    """Ids of what is in it, and the zone of the installation that is told of it."""

    organisation: uuid.UUID = field(default_factory=uuid.uuid4)
    point: uuid.UUID = field(default_factory=uuid.uuid4)
    tutor: uuid.UUID = field(default_factory=uuid.uuid4)
    offering: uuid.UUID = field(default_factory=uuid.uuid4)
    zone: str = ZONE

    def asked(self, caller: Principal = ANONYMOUS, now: dt.datetime = NOW) -> Context:
        return context(caller, now, self.zone)

    def tutor_token(self, tutor: uuid.UUID | None = None) -> Principal:
        role = Role(role="tutor", tutor_id=tutor or self.tutor, organisation_id=self.organisation)
        return Principal("person", "the-tutor", REGION, roles=(role,))

    def staff(self) -> Principal:
        role = Role(role="staff", organisation_id=self.organisation)
        return Principal("person", "the-desk", REGION, roles=(role,))

    async def apply(self, session: AsyncSession, kind: str, state: Wire) -> None:
        """Tell booking of a record's state, as the feed does; who is behind catches up."""
        event = events.EVENTS[f"fi.vuoro.{kind}"].model_validate(state.model_dump(mode="json", by_alias=True))
        await projection.apply(await driver(session), event)

    async def seed(self, sessions: db.Sessions, *, open: bool = True, **offering: Any) -> None:
        """A point, a tutor and an offering, and Mondays 10 to 14."""
        await self.municipality(sessions, KUUSAMO, lat=65.9646, lon=29.1887)
        await self.change_point(sessions)
        await self.change_tutor(sessions)
        await self.change_offering(sessions, **offering)
        if open:
            await self.open(sessions, 1, "10:00", "14:00")

    async def municipality(self, sessions: db.Sessions, code: str, **more: Any) -> None:
        state = {"code": code, "name": NAME, "region": REGION, "region_name": NAME, "languages": ["fi"]}
        state |= {"lat": None, "lon": None, **more}
        async with db.transaction(sessions) as session:
            await self.apply(session, "municipality.changed", providers.Municipality.model_validate(state))

    async def change_point(self, sessions: db.Sessions, **changes: Any) -> None:
        state = {
            "id": self.point,
            "region": REGION,
            "organisation_id": self.organisation,
            "name": NAME,
            "address": "Tie 1",
            "municipality": KUUSAMO,
            "lat": 65.9646,
            "lon": 29.1887,
            **changes,
        }
        async with db.transaction(sessions) as session:
            await self.apply(session, "service-point.changed", providers.ServicePoint.model_validate(state))
            await drop_in.refresh_drop_in(await driver(session), state["id"], now=NOW, zone=self.zone)

    async def change_tutor(self, sessions: db.Sessions, tutor: uuid.UUID | None = None, **changes: Any) -> None:
        state = {
            "id": tutor or self.tutor,
            "organisation_id": self.organisation,
            "region": REGION,
            "display_name": "Aino",
            "languages": ["fi"],
            "topics": ["e-services", "computer"],
            "channels": ["on_site", "phone"],
            "status": "active",
            **changes,
        }
        async with db.transaction(sessions) as session:
            await self.apply(session, "tutor.changed", providers.Tutor.model_validate(state))
        await self.catch_up(sessions)

    async def change_offering(self, sessions: db.Sessions, offering: uuid.UUID | None = None, **changes: Any) -> None:
        state = {
            "id": offering or self.offering,
            "region": REGION,
            "organisation_id": self.organisation,
            "name": NAME,
            "topics": ["e-services", "computer"],
            "channels": ["on_site", "phone"],
            "grid_minutes": 30,
            **changes,
        }
        async with db.transaction(sessions) as session:
            await self.apply(session, "offering.changed", providers.Offering.model_validate(state))
        await self.catch_up(sessions)

    async def catch_up(self, sessions: db.Sessions, now: dt.datetime = NOW) -> None:
        """What the worker does for whoever is behind."""
        async with db.transaction(sessions) as session:
            connection = await driver(session)
            for tutor in await freshness.stale_tutors(connection, now, self.zone, 1000):
                await lock_with_colleagues(connection, [tutor])
                await spans.refresh(connection, [tutor], now=now, zone=self.zone)

    async def open(
        self,
        sessions: db.Sessions,
        weekday: int,
        opens: str,
        closes: str,
        *,
        tutor: uuid.UUID | None = None,
        **more: Any,
    ) -> uuid.UUID:
        """Weekly hours at the point."""
        wanted = wire.AvailabilityInput.model_validate(
            {"service_point_id": self.point, "weekday": weekday, "from": opens, "to": closes, **more}
        )
        return await acting(sessions, hours.add_availability, self.asked(self.tutor_token(tutor)), wanted=wanted)

    async def away(
        self, sessions: db.Sessions, start: dt.date, end: dt.date, standing: str | None = "keep", now: dt.datetime = NOW
    ) -> uuid.UUID:
        """An absence of the tutor."""
        wanted = wire.AbsenceInput.model_validate({"from": start, "until": end, "appointments": standing})
        return await acting(sessions, hours.add_absence, self.asked(self.tutor_token(), now), wanted=wanted)

    def slot(self, start: dt.datetime, *, tutor: uuid.UUID | None = None, duration: int = 30) -> str:
        return self.key(start, tutor=tutor, duration=duration).encode()

    def key(self, start: dt.datetime, *, tutor: uuid.UUID | None = None, duration: int = 30) -> SlotKey:
        return SlotKey(tutor or self.tutor, self.offering, self.point, "on_site", duration, start)

    def any_tutor(self, start: dt.datetime) -> str:
        return self.key(start).by(None).encode()

    async def book(
        self,
        sessions: db.Sessions,
        start: dt.datetime,
        caller: Principal = ANONYMOUS,
        *,
        now: dt.datetime = NOW,
        to_verify: bool = False,
        **more: Any,
    ) -> uuid.UUID:
        wanted = wire.AppointmentInput.model_validate(
            {"slot_id": self.slot(start), "topic": "e-services", "citizen": AILI, **more}
        )
        return await acting(sessions, booking.book, self.asked(caller, now), wanted=wanted, to_verify=to_verify)

    async def hold(
        self, sessions: db.Sessions, start: dt.datetime, *, minutes: int = 10, now: dt.datetime = NOW
    ) -> uuid.UUID:
        wanted = wire.HoldInput(slot_id=self.slot(start), topic="e-services", minutes=minutes)
        return await acting(sessions, holds.hold, self.asked(now=now), wanted=wanted)


def helsinki(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A time in March 2027 before the clocks change, as Helsinki's wall has it."""
    return dt.datetime(2027, 3, day, hour - 2, minute, tzinfo=dt.UTC)


async def searched(sessions: db.Sessions, now: dt.datetime = NOW, *, zone: str = ZONE, **query: Any) -> search.SlotPage:
    """What a search finds, in a transaction in which nothing can be written."""
    asked = {"topic": "e-services", "municipality": KUUSAMO, "limit": 100, **query}
    wanted = wire.SlotSearch.model_validate({name: value for name, value in asked.items() if value is not None})
    async with db.transaction(sessions) as session:
        connection = await driver(session)
        await connection.execute("SET TRANSACTION READ ONLY")
        return await search.slots(connection, wanted, now=now, zone=zone)


async def found(sessions: db.Sessions, now: dt.datetime = NOW, **query: Any) -> wire.Slots:
    """What a search answers."""
    return wire.Slots.model_validate_json((await searched(sessions, now, **query)).json)


async def free(sessions: db.Sessions, now: dt.datetime = NOW, **query: Any) -> list[dt.datetime]:
    """The free starts, earliest first."""
    return [slot.start for slot in (await found(sessions, now, **query)).items]


async def as_the_rules_say(
    connection: Connection, tutors: list[uuid.UUID], now: dt.datetime = NOW, zone: str = ZONE
) -> None:
    """Fail when the free spans are not those that the rules give, worked out from nothing."""
    wrong = await spans.differences(connection, tutors, now=now, zone=zone)
    assert not wrong, sorted(map(str, wrong))[:10]
