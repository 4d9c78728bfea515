"""An appointment as the wire has it, as far as whoever asks may see it."""

import uuid
from zoneinfo import ZoneInfo

from services.booking.access import View
from services.booking.reads.manage_tokens import appointment_url
from services.booking.settings import Settings
from services.booking.store import shown as store
from services.booking.store.shown import ShownAppointment
from shared.db import Connection
from shared.languages import LANGUAGES
from shared.problems import NotFound
from shared.schemas import booking as wire


async def find(connection: Connection, appointment_id: uuid.UUID) -> ShownAppointment:
    """Return the appointment with this id. Raises NotFound."""
    found = await store.shown(connection, [appointment_id])
    if not found:
        raise NotFound
    return found[0]


def as_shown(row: ShownAppointment, view: View, settings: Settings) -> wire.Appointment:
    """Return a row as the wire has it, as far as `view` reaches. The citizen's part is empty when they are erased."""
    zone = ZoneInfo(settings.zone)
    shown = {
        **{name: getattr(row, name) for name in COLUMNS},
        "start": row.starts.astimezone(zone),
        "end": row.ends.astimezone(zone),
        "expires": row.expires.astimezone(zone) if row.expires else None,
        "tutor_name": row.tutor_name or "",
        "languages": [each for each in LANGUAGES if each in (row.tutor_languages or [])],
        "phone": row.to_call,
        "place": place_shown(row),
    }
    if view.citizen and row.name is not None:
        shown |= _citizens_part(row, view, settings)
    return wire.Appointment.model_validate(shown)


def place_shown(row: ShownAppointment) -> dict[str, object] | None:
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
    "manages_alone",
    "minutes_helped",
    "device",
)


def _citizens_part(row: ShownAppointment, view: View, settings: Settings) -> dict[str, object]:
    of_all: dict[str, object] = {"code_word": row.code_word, "non_disclosure": row.non_disclosure}
    if not view.details:
        return of_all
    return of_all | {
        "citizen": citizen_shown(row),
        "note": row.note,
        "answers": _answers_shown(row),
        "address": row.address if view.address else None,
        "manage_url": appointment_url(settings, row) if view.manage_url else None,
    }


def citizen_shown(row: ShownAppointment) -> wire.KeptCitizen | None:
    if row.name is None:
        return None
    known = {name: getattr(row, name) for name in CITIZEN}
    return wire.KeptCitizen.model_validate({**known, "unreachable": not (row.phone or row.email)})


CITIZEN = ("name", "phone", "email", "language", "non_disclosure")


def _answers_shown(row: ShownAppointment) -> list[dict[str, object]]:
    """Return what the citizen said, beside what the offering asks today."""
    asked = {question["code"]: question["text"] for question in row.questions or []}
    return [
        {"code": code, "question": asked.get(code) or {"en": code}, "answer": answer}
        for code, answer in (row.answers or {}).items()
    ]
