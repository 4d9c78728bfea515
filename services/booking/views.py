"""What is shown to whoever asks."""

import datetime as dt
import hmac
import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import access, search
from services.booking.access import View
from services.booking.domain.appointments import manage_token
from services.booking.domain.time import DAY, Recurrence, local_date, midnight
from services.booking.models import Absence, Appointment, Availability, Closing, ExtraTime, OwnCalendar, TutorTime
from services.booking.settings import Settings
from services.booking.store import appointments as store
from services.booking.store import waiting as waiting_store
from services.booking.store.appointments import Shown
from shared.auth import Principal
from shared.db import Connection, driver
from shared.keys import hash_token
from shared.problems import NotFound, Unauthenticated
from shared.schemas import booking as wire


async def find(connection: Connection, appointment_id: uuid.UUID) -> Shown:
    """The appointment called that."""
    found = await store.shown(connection, [appointment_id])
    if not found:
        raise NotFound
    return found[0]


async def appointment(
    connection: Connection, appointment_id: uuid.UUID, view: View, settings: Settings
) -> wire.Appointment:
    """An appointment, as far as `view` reaches."""
    return shown(await find(connection, appointment_id), view, settings)


def shown(row: Shown, view: View, settings: Settings) -> wire.Appointment:
    """A row as the wire has it, as far as `view` reaches."""
    zone = ZoneInfo(settings.zone)
    citizen = _citizen(row) if view.citizen else None
    known = citizen is not None
    return wire.Appointment.model_validate(
        {
            **{name: getattr(row, name) for name in COLUMNS},
            "start": row.starts.astimezone(zone),
            "end": row.ends.astimezone(zone),
            "tutor_name": row.tutor_name or "",
            "place": {"name": row.place_name, "address": row.place_address} if row.place_name else None,
            "code_word": row.code_word if known else None,
            "citizen": citizen,
            "note": row.note if known else None,
            "answers": _answers(row) if known else [],
            "address": row.address if known and view.address else None,
            "manage_url": _manage_url(settings, row.id) if known and view.manage_url else None,
        }
    )


COLUMNS = (
    "id",
    "state",
    "sequence",
    "channel",
    "topic",
    "region",
    "organisation_id",
    "offering_id",
    "tutor_id",
    "service_point_id",
    "municipality",
    "series_id",
    "bring",
    "result",
)


def _answers(row: Shown) -> list[dict[str, Any]]:
    """What the citizen said, beside what the offering asks today."""
    asked = {question["code"]: question["text"] for question in row.questions or []}
    return [
        {"code": code, "question": asked.get(code) or {"en": code}, "answer": answer}
        for code, answer in (row.answers or {}).items()
    ]


def _citizen(row: Shown) -> wire.Citizen | None:
    if row.name is None:
        return None
    return wire.Citizen.model_validate({name: getattr(row, name) for name in ("name", "phone", "email", "language")})


def _manage_url(settings: Settings, record_id: uuid.UUID, page: str = "a") -> str:
    return f"{settings.public_url}/{page}/{manage_token(settings.secret.get_secret_value(), record_id)}"


def is_key_to(settings: Settings, token: str | None, record_id: uuid.UUID) -> bool:
    """Whether a citizen's key is that of this record."""
    return token is not None and hmac.compare_digest(
        token.encode(), manage_token(settings.secret.get_secret_value(), record_id).encode()
    )


async def opened_by(connection: Connection, token: str) -> uuid.UUID:
    """The appointment that a citizen's key opens."""
    found = await store.by_token(connection, hash_token(token))
    if found is None:
        raise NotFound
    return found


async def view_of(
    connection: Connection, appointment_id: uuid.UUID, caller: Principal, token: str | None, settings: Settings
) -> View:
    """The view of the citizen, when they show their key to this appointment, else that of the caller."""
    if is_key_to(settings, token, appointment_id):
        return access.CITIZEN
    if caller.kind == "anonymous":  # before looking, so that nobody learns which ids exist
        raise Unauthenticated
    return access.require_view(caller, await find(connection, appointment_id))


async def day(session: AsyncSession, caller: Principal, date: dt.date, settings: Settings) -> wire.Appointments:
    """A local date's appointments, without those that are cancelled or only held."""
    start, end = midnight(date, settings.zone), midnight(date + DAY, settings.zone)
    wanted = sa.select(Appointment.id).where(
        Appointment.starts >= start,
        Appointment.starts < end,
        Appointment.state.in_(("booked", "displaced", "attended", "no_show")),
        access.visible(caller),
    )
    ids = (await session.scalars(wanted.order_by(Appointment.starts, Appointment.id).limit(500))).all()
    return wire.Appointments(items=await _many(await driver(session), ids, caller, settings))


async def _many(
    connection: Connection, ids: Sequence[uuid.UUID], caller: Principal, settings: Settings
) -> list[wire.Appointment]:
    rows = await store.shown(connection, ids)
    return [shown(row, access.view(caller, row) or access.OVERVIEW, settings) for row in rows]


async def series(connection: Connection, series_id: uuid.UUID, settings: Settings) -> wire.Appointments:
    """The appointments of a series, as the one who booked them sees them."""
    cursor = await connection.execute("SELECT id FROM appointment WHERE series_id = %(id)s", {"id": series_id})
    rows = await store.shown(connection, [row[0] for row in await cursor.fetchall()])
    return wire.Appointments(items=[shown(row, access.BOOKER, settings) for row in rows])


async def hold(connection: Connection, hold_id: uuid.UUID, settings: Settings) -> wire.Hold:
    """A time that is held, with its key."""
    row = await find(connection, hold_id)
    zone = ZoneInfo(settings.zone)
    return wire.Hold(
        id=row.id,
        state=row.state,
        start=row.starts.astimezone(zone),
        end=row.ends.astimezone(zone),
        tutor_id=row.tutor_id,
        expires=row.expires.astimezone(zone) if row.expires else None,
        manage_token=manage_token(settings.secret.get_secret_value(), row.id),
    )


async def history(connection: Connection, appointment_id: uuid.UUID, zone: str) -> wire.Steps:
    """Every step of an appointment."""
    return wire.Steps(
        items=[
            wire.Step(
                at=at.astimezone(ZoneInfo(zone)),
                step=step,
                before=before,
                after=after,
                by=actor,
                reason=reason,
                minutes_before=minutes,
            )
            for at, step, before, after, actor, reason, minutes in await store.history(connection, appointment_id)
        ]
    )


async def waiting(
    connection: Connection, waiting_id: uuid.UUID, settings: Settings, *, with_key: bool
) -> wire.WaitlistEntry:
    """A place in the queue, with the time that is offered."""
    row = await waiting_store.get(connection, waiting_id)
    if row is None:
        raise NotFound
    zone = settings.zone
    offered = None
    if row.appointment_id is not None and row.state in ("offered", "booked"):
        offered = await appointment(connection, row.appointment_id, access.CITIZEN, settings)
    return wire.WaitlistEntry(
        id=row.id,
        state=row.state,
        topic=row.topic,
        until=local_date(row.until, zone) - DAY,
        offered_until=row.offered_until.astimezone(ZoneInfo(zone)) if row.offered_until else None,
        appointment=offered,
        manage_token=manage_token(settings.secret.get_secret_value(), row.id) if with_key else None,
    )


async def waiting_opened_by(connection: Connection, token: str) -> uuid.UUID:
    """The place in the queue that a citizen's key opens."""
    found = await waiting_store.by_token(connection, hash_token(token))
    if found is None:
        raise NotFound
    return found


async def recipient(connection: Connection, appointment_id: uuid.UUID, settings: Settings) -> wire.Recipient:
    """Whom to write to about an appointment, and what it is now."""
    row = await find(connection, appointment_id)
    citizen = _citizen(row)
    if citizen is None:
        raise NotFound
    seen = shown(row, access.CITIZEN, settings)
    return wire.Recipient(
        appointment_id=row.id,
        manage_url=_manage_url(settings, row.id),
        language=citizen.language,
        phone=citizen.phone,
        email=citizen.email,
        **_what(seen, settings),
    )


def _what(seen: wire.Appointment, settings: Settings) -> dict[str, object]:
    return {
        "state": seen.state,
        "sequence": seen.sequence,
        "start": seen.start,
        "end": seen.end,
        "zone": settings.zone,
        "channel": seen.channel,
        "tutor_name": seen.tutor_name,
        "place": seen.place,
        "bring": seen.bring,
        "code_word": seen.code_word or "",
    }


async def waiting_recipient(connection: Connection, waiting_id: uuid.UUID, settings: Settings) -> wire.Recipient:
    """Whom to write to about a time that is offered from the queue."""
    row = await waiting_store.get(connection, waiting_id)
    citizen = await waiting_store.citizen(connection, waiting_id)
    if row is None or citizen is None or row.appointment_id is None or row.state != "offered":
        raise NotFound
    seen = await appointment(connection, row.appointment_id, access.CITIZEN, settings)
    return wire.Recipient.model_validate(
        {
            "appointment_id": row.appointment_id,
            "manage_url": _manage_url(settings, row.id, "w"),
            "expires": row.offered_until.astimezone(ZoneInfo(settings.zone)) if row.offered_until else None,
            **{name: citizen[name] for name in ("language", "phone", "email")},
            **_what(seen, settings),
        }
    )


async def availability(session: AsyncSession, tutor: uuid.UUID) -> wire.Availabilities:
    """A tutor's weekly hours, in order of the week."""
    rows = (await session.scalars(sa.select(Availability).where(Availability.tutor_id == tutor))).all()
    places = await search.places_of(await driver(session), {row.service_point_id for row in rows})
    items = [_hours(row, places) for row in rows]
    return wire.Availabilities(items=sorted(items, key=lambda item: (item.weekday, item.opens, item.id)))


async def one_availability(session: AsyncSession, hours: uuid.UUID) -> wire.Availability:
    """Some weekly hours."""
    row = await session.get_one(Availability, hours)
    return _hours(row, await search.places_of(await driver(session), {row.service_point_id}))


def _hours(row: Availability, places: dict[uuid.UUID, wire.PlaceName]) -> wire.Availability:
    recurrence = Recurrence.parse(row.starts_on, row.recurrence)
    return wire.Availability(
        id=row.id,
        tutor_id=row.tutor_id,
        service_point_id=row.service_point_id,
        place=places.get(row.service_point_id) if row.service_point_id else None,
        channels=row.channels,
        offerings=row.offerings,
        weekday=row.starts_on.isoweekday(),
        opens=row.opens,
        closes=row.closes,
        zone=row.zone,
        every_weeks=recurrence.every,
        valid_from=row.starts_on,
        valid_until=local_date(recurrence.until, row.zone) if recurrence.until else None,
        recurrence=f"RRULE:{row.recurrence}",
        version=row.version,
    )


async def extra_time(session: AsyncSession, tutor: uuid.UUID, now: dt.datetime, zone: str) -> wire.ExtraTimes:
    """A tutor's extra time that is not over."""
    wanted = sa.select(ExtraTime).where(ExtraTime.tutor_id == tutor, ExtraTime.ends > now).order_by(ExtraTime.starts)
    rows = (await session.scalars(wanted)).all()
    places = await search.places_of(await driver(session), {row.service_point_id for row in rows})
    return wire.ExtraTimes(items=[_extra(row, places, zone) for row in rows])


async def one_extra_time(session: AsyncSession, extra: uuid.UUID, zone: str) -> wire.ExtraTime:
    """Some extra time."""
    row = await session.get_one(ExtraTime, extra)
    return _extra(row, await search.places_of(await driver(session), {row.service_point_id}), zone)


def _extra(row: ExtraTime, places: dict[uuid.UUID, wire.PlaceName], zone: str) -> wire.ExtraTime:
    return wire.ExtraTime(
        id=row.id,
        tutor_id=row.tutor_id,
        service_point_id=row.service_point_id,
        place=places.get(row.service_point_id) if row.service_point_id else None,
        channels=row.channels,
        offerings=row.offerings,
        start=row.starts.astimezone(ZoneInfo(zone)),
        end=row.ends.astimezone(ZoneInfo(zone)),
    )


async def absences(session: AsyncSession, tutor: uuid.UUID, now: dt.datetime, zone: str) -> wire.Absences:
    """A tutor's absences that are not over."""
    wanted = sa.select(Absence).where(Absence.tutor_id == tutor, Absence.ends > now).order_by(Absence.starts)
    return wire.Absences(items=[await _absence(session, row, zone) for row in await session.scalars(wanted)])


async def one_absence(session: AsyncSession, absence: uuid.UUID, zone: str) -> wire.Absence:
    """An absence, with the appointments that stand in it."""
    return await _absence(session, await session.get_one(Absence, absence), zone)


async def _absence(session: AsyncSession, row: Absence, zone: str) -> wire.Absence:
    standing = sa.select(Appointment.id).where(
        Appointment.tutor_id == row.tutor_id,
        Appointment.state == "booked",
        Appointment.starts < row.ends,
        Appointment.ends > row.starts,
    )
    return wire.Absence(
        id=row.id,
        tutor_id=row.tutor_id,
        start=row.starts.astimezone(ZoneInfo(zone)),
        end=row.ends.astimezone(ZoneInfo(zone)),
        appointments=list((await session.scalars(standing.order_by(Appointment.starts))).all()),
    )


async def closings(session: AsyncSession, point: uuid.UUID, now: dt.datetime, zone: str) -> wire.Closings:
    """A service point's closings that are not over."""
    wanted = sa.select(Closing).where(Closing.service_point_id == point, Closing.ends > now).order_by(Closing.starts)
    return wire.Closings(items=[_closing(row, zone) for row in await session.scalars(wanted)])


async def one_closing(session: AsyncSession, closing: uuid.UUID, zone: str) -> wire.Closing:
    """A closing."""
    return _closing(await session.get_one(Closing, closing), zone)


def _closing(row: Closing, zone: str) -> wire.Closing:
    return wire.Closing(
        id=row.id,
        service_point_id=row.service_point_id,
        start=row.starts.astimezone(ZoneInfo(zone)),
        end=row.ends.astimezone(ZoneInfo(zone)),
    )


async def tutor_time(session: AsyncSession, tutor: uuid.UUID, zone: str) -> wire.TutorTime:
    """How a tutor's week is read."""
    row = await session.get(TutorTime, tutor)
    return wire.TutorTime(zone=row.zone, holidays=row.holidays) if row else wire.TutorTime(zone=zone, holidays="FI")


async def own_calendar(session: AsyncSession, tutor: uuid.UUID) -> wire.OwnCalendar:
    """How reading a tutor's own calendar goes; its address is not shown."""
    row = await session.get(OwnCalendar, tutor)
    if row is None:
        raise NotFound
    return wire.OwnCalendar(
        host=row.url.split("/")[2] if "//" in row.url else "",
        checked_at=row.checked_at,
        fresh_at=row.fresh_at,
        failing_since=row.failing_since,
        failure=row.failure,
    )
