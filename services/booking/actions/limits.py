"""Refusing what is done too often without signing in."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable

from services.booking.actions.context import Context
from services.booking.domain.limits import By, Use, What, uses
from services.booking.domain.slots import SlotKey
from services.booking.problems import LimitReached
from services.booking.refusals import decoded
from services.booking.store import areas
from services.booking.store import limits as store
from shared import contacts
from shared.db import Connection
from shared.schemas import booking as wire


async def limit_at_slot(
    connection: Connection, context: Context, what: What, slot: SlotKey, citizen: wire.Citizen | None = None
) -> None:
    """Count something that takes a slot, perhaps for a citizen. Raises LimitReached."""
    if context.caller.kind == "anonymous":
        region, _place = await areas.scope_of(connection, slot.tutor_id, slot.offering_id, slot.service_point_id)
        await _count(connection, context, what, _names(citizen) | {"region": [region] if region else []})


async def limit_bookings(connection: Connection, context: Context, wanted: wire.AppointmentInput) -> None:
    """Count a booking of a slot or of a time that is held. Raises LimitReached."""
    if wanted.slot_id is not None:
        await limit_at_slot(connection, context, "book", decoded(wanted.slot_id), wanted.citizen)
    elif context.caller.kind == "anonymous":  # the hold was counted in its region
        await _count(connection, context, "book", _names(wanted.citizen))


async def limit_waiting(connection: Connection, context: Context, wanted: wire.WaitlistInput) -> None:
    """Count an entry of the waitlist. Raises LimitReached."""
    if context.caller.kind == "anonymous":
        area = await areas.area(connection, wanted.municipality)
        await _count(connection, context, "wait", _names(wanted.citizen) | {"region": [area.region] if area else []})


async def limit_moves(connection: Connection, context: Context, appointment: uuid.UUID) -> None:
    """Count a move of an appointment by its citizen. Raises LimitReached."""
    if context.caller.kind == "anonymous":
        await _count(connection, context, "move", {"appointment": [str(appointment)]})


def _names(citizen: wire.Citizen | None) -> dict[By, list[str]]:
    """Return the citizen's contacts, however they are written."""
    if citizen is None:
        return {}
    phone = contacts.phone(citizen.phone) or citizen.phone if citizen.phone else None
    email = citizen.email.strip().casefold() if citizen.email else None
    return {"contact": [each for each in (phone, email) if each]}


async def _count(connection: Connection, context: Context, what: What, who: dict[By, list[str]]) -> None:
    named: dict[By, Iterable[str]] = {**who, "address": [context.address]}
    counted = uses(what, named, context.now, context.limit_factor)
    if over := await store.count(connection, [(_hash(context, use), use) for use in counted]):
        last = max(over, key=lambda use: use.until)
        raise LimitReached(last.most, last.until - last.since, last.until - context.now)


def _hash(context: Context, use: Use) -> bytes:
    """Return a keyed hash: neither addresses nor contacts are kept."""
    return hmac.digest(context.secret.encode(), f"{use.by}:{use.who}".encode(), hashlib.sha256)
