"""Appointments as they are shown: one, a day's, a series', their history, a hold; and whom to write to about one."""

import datetime as dt
import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.access import Today, View
from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.verification import verification_code
from services.booking.domain.wall_time import DAY, midnight
from services.booking.problems import WrongState
from services.booking.reads.cursors import cursor, read_cursor
from services.booking.reads.manage_tokens import appointment_url, opens_appointment
from services.booking.settings import Settings
from services.booking.store import appointments, citizens, farewells, former_contacts
from services.booking.store import shown as store
from services.booking.store.farewells import Farewell
from services.booking.store.shown import ShownAppointment
from shared.auth import Principal
from shared.db import Connection
from shared.keys import hash_token
from shared.problems import NotFound, Unauthenticated
from shared.schemas import booking as wire
from shared.schemas.providers import Question


async def find(connection: Connection, appointment_id: uuid.UUID) -> ShownAppointment:
    """Return the appointment with this id. Raises NotFound."""
    found = await store.shown(connection, [appointment_id])
    if not found:
        raise NotFound
    return found[0]


async def appointment(
    connection: Connection, appointment_id: uuid.UUID, view: View, settings: Settings
) -> wire.Appointment:
    """Return an appointment, as far as `view` reaches. Raises NotFound."""
    return as_shown(await find(connection, appointment_id), view, settings)


def as_shown(row: ShownAppointment, view: View, settings: Settings) -> wire.Appointment:
    """Return a row as the wire has it, as far as `view` reaches. The citizen's part is empty when they are erased."""
    zone = ZoneInfo(settings.zone)
    shown = {
        **{name: getattr(row, name) for name in COLUMNS},
        "start": row.starts.astimezone(zone),
        "end": row.ends.astimezone(zone),
        "expires": row.expires.astimezone(zone) if row.expires else None,
        "tutor_name": row.tutor_name or "",
        "languages": row.tutor_languages or [],
        "phone": row.to_call,
        "place": _place(row),
    }
    if view.citizen and row.name is not None:
        shown |= _citizens_part(row, view, settings)
    return wire.Appointment.model_validate(shown)


def _place(row: ShownAppointment) -> dict[str, object] | None:
    if not row.place_name:
        return None
    return {
        "name": row.place_name,
        "address": row.place_address,
        "address_sv": row.place_address_sv,
        "lat": row.place_lat,
        "lon": row.place_lon,
    }


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


def _citizens_part(row: ShownAppointment, view: View, settings: Settings) -> dict[str, object]:
    of_all: dict[str, object] = {"code_word": row.code_word, "non_disclosure": row.non_disclosure}
    if not view.details:
        return of_all
    return of_all | {
        "citizen": _citizen_shown(row),
        "note": row.note,
        "answers": _answers_shown(row),
        "address": row.address if view.address else None,
        "manage_url": appointment_url(settings, row) if view.manage_url else None,
    }


def _citizen_shown(row: ShownAppointment) -> wire.KeptCitizen | None:
    if row.name is None:
        return None
    return wire.KeptCitizen.model_validate({name: getattr(row, name) for name in CITIZEN})


CITIZEN = ("name", "phone", "email", "language", "non_disclosure")


def _answers_shown(row: ShownAppointment) -> list[dict[str, object]]:
    """Return what the citizen said, beside what the offering asks today."""
    asked = {question["code"]: question["text"] for question in row.questions or []}
    return [
        {"code": code, "question": asked.get(code) or {"en": code}, "answer": answer}
        for code, answer in (row.answers or {}).items()
    ]


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


async def hold(connection: Connection, hold_id: uuid.UUID, settings: Settings, *, is_new: bool = False) -> wire.Hold:
    """Return a time that is held, with its key; whoever holds it (`is_new`) gets the first. Raises NotFound, WrongState
    for one that is held no longer: whoever has booked it had the key, and a request that is sent again may be somebody
    else's who guessed its Idempotency-Key."""
    row = await find(connection, hold_id)
    if row.state != "held":
        raise WrongState
    zone = ZoneInfo(settings.zone)
    return wire.Hold(
        id=row.id,
        state=row.state,
        start=row.starts.astimezone(zone),
        end=row.ends.astimezone(zone),
        tutor_id=row.tutor_id,
        tutor_name=row.tutor_name or "",
        offering_id=row.offering_id,
        topic=row.topic,
        channel=row.channel,
        place=None if (place := _place(row)) is None else wire.VisitPlace.model_validate(place),
        questions=[Question.model_validate(each) for each in row.questions or []],
        expires=row.expires.astimezone(zone) if row.expires else None,
        manage_token=manage_token(settings.secrets.current, row.id, 0 if is_new else row.key_generation),
    )


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


async def recipient(connection: Connection, appointment_id: uuid.UUID, settings: Settings) -> wire.Recipient:
    """Return whom to write to about an appointment, and what it is now. Raises NotFound, also when they are erased and
    need not be told of it."""
    row = await find(connection, appointment_id)
    citizen = _citizen_shown(row) or await farewells.get(connection, appointment_id)
    if citizen is None:
        raise NotFound
    seen = as_shown(row, access.CITIZEN, settings)
    return wire.Recipient.model_validate(
        {
            **about(seen, settings, non_disclosure=citizen.non_disclosure),
            "appointment_id": row.id,
            "manage_url": appointment_url(settings, row),
            "expires": seen.expires,
            "code": _code(settings, row) if row.state == "held" else None,
            "language": citizen.language,
            "phone": citizen.phone,
            "email": citizen.email,
            "erased": isinstance(citizen, Farewell),
        }
    )


async def former_recipient(connection: Connection, appointment_id: uuid.UUID) -> wire.FormerRecipient:
    """Return how somebody was reached until somebody else replaced it. Raises NotFound when that is forgotten."""
    former = await former_contacts.get(connection, appointment_id)
    if former is None:
        raise NotFound
    return wire.FormerRecipient.model_validate(vars(former))


def _code(settings: Settings, row: ShownAppointment) -> str:
    return verification_code(settings.secrets.current, row.id, row.phone, row.email)


def about(seen: wire.Appointment, settings: Settings, *, non_disclosure: bool) -> dict[str, object]:
    """Return what a message says of an appointment. Of one that may not be disclosed, what says whether it is still
    worth sending; nothing of the tutor and the place."""
    facts: dict[str, object] = {
        "state": seen.state,
        "sequence": seen.sequence,
        "start": seen.start,
        "end": seen.end,
        "zone": settings.zone,
        "channel": seen.channel,
        "non_disclosure": non_disclosure,
    }
    if non_disclosure:
        return facts | {"tutor_name": "", "place": None, "bring": None, "code_word": ""}
    return facts | {
        "tutor_name": seen.tutor_name,
        "place": seen.place,
        "bring": seen.bring,
        "code_word": seen.code_word or "",
    }
