"""Appointments as they are shown: one, a day's, a series', and their history."""

import datetime as dt
import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.access import Today, View
from services.booking.domain import manage_tokens
from services.booking.domain.wall_time import DAY, midnight
from services.booking.reads.cursors import cursor, read_cursor
from services.booking.reads.manage_tokens import opens_appointment
from services.booking.reads.shown import as_shown, find
from services.booking.settings import Settings
from services.booking.store import appointments, citizens, key_generations, names
from services.booking.store import shown as store
from shared import contacts
from shared.auth import Principal
from shared.db import Connection
from shared.keys import hash_token
from shared.problems import NotFound, Unauthenticated
from shared.schemas import booking as wire


async def appointment(
    connection: Connection, appointment_id: uuid.UUID, view: View, settings: Settings
) -> wire.Appointment:
    """Return an appointment, as far as `view` reaches. Raises NotFound."""
    return as_shown(await find(connection, appointment_id), view, settings)


async def opened_by(connection: Connection, token: str, settings: Settings) -> uuid.UUID:
    """Return the appointment that a citizen's key opens. Raises NotFound."""
    found = await citizens.by_token(connection, hash_token(token))
    if found is None or not await opens_appointment(connection, settings, token, found):
        raise NotFound
    return found


async def view_of(
    connection: Connection,
    appointment_id: uuid.UUID,
    caller: Principal,
    token: str | None,
    settings: Settings,
    *,
    now: dt.datetime,
) -> View:
    """Return the view of the citizen, when they show their key to this appointment, else that of the caller. Raises
    Unauthenticated, Forbidden, NotFound."""
    if await opens_appointment(connection, settings, token, appointment_id):
        return access.CITIZEN
    if caller.kind == "anonymous":  # before looking, so that nobody learns which ids exist
        raise Unauthenticated
    return access.require_view(caller, await find(connection, appointment_id), Today(now, settings.zone))


async def was_opened_until_corrected(
    connection: Connection, appointment_id: uuid.UUID, token: str | None, corrected: wire.Citizen, settings: Settings
) -> bool:
    """Whether a key was the last one before that of today, and the citizen is reached as `corrected` says: the request
    that did so is sent again. Once somebody has replaced the contact since, it may come from a stranger."""
    generation = await key_generations.get(connection, appointment_id) - 1
    kept = await citizens.get(connection, appointment_id)
    phone = contacts.phone(corrected.phone) if corrected.phone else None
    email = contacts.email(corrected.email) if corrected.email else None
    return (
        kept is not None
        and generation >= 0
        and manage_tokens.opens(settings.secrets.accepted, token, appointment_id, generation)
        and (kept.phone, kept.email) == (phone, email)
    )


async def day(
    connection: Connection, caller: Principal, wanted: wire.DayList, settings: Settings, *, now: dt.datetime
) -> wire.Appointments:
    """Return a page of a local date's appointments that the caller may see, without those that are cancelled or only
    held."""
    start, end = midnight(wanted.date, settings.zone), midnight(wanted.date + DAY, settings.zone)
    seen_by, limit = access.seen_by(caller), wanted.limit
    found = await store.of_day(connection, start, end, seen_by, after=read_cursor(wanted.after), limit=limit + 1)
    items = await _seen(connection, [id for id, _start in found[:limit]], caller, settings, Today(now, settings.zone))
    return wire.Appointments(items=items, next=cursor(*found[limit - 1]) if len(found) > limit else None)


async def reassignment(
    connection: Connection, appointment_id: uuid.UUID, tutors: Sequence[uuid.UUID], company: list[uuid.UUID], zone: str
) -> wire.Reassignment:
    """Return to whom an appointment could be given, in their order, with all of its company. Raises NotFound."""
    called = await names.tutor_names(connection, tutors)
    return wire.Reassignment(
        start=(await find(connection, appointment_id)).starts.astimezone(ZoneInfo(zone)),
        tutors=[wire.FreeTutor(id=tutor, display_name=called.get(tutor) or "") for tutor in tutors],
        appointments=company,
    )


async def _seen(
    connection: Connection, ids: Sequence[uuid.UUID], caller: Principal, settings: Settings, today: Today
) -> list[wire.Appointment]:
    rows = await store.shown(connection, ids)
    return [as_shown(row, access.view_in_list(caller, row, today), settings) for row in rows]


async def series(
    connection: Connection, series_id: uuid.UUID, caller: Principal, settings: Settings
) -> wire.Appointments:
    """Return the appointments of a series, as the one who booked them sees them."""
    rows = await store.shown(connection, await store.of_series(connection, series_id))
    return wire.Appointments(items=[as_shown(row, access.of_booker(caller, row), settings) for row in rows])


async def history(connection: Connection, appointment_id: uuid.UUID, zone: str) -> wire.Steps:
    """Return every step of an appointment."""
    return wire.Steps(
        items=[
            wire.Step(
                at=line.at.astimezone(ZoneInfo(zone)),
                step=line.step,
                before=line.from_state,
                after=line.to_state,
                by=line.actor,
                reason=line.reason,
                minutes_before=line.minutes_before,
            )
            for line in await appointments.history(connection, appointment_id)
        ]
    )
