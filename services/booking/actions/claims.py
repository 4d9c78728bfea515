"""Taking time and giving it back: every change of who holds which time passes through here."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.booking import search
from services.booking.actions import spans
from services.booking.domain.appointments import Refusal, SlotKey, fairest, why_refused
from services.booking.domain.time import on_grid
from services.booking.problems import InThePast, NotASlot, SlotGone, SlotRefused, SlotTaken
from services.booking.store import claims
from services.booking.store import spans as span_store
from services.booking.store.appointments import Appointment
from services.booking.store.claims import Landed, Resource
from services.booking.store.offerings import Given, given
from shared.db import Connection
from shared.intervals import Interval
from shared.problems import Problem


@dataclass(frozen=True)
class Taken:
    """A seat of a session whose time is claimed; `settle` makes the free spans follow."""

    slot: SlotKey
    region: str
    organisation_id: uuid.UUID
    session_id: uuid.UUID
    seat: int
    capacity: int
    busy: Interval
    plain: bool
    tutors: tuple[uuid.UUID, ...]
    landed: Landed | None = None

    @property
    def ends(self) -> dt.datetime:
        return self.slot.start + dt.timedelta(minutes=self.slot.duration)


async def take(
    connection: Connection,
    slot: SlotKey,
    topic: str,
    *,
    session: uuid.UUID,
    now: dt.datetime,
    zone: str,
    expires: dt.datetime | None = None,
    prefer: uuid.UUID | None = None,
    but: uuid.UUID | None = None,
    at_any_notice: bool = False,
) -> Taken:
    """Claim a slot's time for a new session, or a seat of the one that stands there. For a slot of any helper, the
    fairest who is free, `but` one, is asked first. Raises why not, with the nearest alternatives."""
    how = _How(session, now, zone, expires, at_any_notice)
    if slot.tutor_id is not None:
        return await _take(connection, slot, topic, how)
    free = [tutor for tutor in await claims.who_is_free(connection, slot, topic, now) if tutor != but]
    for tutor in fairest(await claims.loads(connection, free, now), prefer):
        try:
            async with connection.transaction():  # a refusal gives the lock back
                return await _take(connection, slot.by(tutor), topic, how)
        except SlotRefused:
            continue
    raise await refused(connection, slot, topic, now, zone)


@dataclass(frozen=True)
class _How:
    """For which new session time is taken, when, and until when if it is only held."""

    session: uuid.UUID
    now: dt.datetime
    zone: str
    expires: dt.datetime | None
    at_any_notice: bool


async def _take(connection: Connection, slot: SlotKey, topic: str, how: _How) -> Taken:
    assert slot.tutor_id
    free = await claims.lock_and_look(connection, slot, topic, how.now, at_any_notice=how.at_any_notice)
    if free is None:
        raise await refused(connection, slot, topic, how.now, how.zone)
    busy = Interval(
        slot.start - dt.timedelta(minutes=free.before_minutes),
        slot.start + dt.timedelta(minutes=slot.duration + free.after_minutes),
    )
    taken = Taken(slot, free.region, free.organisation_id, how.session, 1, 1, busy, free.plain, (slot.tutor_id,))
    if free.plain:
        tutor = [Resource(slot.tutor_id, "tutor")]
        return replace(taken, landed=await claims.claim(connection, how.session, busy, tutor, how.expires))
    return await _take_with_others(connection, taken, topic, how)


async def _take_with_others(connection: Connection, taken: Taken, topic: str, how: _How) -> Taken:
    """A seat of a session that stands, or a new one with its helpers, rooms and devices."""
    slot, now, expires = taken.slot, how.now, how.expires
    offering = await given(connection, slot.offering_id)
    assert offering
    assert slot.tutor_id
    if offering.capacity > 1 and (standing := await claims.session_at(connection, slot, now)):
        await claims.let_seats_lapse(connection, standing.session_id, now)
        seat = min(set(range(1, offering.capacity + 1)) - set(standing.seats), default=None)
        if seat is None:
            raise await _taken(connection, slot, topic, now, how.zone)
        if standing.expires is not None:
            until = None if expires is None else max(expires, standing.expires)
            await claims.keep_until(connection, standing.session_id, until)
        return replace(taken, session_id=standing.session_id, seat=seat, capacity=offering.capacity)
    resources = [Resource(slot.tutor_id, "tutor")]
    resources += await _helpers(connection, taken, offering, now)
    resources += await _equipment(connection, taken, offering, now)
    if len(resources) < offering.helpers + len(offering.needs):
        raise await _taken(connection, slot, topic, now, how.zone)
    landed = await claims.claim(connection, taken.session_id, taken.busy, resources, expires)
    tutors = tuple(resource.id for resource in resources if resource.kind != "equipment")
    return replace(taken, capacity=offering.capacity, tutors=tutors, landed=landed)


async def _helpers(connection: Connection, taken: Taken, offering: Given, now: dt.datetime) -> list[Resource]:
    """The other helpers that a session needs, the least loaded first."""
    if offering.helpers == 1:
        return []
    known = [
        tutor for tutor in await claims.who_is_free(connection, taken.slot, None, now) if tutor not in taken.tutors
    ]
    free = await claims.unclaimed(connection, known, taken.busy)  # one who leads a group may have seats, but no time
    chosen = fairest(await claims.loads(connection, free, now))[: offering.helpers - 1]
    return [Resource(tutor, "helper") for tutor in chosen]


async def _equipment(connection: Connection, taken: Taken, offering: Given, now: dt.datetime) -> list[Resource]:
    """One free piece of everything that a session needs."""
    found = []
    for kind in offering.needs:
        assert taken.slot.service_point_id
        count = offering.equipment_at(taken.slot.service_point_id).get(kind, 0)
        pieces = spans.pieces_of(taken.slot.service_point_id, kind, count)
        await claims.let_lapsed_go(connection, pieces, now)
        free = await claims.unclaimed(connection, pieces, taken.busy)
        found += [Resource(piece, "equipment") for piece in free[:1]]
    return found


async def settle(
    connection: Connection, taken: Taken, topic: str, *, now: dt.datetime, zone: str, expires: dt.datetime | None = None
) -> None:
    """Make the free spans follow a claim, once its appointment is written. The database is the referee: should another
    process hold the time after all, it is refused here."""
    if taken.plain:
        async with connection.pipeline():
            await span_store.take_out(connection, taken.tutors[0], taken.busy, expires)
    else:
        await spans.refresh_around(connection, taken.tutors, [taken.busy], now=now, zone=zone)
    if taken.landed is not None and not await taken.landed.everywhere():
        raise await _taken(connection, taken.slot, topic, now, zone)


async def give_back(
    connection: Connection, appointment: Appointment, *, now: dt.datetime, zone: str
) -> list[uuid.UUID]:
    """Free an appointment's seat, and its session's time when it was the last. The appointment is no longer live, and
    the caller holds the tutor's lock. Answers whose time fell free."""
    await claims.let_seats_lapse(connection, appointment.session_id, now)
    others = await claims.live_seats(connection, appointment.session_id, but=appointment.id, now=now)
    if others:
        until = None if None in others else max(expires for expires in others if expires is not None)
        await claims.keep_until(connection, appointment.session_id, until)
        tutors, busy = [appointment.tutor_id], [Interval(appointment.starts, appointment.ends)]
    else:
        freed = await claims.release(connection, appointment.session_id)
        tutors = [resource.id for resource, _busy in freed if resource.kind != "equipment"]
        busy = [interval for _resource, interval in freed]
    await spans.refresh_around(connection, tutors, busy, now=now, zone=zone)
    return tutors


async def refresh(connection: Connection, appointment: Appointment, *, now: dt.datetime, zone: str) -> None:
    """Make the free spans follow a hold that became longer, or an appointment."""
    tutors = await claims.people_of(connection, appointment.session_id)
    busy = [Interval(appointment.starts, appointment.ends)]
    await spans.refresh_around(connection, tutors, busy, now=now, zone=zone)


async def hold_on(connection: Connection, appointment: Appointment, tutors: Sequence[uuid.UUID]) -> None:
    """Take the locks that a change of an appointment needs: its tutor's, its helpers' and those of others named."""
    helpers = await claims.people_of(connection, appointment.session_id)
    await claims.lock(connection, [appointment.tutor_id, *helpers, *tutors])


async def _taken(connection: Connection, slot: SlotKey, topic: str, now: dt.datetime, zone: str) -> Problem:
    return SlotTaken(await search.alternatives(connection, slot, topic, now=now, zone=zone))


async def refused(
    connection: Connection,
    slot: SlotKey,
    topic: str,
    now: dt.datetime,
    zone: str,
    together: search.Rows | None = None,
) -> Problem:
    """The problem that says why a slot is not free."""
    facts = await claims.facts(connection, slot, now, zone)
    known = facts is not None and facts.fits and slot.duration in facts.durations and slot.channel in facts.channels
    reason = why_refused(
        slot.start,
        now,
        known=known,
        serves_topic=facts is not None and topic in facts.topics,
        on_grid=facts is not None and on_grid(slot.start, facts.grid_minutes, facts.zone),
        collides=slot.tutor_id is None or (facts is not None and facts.collides),
    )
    if reason is Refusal.PAST:
        return InThePast()
    if reason is Refusal.NO_SLOT or facts is None:
        return NotASlot()
    where = (facts.region, facts.municipality)
    alternatives = await search.nearest_to(connection, slot, topic, where, now=now, zone=zone, together=together)
    return (SlotTaken if reason is Refusal.TAKEN else SlotGone)(alternatives)
