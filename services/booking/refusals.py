"""Refusals: an action gives up its transaction with a value, and what to tell the caller is found out afterwards.

To explain takes a search for alternatives. It is done once, after the rollback, so that nobody waits for locks that
are held while somebody else is told why they were too late.
"""

import datetime as dt

from services.booking.domain.grid import on_grid
from services.booking.domain.slots import Refusal, RefusedSlot, SlotKey, why_refused
from services.booking.problems import InThePast, NotASlot, SeriesClash, SlotGone, SlotRefused, SlotTaken
from services.booking.reads.alternatives import Flight, nearest_slots
from services.booking.store import free_starts
from services.booking.store.free_starts import SlotFacts
from shared.db import Connection
from shared.problems import Problem


class SlotUnavailable(Exception):
    """A slot cannot be taken, and the transaction is given up. `problem` is what the caller is told instead of the
    reason itself; `date` is the one of a series that clashes."""

    def __init__(
        self, refused: RefusedSlot, problem: type[SlotRefused] | None = None, *, date: dt.date | None = None
    ) -> None:
        super().__init__(refused.reason)
        self.refused, self.problem, self.date = refused, problem, date


async def explain(
    connection: Connection,
    unavailable: SlotUnavailable,
    *,
    now: dt.datetime,
    zone: str,
    flight: Flight | None = None,
) -> Problem:
    """Return the problem that says why a slot is not free, with the nearest that are. In a rush, `flight` lets those
    who are refused together share one search."""
    refused = unavailable.refused
    facts = await free_starts.facts(connection, refused.slot, now, zone)
    reason = refused.reason or _reason(refused, facts, now)
    if reason is Refusal.PAST:
        return InThePast()
    if reason is Refusal.NO_SLOT and unavailable.problem is not SeriesClash:
        return NotASlot()
    problem = unavailable.problem or (SlotTaken if reason is Refusal.TAKEN else SlotGone)
    if facts is None or reason is Refusal.NO_SLOT:
        return problem([], unavailable.date)
    where = (facts.region, facts.municipality)
    alternatives = await nearest_slots(connection, refused, where, now=now, zone=zone, flight=flight)
    return problem(alternatives, unavailable.date)


def _reason(refused: RefusedSlot, facts: SlotFacts | None, now: dt.datetime) -> Refusal:
    if facts is None:
        return Refusal.PAST if refused.slot.start <= now else Refusal.NO_SLOT
    slot = refused.slot
    return why_refused(
        slot.start,
        now,
        known=facts.fits and slot.duration in facts.durations and slot.channel in facts.channels,
        serves_topic=refused.topic in facts.topics,
        on_grid=on_grid(slot.start, facts.grid_minutes, facts.zone),
        collides=slot.tutor_id is None or facts.collides,  # of any tutor: all who could have it are taken
    )


def decoded(slot_id: str) -> SlotKey:
    """Return what a slot's id says; raises NotASlot for a text that is none."""
    slot = SlotKey.decode(slot_id)
    if slot is None:
        raise NotASlot
    return slot


async def refuse_if_taken(connection: Connection, slot_id: str | None, topic: str, now: dt.datetime) -> None:
    """Raise SlotUnavailable for a slot that is plainly not free, before anything is locked for it: in a rush that is
    the answer to most."""
    if slot_id is not None:
        slot = decoded(slot_id)
        if not await free_starts.seems_free(connection, slot, topic, now):
            raise SlotUnavailable(RefusedSlot(slot, topic))
