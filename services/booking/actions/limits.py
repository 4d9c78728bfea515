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
from services.booking.store import limits as store
from services.booking.store.limits import Where
from shared import contacts
from shared.db import Connection
from shared.schemas import booking as wire

NOWHERE = Where()
SOMEWHERE: dict[By, list[str]] = {"region": [""]}  # which one, SQL finds


async def limit_at_slot(
    connection: Connection, context: Context, what: What, slot: SlotKey, citizen: wire.Citizen | None = None
) -> None:
    """Count something that takes a slot, perhaps for a citizen. Raises LimitReached."""
    where = Where(point=slot.service_point_id, tutor=slot.tutor_id, offering=slot.offering_id)
    await _count(connection, context, what, _contacts(citizen) | SOMEWHERE, where)


async def limit_bookings(connection: Connection, context: Context, wanted: wire.AppointmentInput) -> None:
    """Count a booking of a slot or of a time that is held. Raises LimitReached."""
    if wanted.slot_id is not None:
        await limit_at_slot(connection, context, "book", decoded(wanted.slot_id), wanted.citizen)
    else:  # the hold was counted in its region
        await _count(connection, context, "book", _contacts(wanted.citizen))


async def limit_waiting(connection: Connection, context: Context, wanted: wire.WaitlistInput) -> None:
    """Count an entry of the waitlist. Raises LimitReached."""
    where = Where(municipality=wanted.municipality)
    await _count(connection, context, "wait", _contacts(wanted.citizen) | SOMEWHERE, where)


async def limit_moves(connection: Connection, context: Context, appointment: uuid.UUID) -> None:
    """Count a move of an appointment by its citizen. Raises LimitReached."""
    await _count(connection, context, "move", {"appointment": [str(appointment)]})


async def limit_corrections(connection: Connection, context: Context, record: uuid.UUID, citizen: wire.Citizen) -> None:
    """Count a correction of an appointment or waitlist entry by its citizen, whose new contacts may get a message.
    Raises LimitReached."""
    await _count(connection, context, "correct", _contacts(citizen) | {"appointment": [str(record)]})


def _contacts(citizen: wire.Citizen | None) -> dict[By, list[str]]:
    """Return the citizen's contacts, however they are written."""
    if citizen is None:
        return {}
    phone = contacts.phone(citizen.phone) or citizen.phone if citizen.phone else None
    email = citizen.email.strip().casefold() if citizen.email else None
    return {"contact": [each for each in (phone, email) if each]}


async def _count(
    connection: Connection, context: Context, what: What, who: dict[By, list[str]], where: Where = NOWHERE
) -> None:
    """Count what somebody does who has not signed in; whoever has, is known by name."""
    if context.caller.kind != "anonymous":
        return
    named: dict[By, Iterable[str]] = {**who, "address": [context.address]}
    counted = uses(what, named, context.now, context.limit_factor)
    if over := await store.count(connection, [(_hash(context, use), use) for use in counted], where):
        last = max(over, key=lambda use: use.until)
        raise LimitReached(last.most, last.until - last.since, last.until - context.now)


def _hash(context: Context, use: Use) -> bytes | None:
    """Return a keyed hash, since neither addresses nor contacts are kept; None for a region, which SQL finds."""
    if use.by == "region":
        return None
    return hmac.digest(context.secret.encode(), f"{use.by}:{use.who}".encode(), hashlib.sha256)
