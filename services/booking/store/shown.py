"""Appointments with the words that a person sees, and finding those that somebody may see."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from services.booking.domain.states import State
from shared.db import Connection, JsonObject
from shared.roles import Within


class QuestionShown(TypedDict):
    """A question of an offering, as it is kept."""

    code: str
    text: JsonObject
    needed: bool


@dataclass(frozen=True)
class ShownAppointment:
    """An appointment with the names of its tutor and place, and with its citizen as long as they are kept."""

    id: uuid.UUID
    region: str
    organisation_id: uuid.UUID
    tutor_id: uuid.UUID
    offering_id: uuid.UUID
    service_point_id: uuid.UUID | None
    municipality: str | None
    channel: str
    topic: str
    starts: dt.datetime
    ends: dt.datetime
    state: State
    sequence: int
    series_id: uuid.UUID | None
    expires: dt.datetime | None
    result: str | None
    manages_alone: bool | None
    minutes_helped: int | None
    device: str | None
    booked_by: str
    booked_for_organisation: uuid.UUID | None
    tutor_name: str | None
    tutor_languages: list[str] | None
    to_call: str | None
    bring: JsonObject | None
    place_name: JsonObject | None
    place_address: str | None
    place_address_sv: str | None
    place_lat: float | None
    place_lon: float | None
    takes_place_in: str | None
    name: str | None
    phone: str | None
    email: str | None
    language: str | None
    note: str | None
    answers: dict[str, str] | None
    questions: list[QuestionShown] | None
    address: str | None
    non_disclosure: bool | None
    code_word: str | None
    token_hash: bytes | None
    key_generation: int


SHOWN = """
    SELECT a.id, a.region, a.organisation_id, a.tutor_id, a.offering_id, a.service_point_id, a.municipality, a.channel,
           a.topic, a.starts, a.ends, a.state, a.sequence, a.series_id, a.expires, a.result,
           a.manages_alone, a.minutes_helped, a.device, a.booked_by, a.booked_for_organisation,
           t.display_name AS tutor_name, t.languages AS tutor_languages,
           coalesce(p.phone, g.phone) AS to_call, o.bring, p.name AS place_name,
           p.address AS place_address, p.address_sv AS place_address_sv, p.lat AS place_lat, p.lon AS place_lon,
           coalesce(a.municipality, p.municipality) AS takes_place_in,
           c.name, c.phone, c.email, c.language, c.note, c.answers, o.questions, c.address, c.non_disclosure,
           c.code_word, c.token_hash, a.key_generation
    FROM appointment a LEFT JOIN tutor t ON t.id = a.tutor_id LEFT JOIN offering o ON o.id = a.offering_id
         LEFT JOIN service_point p ON p.id = a.service_point_id LEFT JOIN citizen c ON c.appointment_id = a.id
         LEFT JOIN organisation g ON g.id = a.organisation_id
    WHERE a.id = ANY (%(ids)s::uuid[]) ORDER BY a.starts, a.id
"""


async def shown(connection: Connection, appointments: Sequence[uuid.UUID]) -> list[ShownAppointment]:
    """Return these appointments, in order of time."""
    cursor = connection.cursor(row_factory=class_row(ShownAppointment))
    await cursor.execute(SHOWN, {"ids": list(appointments)})
    return await cursor.fetchall()


OF_SERIES = "SELECT id FROM appointment WHERE series_id = %(series)s"


async def of_series(connection: Connection, series: uuid.UUID) -> list[uuid.UUID]:
    """Return the appointments of a series."""
    return [row[0] for row in await (await connection.execute(OF_SERIES, {"series": series})).fetchall()]


# `shared.roles.Within.covers`, for many: a row of `reach` for each of the caller's, null where it is not narrowed.
# Of an appointment `a` and its service point `p`.
REACHED = """
    EXISTS (
          SELECT FROM jsonb_to_recordset(%(reaches)s) AS reach (
              region text, municipalities text[], organisation uuid, service_point uuid, tutor uuid)
          WHERE (reach.region IS NULL OR reach.region = a.region)
            AND (reach.municipalities IS NULL OR coalesce(a.municipality, p.municipality) = ANY (reach.municipalities))
            AND (reach.organisation IS NULL OR reach.organisation = a.organisation_id)
            AND (reach.service_point IS NULL OR reach.service_point = a.service_point_id)
            AND (reach.tutor IS NULL OR reach.tutor = a.tutor_id))
"""
# Whatever they reach, and what they have booked, or had booked for their organisation.
SEEN = f"""
    a.region = %(region)s
    AND (a.booked_by = %(caller)s OR a.booked_for_organisation = %(client_organisation)s OR {REACHED})
"""
OF_DAY = f"""
    SELECT a.id, a.starts FROM appointment a LEFT JOIN service_point p ON p.id = a.service_point_id
    WHERE a.starts >= %(start)s AND a.starts < %(end)s
      AND (%(after_id)s::uuid IS NULL OR (a.starts, a.id) > (%(after_start)s::timestamptz, %(after_id)s))
      AND a.state IN ('booked', 'displaced', 'attended', 'no_show')
      AND {SEEN}
    ORDER BY a.starts, a.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class SeenBy:
    """Who asks for appointments: as which caller they booked, and how far they reach."""

    region: str | None
    caller: str
    client_organisation: uuid.UUID | None
    reaches: Sequence[Within]

    def values(self) -> dict[str, object]:
        """Return what `SEEN` and `REACHED` are asked with."""
        return {**vars(self), "reaches": Jsonb([_reach(reach) for reach in self.reaches])}


async def of_day(
    connection: Connection,
    start: dt.datetime,
    end: dt.datetime,
    seen_by: SeenBy,
    *,
    after: tuple[dt.datetime, uuid.UUID] | None = None,
    limit: int,
) -> list[tuple[uuid.UUID, dt.datetime]]:
    """Return the appointments from `start` to `end` that somebody may see, with their starts in order of time, those
    that follow the start and id of `after`, without those that are cancelled or only held."""
    values = {
        **seen_by.values(),
        "start": start,
        "end": end,
        "after_start": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
    }
    return await (await connection.execute(OF_DAY, values)).fetchall()


def _reach(reach: Within) -> JsonObject:
    known = {name: value for name, value in vars(reach).items() if value is not None}
    return {name: sorted(value) if isinstance(value, frozenset) else str(value) for name, value in known.items()}
