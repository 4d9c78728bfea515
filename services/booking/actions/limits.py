"""Refusing what is done too often without signing in."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from services.booking.actions.context import Context
from services.booking.domain.limits import OWN, By, Use, What, uses
from services.booking.domain.slots import SlotKey
from services.booking.domain.wall_time import local_date
from services.booking.problems import AskedTooOften, CalendarReadTooOften, LimitReached
from services.booking.refusals import decoded
from services.booking.store import appointments, citizens, waitlist
from services.booking.store import limits as store
from services.booking.store.citizens import CitizenDetails
from services.booking.store.limits import Retry, Where
from services.booking.store.lost_links import LostLinkRow
from shared import contacts
from shared.addresses import network_of
from shared.db import Connection
from shared.http.allowances import Allowance
from shared.schemas import booking as wire

NOWHERE = Where()
SOMEWHERE: dict[By, list[str]] = {"region": [""]}  # which one, SQL finds


async def limit_at_slot(
    connection: Connection,
    context: Context,
    what: What,
    slot: SlotKey,
    citizen: wire.Citizen | None = None,
    *,
    times: int = 1,
) -> bool:
    """Count something that takes a slot, perhaps for a citizen, or as many times the same; return whether there is more
    than usual. Raises LimitReached."""
    where = Where(point=slot.service_point_id, tutor=slot.tutor_id, offering=slot.offering_id)
    if citizen is not None and citizen.unreachable:
        who = _visits_of_date(slot, context.zone) | SOMEWHERE
        return await _count(connection, context, "book_unreachable", who, where, times)
    return await _count(connection, context, what, _contacts(citizen) | SOMEWHERE, where, times)


async def limit_bookings(connection: Connection, context: Context, wanted: wire.AppointmentInput) -> bool:
    """Count a booking of a slot or of a time that is held; return whether its citizen has to verify it, since there are
    more than usual. Raises LimitReached."""
    if wanted.slot_id is not None:
        return await limit_at_slot(connection, context, "book", decoded(wanted.slot_id), wanted.citizen)
    if wanted.citizen.unreachable and wanted.hold_id and (held := await appointments.get(connection, wanted.hold_id)):
        return await limit_at_slot(connection, context, "book", SlotKey.of(held), wanted.citizen)
    return await _count(connection, context, "book", _contacts(wanted.citizen))  # the hold was counted in its region


async def limit_taking_offer(connection: Connection, context: Context, entry: uuid.UUID) -> bool:
    """Count that a time is taken which is offered to a waitlist entry, as the booking that it is: whoever joined was
    given the key, and need not be who is reached by the contacts that they gave. Return whether it has to be verified.
    Raises LimitReached."""
    return await _count(connection, context, "book", _contacts(await waitlist.citizen_of(connection, entry)))


async def limit_waiting(connection: Connection, context: Context, wanted: wire.WaitlistInput) -> None:
    """Count an entry of the waitlist. Raises LimitReached."""
    where = Where(municipality=wanted.municipality)
    await _count(connection, context, "wait", _contacts(wanted.citizen) | SOMEWHERE, where)


async def limit_moves(connection: Connection, context: Context, appointment: uuid.UUID) -> None:
    """Count a move of an appointment by its citizen. Raises LimitReached."""
    await _count(connection, context, "move", {"appointment": [str(appointment)]})


async def limit_guesses(connection: Connection, context: Context, appointment: uuid.UUID) -> None:
    """Count a code that was typed to verify an appointment, by whomever. Raises LimitReached."""
    await _count(connection, context, "verify", {"appointment": [str(appointment)]}, everybody=True)


async def limit_sending_again(connection: Connection, context: Context, appointment: uuid.UUID) -> None:
    """Count that the citizen of an appointment is sent again what they were sent, by whomever. Raises LimitReached."""
    who = _contacts(await citizens.get(connection, appointment))
    await _count(connection, context, "resend", who | {"appointment": [str(appointment)]}, everybody=True)


async def limit_calendar_reading(connection: Connection, context: Context, subscription: uuid.UUID) -> None:
    """Count that a subscribed calendar is read. Raises CalendarReadTooOften."""
    who: dict[By, list[str]] = {"subscription": [str(subscription)]}
    await _count(connection, context, "read_calendar", who, problem=CalendarReadTooOften)


async def limit_calendar_guesses(connection: Connection, context: Context) -> None:
    """Count that a calendar was asked for by a secret that is none. Raises CalendarReadTooOften."""
    await _count(connection, context, "guess_calendar", {}, problem=CalendarReadTooOften)


async def limit_corrections(connection: Connection, context: Context, record: uuid.UUID, citizen: wire.Citizen) -> None:
    """Count a correction of an appointment or waitlist entry by its citizen, whose new contacts may get a message.
    Raises LimitReached."""
    await _count(connection, context, "correct", _contacts(citizen) | {"appointment": [str(record)]})


async def limit_lost_links(connection: Connection, context: Context, asked: LostLinkRow) -> None:
    """Count that lost links are asked for, by whomever: who has an account may not send others one message after
    another either. Raises AskedTooOften."""
    who: dict[By, list[str]] = {"contact": [asked.contact.casefold()]}
    await _count(connection, context, "ask_links", who, problem=AskedTooOften, everybody=True)


async def limit_lookups(connection: Connection, context: Context) -> None:
    """Count that somebody looks up whose appointment it is: a desk asks for one person after another, and nobody reads
    a list that way. Raises AskedTooOften."""
    who: dict[By, list[str]] = {"caller": [context.named]}
    await _count(connection, context, "look_up", who, problem=AskedTooOften, everybody=True)


async def limit_opening_links(connection: Connection, context: Context) -> None:
    """Count that a code of lost links is typed, by whomever. Raises AskedTooOften."""
    await _count(connection, context, "open_links", {}, problem=AskedTooOften, everybody=True)


async def limit_feedback(connection: Connection, context: Context, appointment: uuid.UUID) -> None:
    """Count that a citizen says how it went. Raises LimitReached."""
    await _count(connection, context, "say_feedback", {"appointment": [str(appointment)]})


def _visits_of_date(slot: SlotKey, zone: str) -> dict[By, list[str]]:
    """Return what the visits of one date at one service point are counted by."""
    return {"visits": [f"{slot.service_point_id} {local_date(slot.start, zone)}"]}


def _contacts(citizen: wire.Citizen | CitizenDetails | None) -> dict[By, list[str]]:
    """Return the citizen's contacts, however they are written."""
    if citizen is None:
        return {}
    phone = contacts.phone(citizen.phone) or citizen.phone if citizen.phone else None
    email = citizen.email.strip().casefold() if citizen.email else None
    return {"contact": [each for each in (phone, email) if each]}


async def _count(
    connection: Connection,
    context: Context,
    what: What,
    who: dict[By, list[str]],
    where: Where = NOWHERE,
    times: int = 1,
    problem: type[LimitReached] = LimitReached,
    *,
    everybody: bool = False,
) -> bool:
    """Count what somebody does who has not signed in; whoever has, is known by name, and counted where `everybody` is.
    Return whether there is more than usual, and note what is left. A retry was counted already."""
    if context.caller.kind != "anonymous" and not everybody:
        return False
    named: dict[By, Iterable[str]] = {**who, "address": [network_of(context.address)]}
    counted = uses(what, named, context.now, context.limit_factor)
    hashed = [(_hashes(context, use), use) for use in counted]
    done = await store.count(connection, hashed, where, Retry(context.whose_keys, context.key), times)
    if over := [use for use in counted if done.get(use.name, 0) > use.most]:
        last = max(over, key=lambda use: use.until)
        raise problem(last.most, last.until - last.since, last.until - context.now)
    context.allowances.extend(_allowance(use, done[use.name], context.now) for use in counted if _is_told(use, done))
    return any(done.get(use.name, 0) > use.usual for use in counted)


def _is_told(use: Use, done: Mapping[str, int]) -> bool:
    return use.by in OWN and use.name in done


def _allowance(use: Use, done: int, now: dt.datetime) -> Allowance:
    return Allowance(use.by, use.most, use.until - use.since, use.most - done, use.until - now)


def _hashes(context: Context, use: Use) -> tuple[bytes, ...]:
    """Return keyed hashes, since neither addresses nor contacts are kept; none for a region, which SQL finds."""
    return () if use.by == "region" else context.secrets.hashes(f"{use.by}:{use.who}".encode())
