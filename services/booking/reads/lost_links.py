"""What a lost link led to, for whoever is reached by the contact: in the message, and on the page that asked for it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.domain.lost_links import MOST_TIMES, lost_link_code
from services.booking.problems import CodeOver
from services.booking.reads.manage_tokens import appointment_url, entry_url
from services.booking.reads.shown import as_shown
from services.booking.settings import Settings
from services.booking.store import lost_links as store
from services.booking.store import shown as appointment_store
from services.booking.store import waitlist as entry_store
from services.booking.store.lost_links import LostLinkRow
from services.booking.store.shown import ShownAppointment
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire


@dataclass(frozen=True)
class _Found:
    """Something that is to come, and how its citizen is written to."""

    item: wire.TimeToCome
    language: str | None
    region: str
    email: str | None


async def asked(connection: Connection, lost_link_id: uuid.UUID, settings: Settings, now: dt.datetime) -> wire.LostLink:
    """Return what whoever asked may know: nothing of what is booked. Raises CodeOver when it is over."""
    row = await _find(connection, lost_link_id, now)
    return wire.LostLink(id=row.id, expires_at=row.until.astimezone(ZoneInfo(settings.zone)))


async def times_of(
    connection: Connection, lost_link_id: uuid.UUID, settings: Settings, now: dt.datetime
) -> wire.TimesToCome:
    """Return what is to come, for whoever has used the code. Raises CodeOver when it is over."""
    row = await _find(connection, lost_link_id, now)
    return wire.TimesToCome(items=[each.item for each in await _found(connection, row, settings, now)])


async def recipient(
    connection: Connection, lost_link_id: uuid.UUID, settings: Settings, now: dt.datetime
) -> wire.LostLinkRecipient:
    """Return whom to write to, and what. Raises NotFound when nothing is booked by that contact, or too late."""
    row = await store.get(connection, lost_link_id, now)
    found = await _found(connection, row, settings, now) if row else []
    if row is None or not found:
        raise NotFound
    nearest = found[0]
    return wire.LostLinkRecipient.model_validate(
        {
            "items": [each.item for each in found],
            "code": lost_link_code(settings.secrets.current, row.id, row.contact),
            "zone": settings.zone,
            "region": nearest.region,
            "language": nearest.language,
            "phone": row.phone,
            "email": nearest.email if row.email else None,  # as they have written it
        }
    )


async def _find(connection: Connection, lost_link_id: uuid.UUID, now: dt.datetime) -> LostLinkRow:
    row = await store.get(connection, lost_link_id, now)
    if row is None:
        raise CodeOver
    return row


async def _found(connection: Connection, row: LostLinkRow, settings: Settings, now: dt.datetime) -> list[_Found]:
    """Return what is to come of whoever is reached there: first appointments, the nearest first."""
    appointments = await store.appointments_of(connection, row, now, MOST_TIMES)
    found = [_of_appointment(each, settings) for each in await appointment_store.shown(connection, appointments)]
    entries = await store.entries_of(connection, row, now, MOST_TIMES - len(found))
    return [*found, *[await _of_entry(connection, entry, settings) for entry in entries]]


def _of_appointment(row: ShownAppointment, settings: Settings) -> _Found:
    seen, url = as_shown(row, access.OVERVIEW, settings), appointment_url(settings, row)
    item = wire.TimeToCome(kind="appointment", id=row.id, state=seen.state, manage_url=url)
    if not row.non_disclosure:  # what may not be disclosed is told by the page alone that the link opens
        item = item.model_copy(update={"start": seen.start, "end": seen.end, "place": seen.place})
    return _Found(item, row.language, row.region, row.email)


async def _of_entry(connection: Connection, entry_id: uuid.UUID, settings: Settings) -> _Found:
    row, citizen = await entry_store.get(connection, entry_id), await entry_store.citizen_of(connection, entry_id)
    if row is None or citizen is None:
        raise NotFound
    item = wire.TimeToCome(kind="waitlist_entry", id=row.id, state=row.state, manage_url=entry_url(settings, row))
    return _Found(item, citizen.language, row.region, citizen.email)
