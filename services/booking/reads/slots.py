"""Slots as they are shown, with the names of their places and tutors, and the cursors of their pages."""

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from services.booking.domain.slots import CHANNELS, SlotKey
from services.booking.store import names
from services.booking.store.search import SlotRow, Tie
from shared.db import Connection
from shared.problems import field_problem
from shared.schemas import booking as wire

Tutors = Literal["each", "any"]
NO_DISTANCES: Mapping[uuid.UUID, float] = {}
# Behind every tutor's id: a page for any tutor goes on after all who are free then and there.
LAST_TUTOR = uuid.UUID(int=2**128 - 1)


def slot_of(row: SlotRow, zone: str, *, tutors: Tutors = "each") -> wire.Slot:
    """Return a row of the search as it is shown: with the tutor that it names, or with any."""
    local = ZoneInfo(zone)
    tutor = None if tutors == "any" or row.drop_in else row.tutor_id
    return wire.Slot(
        id=None if row.drop_in else key_of(row, tutor).encode(),
        start=row.start.astimezone(local),
        end=(row.start + dt.timedelta(minutes=row.duration_minutes)).astimezone(local),
        offering_id=None if row.drop_in else row.offering_id,
        tutor_id=tutor,
        service_point_id=row.service_point_id,
        municipality=row.municipality,
        channel=row.channel,
        drop_in=row.drop_in,
        seats_left=row.seats_left,
    )


def key_of(row: SlotRow, tutor: uuid.UUID | None) -> SlotKey:
    """Return the key of a row's start with a tutor; with None, with any."""
    home = row.municipality if row.channel == "home" else None
    return SlotKey(tutor, row.offering_id, row.service_point_id, row.channel, row.duration_minutes, row.start, home)


async def expanded(
    connection: Connection, slots: Sequence[wire.Slot], distances: Mapping[uuid.UUID, float] = NO_DISTANCES
) -> list[wire.ExpandedSlot]:
    """Return slots with the names of their places and tutors, and how far the places are, where that is known."""
    places = await place_names(connection, (slot.service_point_id for slot in slots))
    tutors = await names.tutor_names(connection, [slot.tutor_id for slot in slots if slot.tutor_id])
    return [
        wire.ExpandedSlot(
            **slot.__dict__,
            place=places.get(slot.service_point_id) if slot.service_point_id else None,
            tutor_name=tutors.get(slot.tutor_id, "") if slot.tutor_id else "",
            km=_whole(distances.get(slot.service_point_id)) if slot.service_point_id else None,
        )
        for slot in slots
    ]


def _whole(km: float | None) -> int | None:
    return None if km is None else round(km)


async def place_names(connection: Connection, points: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, wire.PlaceName]:
    """Return service points in words, by their ids."""
    wanted = {point for point in points if point}
    found = await names.point_names(connection, sorted(wanted)) if wanted else []
    return {point.id: wire.PlaceName.model_validate(point) for point in found}


def cursor_after(row: SlotRow, *, tutors: Tutors) -> str:
    """Return the cursor of the page after a row."""
    start, *others, tutor = row.tie
    parts = [start.isoformat(), *map(str, others), str(LAST_TUTOR if tutors == "any" else tutor)]
    return _cursor(parts)


def read_cursor(cursor: str) -> Tie:
    """Return where a page goes on; raises a problem for a text that is no cursor of ours."""
    try:
        start, place, channel, offering, duration, municipality, tutor = map(_text, _parts(cursor))
        at = dt.datetime.fromisoformat(start)
        _check_cursor(at, channel, duration, municipality)
        return at, uuid.UUID(place), channel, uuid.UUID(offering), int(duration), municipality, uuid.UUID(tutor)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise field_problem("/after", "cursor") from None


PlaceTie = tuple[float, dt.datetime, uuid.UUID]
"""A place's distance, next free time and id: the order of places, to the last doubt."""


def cursor_after_place(tie: PlaceTie) -> str:
    """Return the cursor of the page after a place."""
    return _cursor(list(map(str, tie)))


def read_place_cursor(cursor: str) -> PlaceTie:
    """Return where a page of places goes on; raises a problem for a text that is no cursor of ours."""
    try:
        km, start, place = map(_text, _parts(cursor))
        at = dt.datetime.fromisoformat(start)
        if at.tzinfo is None:
            raise ValueError
        return float(km), at, uuid.UUID(place)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise field_problem("/after", "cursor") from None


def _cursor(parts: list[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _parts(cursor: str) -> Iterable[object]:
    found: Iterable[object] = json.loads(
        base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    )
    return found


def _text(part: object) -> str:
    if not isinstance(part, str):
        raise ValueError
    return part


def _check_cursor(at: dt.datetime, channel: str, duration: str, municipality: str) -> None:
    """Raise ValueError for parts that the database could not compare."""
    if at.tzinfo is None or not 2000 <= at.year <= 2200 or channel not in CHANNELS:
        raise ValueError
    if not _is_number(duration) or len(duration) > 4 or (municipality and not _is_number(municipality)):
        raise ValueError


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
