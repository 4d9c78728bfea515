"""A page of slots as bytes. A search is the busiest request of all, so its ordinary answer is written without a model
of the wire in between; a test reads every page as one."""

import datetime as dt
import uuid
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from services.booking.reads.slots import Tutors, key_of
from services.booking.store.search import SlotRow


class PlainSlot(msgspec.Struct):
    """`wire.Slot`, field by field."""

    id: str | None
    start: dt.datetime
    end: dt.datetime
    offering_id: uuid.UUID | None
    tutor_id: uuid.UUID | None
    service_point_id: uuid.UUID | None
    municipality: str | None
    channel: str
    drop_in: bool
    seats_left: int | None


class PlainSlots(msgspec.Struct):
    """`wire.Slots` of slots without names."""

    items: list[PlainSlot]
    next: str | None = None
    questions: dict[str, str] = {}
    otherwise: None = None


encode = msgspec.json.Encoder().encode


def write_page(rows: Iterable[SlotRow], following: str | None, zone: str, *, tutors: Tutors) -> bytes:
    """Return the JSON of a page of rows, with the cursor of the following page."""
    local = ZoneInfo(zone)
    return encode(PlainSlots([_plain_slot(row, local, tutors) for row in rows], following))


def _plain_slot(row: SlotRow, local: ZoneInfo, tutors: Tutors) -> PlainSlot:
    start, end = row.start.astimezone(local), (row.start + dt.timedelta(minutes=row.duration_minutes)).astimezone(local)
    if row.drop_in:
        return PlainSlot(
            None, start, end, None, None, row.service_point_id, row.municipality, row.channel, True, row.seats_left
        )
    tutor = None if tutors == "any" else row.tutor_id
    return PlainSlot(
        key_of(row, tutor).encode(),
        start,
        end,
        row.offering_id,
        tutor,
        row.service_point_id,
        row.municipality,
        row.channel,
        False,
        row.seats_left,
    )
