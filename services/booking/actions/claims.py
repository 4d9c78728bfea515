"""Taking time and giving it back: every change of who holds which time passes through here."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import psycopg

from services.booking.actions import spans
from services.booking.actions.steps import record_lapses
from services.booking.domain.fairness import fairest
from services.booking.domain.slots import Refusal, RefusedSlot, SlotKey
from services.booking.domain.week import pieces_of
from services.booking.store import claims, free_starts, lapses
from services.booking.store import spans as span_store
from services.booking.store.appointments import AppointmentRow
from services.booking.store.claims import PendingClaim, Resource
from services.booking.store.free_starts import FreeStartRow
from services.booking.store.offerings import OfferingNeeds, needs_of
from shared.db import Connection
from shared.intervals import Interval


@dataclass(frozen=True)
class TakeOptions:
    """For which new visit time is taken, when, and until when if it is only held. For a slot of any tutor, `prefer` is
    asked first and `but` is not asked. A reassignment takes a slot `at_any_notice`."""

    visit: uuid.UUID
    now: dt.datetime
    zone: str
    expires: dt.datetime | None = None
    prefer: uuid.UUID | None = None
    but: uuid.UUID | None = None
    at_any_notice: bool = False


@dataclass(frozen=True)
class Taken:
    """A seat of a visit whose time is claimed; `settle` makes the free spans follow. `tutors` has the one who leads the
    visit first."""

    slot: SlotKey
    region: str
    organisation_id: uuid.UUID
    visit_id: uuid.UUID
    seat: int
    capacity: int
    busy: Interval
    plain: bool
    tutors: tuple[uuid.UUID, ...]
    pending: PendingClaim | None = None

    @property
    def ends(self) -> dt.datetime:
        return self.slot.start + dt.timedelta(minutes=self.slot.duration)


async def take(connection: Connection, slot: SlotKey, topic: str, options: TakeOptions) -> Taken | RefusedSlot:
    """Claim a slot's time for a new visit, or a seat of the one that stands there. Of any tutor, the fairest who is
    free is asked first. Return what was taken, or the refusal; then nothing is claimed."""
    if slot.tutor_id is not None:
        return await _take_of(connection, slot, topic, options)
    free = await free_starts.who_is_free(connection, slot, topic, options.now)
    candidates = [tutor for tutor in free if tutor != options.but]
    for tutor in fairest(await claims.loads(connection, candidates, options.now), options.prefer):
        async with connection.transaction() as attempt:
            taken = await _take_of(connection, slot.by(tutor), topic, options)
            if isinstance(taken, RefusedSlot):
                raise psycopg.Rollback(attempt)  # gives the lock back
        if isinstance(taken, Taken):
            return taken
    return RefusedSlot(slot, topic)


async def who_could_take_over(
    connection: Connection, row: AppointmentRow, *, now: dt.datetime, zone: str
) -> list[uuid.UUID]:
    """Return the tutors who could take an appointment's time over, in the order in which they are asked."""
    free = set(await free_starts.who_is_free(connection, SlotKey.of(row), row.topic, now))
    free |= await spans.free_without(connection, row, now=now, zone=zone)
    return fairest(await claims.loads(connection, sorted(free - {row.tutor_id}), now))


async def has_group(connection: Connection, slot: SlotKey, now: dt.datetime) -> bool:
    """Whether the slot's tutor leads a group then and there already."""
    return await claims.group_visit_at(connection, slot, now) is not None


async def _take_of(connection: Connection, slot: SlotKey, topic: str, options: TakeOptions) -> Taken | RefusedSlot:
    """Take a slot of the tutor that it names."""
    assert slot.tutor_id
    free, lapsed = await free_starts.lock_and_look(
        connection, slot, topic, options.now, at_any_notice=options.at_any_notice
    )
    await record_lapses(connection, options.now, lapsed)
    if free is None:
        return RefusedSlot(slot, topic)
    taken = _seat_of_new_visit(slot, slot.tutor_id, free, options)
    if free.plain:
        tutor = [Resource(slot.tutor_id, "tutor")]
        return replace(taken, pending=await claims.claim(connection, options.visit, taken.busy, tutor, options.expires))
    return await _take_shared(connection, taken, topic, options)


def _seat_of_new_visit(slot: SlotKey, tutor: uuid.UUID, free: FreeStartRow, options: TakeOptions) -> Taken:
    busy = Interval(
        slot.start - dt.timedelta(minutes=free.before_minutes),
        slot.start + dt.timedelta(minutes=slot.duration + free.after_minutes),
    )
    return Taken(slot, free.region, free.organisation_id, options.visit, 1, 1, busy, free.plain, (tutor,))


async def _take_shared(connection: Connection, taken: Taken, topic: str, options: TakeOptions) -> Taken | RefusedSlot:
    """Take a seat of a visit that stands, or claim a new one with its other tutors, rooms and devices."""
    needs = await needs_of(connection, taken.slot.offering_id)
    assert needs is not None, "a free span's offering is known"
    if needs.capacity > 1:
        joined = await _join(connection, taken, needs.capacity, topic, options)
        if joined is not None:
            return joined
    resources = [Resource(taken.tutors[0], "tutor")]
    resources += await _other_tutors(connection, taken, needs, options.now)
    resources += await _equipment(connection, taken, needs, options.now)
    if len(resources) < needs.tutors + len(needs.needs):
        return RefusedSlot(taken.slot, topic, Refusal.TAKEN)
    pending = await claims.claim(connection, taken.visit_id, taken.busy, resources, options.expires)
    tutors = tuple(resource.id for resource in resources if resource.kind != "equipment")
    return replace(taken, capacity=needs.capacity, tutors=tutors, pending=pending)


async def _join(
    connection: Connection, taken: Taken, capacity: int, topic: str, options: TakeOptions
) -> Taken | RefusedSlot | None:
    """Take a seat of the group visit that stands at a slot; return None when none stands there."""
    standing = await claims.group_visit_at(connection, taken.slot, options.now)
    if standing is None:
        return None
    lapsed = await lapses.lapse_seats(connection, standing.visit_id, options.now)
    await record_lapses(connection, options.now, lapsed)
    seat = min(set(range(1, capacity + 1)) - set(standing.seats), default=None)
    if seat is None:
        return RefusedSlot(taken.slot, topic, Refusal.TAKEN)
    if standing.expires is not None:  # the visit was only held so far: it is kept as long as its longest seat
        until = None if options.expires is None else max(options.expires, standing.expires)
        await claims.keep_until(connection, standing.visit_id, until)
    return replace(taken, visit_id=standing.visit_id, seat=seat, capacity=capacity)


async def _other_tutors(connection: Connection, taken: Taken, needs: OfferingNeeds, now: dt.datetime) -> list[Resource]:
    """Return the other tutors that a visit needs, the least loaded first."""
    if needs.tutors == 1:
        return []
    free = await free_starts.who_is_free(connection, taken.slot, None, now)
    known = [tutor for tutor in free if tutor not in taken.tutors]
    unclaimed = await claims.unclaimed(connection, known, taken.busy)  # one who leads a group has seats, but no time
    chosen = fairest(await claims.loads(connection, unclaimed, now))[: needs.tutors - 1]
    return [Resource(tutor, "helper") for tutor in chosen]


async def _equipment(connection: Connection, taken: Taken, needs: OfferingNeeds, now: dt.datetime) -> list[Resource]:
    """Return one free piece of everything that a visit needs, as far as there is one."""
    found = []
    for kind in needs.needs:
        point = taken.slot.service_point_id
        assert point, "what needs equipment is given at service points"
        pieces = pieces_of(point, kind, needs.equipment_at(point).get(kind, 0))
        await record_lapses(connection, now, await lapses.lapse(connection, pieces, now))
        free = await claims.unclaimed(connection, pieces, taken.busy)
        found += [Resource(piece, "equipment") for piece in free[:1]]
    return found


async def settle(connection: Connection, taken: Taken, topic: str, options: TakeOptions) -> RefusedSlot | None:
    """Make the free spans follow a claim, once its appointment is written. The database is the referee: return the
    refusal when another transaction holds the time after all."""
    if taken.plain:
        await span_store.take_out(connection, taken.tutors[0], taken.busy, options.expires)
    else:
        await spans.refresh_around(connection, taken.tutors, [taken.busy], now=options.now, zone=options.zone)
    if taken.pending is not None and not await taken.pending.succeeded():
        return RefusedSlot(taken.slot, topic, Refusal.TAKEN)
    return None


async def give_back(
    connection: Connection, appointment: AppointmentRow, *, now: dt.datetime, zone: str
) -> tuple[uuid.UUID, ...]:
    """Free an appointment's seat, and its visit's time when it was the last. The appointment is no longer live, and the
    caller holds the tutor's lock. Return whose time fell free."""
    await record_lapses(connection, now, await lapses.lapse_seats(connection, appointment.visit_id, now))
    others = await claims.other_seats(connection, appointment.visit_id, but=appointment.id, now=now)
    if others:
        await _keep_for(connection, appointment.visit_id, others)
        tutors: tuple[uuid.UUID, ...] = (appointment.tutor_id,)
        busy = [Interval(appointment.starts, appointment.ends)]
    else:
        freed = await claims.release(connection, appointment.visit_id)
        tutors = tuple(resource.id for resource, _busy in freed if resource.kind != "equipment")
        busy = [interval for _resource, interval in freed]
    await spans.refresh_around(connection, tutors, busy, now=now, zone=zone)
    return tutors


async def extend(
    connection: Connection, appointment: AppointmentRow, until: dt.datetime, *, now: dt.datetime, zone: str
) -> None:
    """Keep a held visit until then, unless another of its seats keeps it longer or for good."""
    others = await claims.other_seats(connection, appointment.visit_id, but=appointment.id, now=now)
    await _keep_for(connection, appointment.visit_id, [until, *others])
    await follow(connection, appointment, now=now, zone=zone)


async def _keep_for(connection: Connection, visit: uuid.UUID, seats: Sequence[dt.datetime | None]) -> None:
    """Keep a visit's time as long as its longest seat: for good, when one is booked."""
    held = [until for until in seats if until is not None]
    await claims.keep_until(connection, visit, max(held) if len(held) == len(seats) else None)


async def keep_for_good(connection: Connection, visit: uuid.UUID) -> None:
    """Keep a visit's time for good: one of its seats is booked."""
    await claims.keep_until(connection, visit, None)


async def follow(connection: Connection, appointment: AppointmentRow, *, now: dt.datetime, zone: str) -> None:
    """Make the free spans follow a hold that became longer, or an appointment."""
    tutors = await claims.tutors_of(connection, appointment.visit_id)
    busy = [Interval(appointment.starts, appointment.ends)]
    await spans.refresh_around(connection, tutors, busy, now=now, zone=zone)
