"""Waitlist entries as their citizens see them, and whom to write to about one or about an offer."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.domain.wall_time import DAY, local_date
from services.booking.reads.appointments import appointment
from services.booking.reads.manage_tokens import entry_url, given_token, opens_entry
from services.booking.reads.recipients import about
from services.booking.reads.shown import as_shown, find
from services.booking.reads.slots import place_names
from services.booking.settings import Settings
from services.booking.store import waitlist as store
from services.booking.store.citizens import CitizenDetails
from services.booking.store.waitlist import EntryRow
from shared.db import Connection, JsonObject
from shared.keys import hash_token
from shared.problems import NotFound
from shared.schemas import booking as wire


async def entry(
    connection: Connection, entry_id: uuid.UUID, settings: Settings, *, with_key: bool
) -> wire.WaitlistEntry:
    """Return an entry, with the time that is offered. Raises NotFound."""
    row = await _find(connection, entry_id)
    zone = settings.zone
    citizen = await store.citizen_of(connection, row.id)
    offered = None
    if row.appointment_id is not None and row.state in ("offered", "booked"):
        shown = await find(connection, row.appointment_id)
        # Once the citizen's contact was replaced, this key is one that was sent to the former.
        offered = as_shown(shown, access.OVERVIEW if shown.key_generation else access.CITIZEN, settings)
    return wire.WaitlistEntry.model_validate(
        {
            **await _where_wanted(connection, row),
            "id": row.id,
            "state": row.state,
            "topic": row.topic,
            "until": _last_date(row, zone),
            "offered_until": row.offered_until.astimezone(ZoneInfo(zone)) if row.offered_until else None,
            "appointment": offered,
            "citizen": _citizen_shown(citizen) if citizen else None,
            "manage_token": given_token(settings.secrets, row.id, row.token_hash) if with_key else None,
        }
    )


async def _where_wanted(connection: Connection, row: EntryRow) -> JsonObject:
    """Return where and by which channel somebody wants help, as far as they have said."""
    said: JsonObject = {
        name: row.wish[name] for name in ("municipality", "channel", "service_point") if name in row.wish
    }
    if (point := said.pop("service_point", None)) is None:
        return said
    point_id = uuid.UUID(str(point))
    return said | {"service_point_id": point_id, "place": (await place_names(connection, [point_id])).get(point_id)}


def _last_date(row: EntryRow, zone: str) -> dt.date:
    return local_date(row.until, zone) - DAY


def _citizen_shown(citizen: CitizenDetails) -> wire.KeptCitizen:
    names = ("name", "phone", "email", "language")
    return wire.KeptCitizen.model_validate({name: getattr(citizen, name) for name in names})


async def _find(connection: Connection, entry_id: uuid.UUID) -> EntryRow:
    row = await store.get(connection, entry_id)
    if row is None:
        raise NotFound
    return row


async def entry_opened_by(connection: Connection, token: str, settings: Settings) -> uuid.UUID:
    """Return the entry that a citizen's key opens. Raises NotFound."""
    found = await store.by_token(connection, hash_token(token))
    if found is None or not opens_entry(settings, token, found):
        raise NotFound
    return found


async def entry_recipient(connection: Connection, entry_id: uuid.UUID, settings: Settings) -> wire.EntryRecipient:
    """Return whom to write to about their place in the queue. Raises NotFound when they are erased."""
    row = await _find(connection, entry_id)
    citizen = await store.citizen_of(connection, entry_id)
    if citizen is None:
        raise NotFound
    reached = {name: getattr(citizen, name) for name in ("language", "phone", "email", "non_disclosure")}
    until = _last_date(row, settings.zone)
    return wire.EntryRecipient.model_validate(
        {**reached, "state": row.state, "until": until, "manage_url": entry_url(settings, row)}
    )


async def offer_recipient(connection: Connection, entry_id: uuid.UUID, settings: Settings) -> wire.Recipient:
    """Return whom to write to about a time that is offered. Raises NotFound when nothing is offered any more."""
    row = await _find(connection, entry_id)
    citizen = await store.citizen_of(connection, entry_id)
    if citizen is None or row.appointment_id is None or row.state != "offered":
        raise NotFound
    seen = await appointment(connection, row.appointment_id, access.CITIZEN, settings)
    return wire.Recipient.model_validate(
        {
            **about(seen, settings, non_disclosure=citizen.non_disclosure),
            "appointment_id": row.appointment_id,
            "manage_url": entry_url(settings, row),
            "expires": row.offered_until.astimezone(ZoneInfo(settings.zone)) if row.offered_until else None,
            "language": citizen.language,
            "phone": citizen.phone,
            "email": citizen.email,
        }
    )
