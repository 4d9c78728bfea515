"""Keeping free spans true: worked out anew, for the dates that a change touches, by the transaction that makes it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import holidays

from services.booking.domain.free_spans import FreeSpan, FreeStart, starts_of
from services.booking.domain.slots import SlotKey
from services.booking.domain.wall_time import DAY, local_date, whole_days
from services.booking.domain.week import Week
from services.booking.store import freshness, spans
from services.booking.store import week as store
from services.booking.store.appointments import AppointmentRow
from shared.db import Connection
from shared.intervals import Interval

# How far from a claim a start can be and still be hindered by it: the longest visit with its buffers, and the drive.
LONGEST_BEFORE = dt.timedelta(hours=24)
LONGEST_AFTER = dt.timedelta(hours=16)


@lru_cache(maxsize=100)
def public_holidays(country: str, year: int) -> frozenset[dt.date]:
    """Return the public holidays of a country (ISO 3166) in a year."""
    return frozenset(holidays.country_holidays(country, years=year))


async def load_week(
    connection: Connection, tutors: Sequence[uuid.UUID], within: Interval, *, now: dt.datetime, zone: str
) -> Week:
    """Return the week of these tutors around an interval. `zone` is the installation's."""
    rows = await store.load(connection, tutors, within, now=now, zone=zone)
    years = range(within.start.year - 1, within.end.year + 2)
    countries = {row.holidays for row in rows.tutors if row.holidays}
    closed = {each: frozenset[dt.date]().union(*(public_holidays(each, year) for year in years)) for each in countries}
    return Week(rows, within, now, zone, closed)


@dataclass(frozen=True)
class WeekAhead:
    """The week of some tutors as far as they can be booked, and its first and last date."""

    week: Week
    tutors: Sequence[uuid.UUID]
    first: dt.date
    last: dt.date

    def spans(self, tutors: Sequence[uuid.UUID]) -> list[FreeSpan]:
        """Return the free spans of these of the tutors."""
        return [span for tutor in tutors for span in self.week.spans(tutor, self.first, self.last)]


async def week_ahead(
    connection: Connection,
    tutors: Sequence[uuid.UUID],
    coming: Sequence[AppointmentRow] = (),
    *,
    now: dt.datetime,
    zone: str,
) -> WeekAhead:
    """Return the week of these tutors and of those who depend on them, from yesterday (whose hours may run past
    midnight) to the horizon, and as far as the appointments of `coming` reach."""
    everybody = [*tutors, *await store.colleagues(connection, tutors)]
    first = local_date(now, zone) - DAY
    last = first + DAY * (2 + await store.longest_horizon(connection, everybody))
    within = whole_days(first, last, zone)
    reach = Interval(within.start, max([within.end, *(row.ends for row in coming)]))
    return WeekAhead(await load_week(connection, everybody, reach, now=now, zone=zone), everybody, first, last)


async def refresh(
    connection: Connection,
    tutors: Sequence[uuid.UUID],
    coming: Sequence[AppointmentRow] = (),
    *,
    now: dt.datetime,
    zone: str,
) -> set[uuid.UUID]:
    """Work out all free spans of these tutors and of those who depend on them, from today to the horizon. The caller
    holds their locks. Return which of the appointments of `coming` stand outside open time."""
    await freshness.lock_marks(connection, tutors)
    ahead = await week_ahead(connection, tutors, coming, now=now, zone=zone)
    await spans.replace(connection, ahead.tutors, ahead.spans(ahead.tutors))
    pooled = [tutor for tutor in tutors if ahead.week.is_pooled(tutor)]
    await freshness.mark_fresh(connection, tutors, now, zone, pooled=pooled)
    return _outside(ahead.week, coming)


async def outside_open_time(
    connection: Connection,
    tutors: Sequence[uuid.UUID],
    coming: Sequence[AppointmentRow],
    *,
    now: dt.datetime,
    zone: str,
) -> set[uuid.UUID]:
    """Return which of these appointments of some tutors stand outside open time, as the rules are now."""
    if not coming:
        return set()
    within = Interval(min(row.starts for row in coming), max(row.ends for row in coming))
    return _outside(await load_week(connection, tutors, within, now=now, zone=zone), coming)


def _outside(week: Week, coming: Sequence[AppointmentRow]) -> set[uuid.UUID]:
    return {row.id for row in coming if not _stands_open(week, row)}


def _stands_open(week: Week, row: AppointmentRow) -> bool:
    place = (row.channel, row.service_point_id, row.municipality)
    visit = Interval(row.starts, row.ends)
    return week.is_open_for(row.tutor_id, (row.offering_id, row.duration), place, visit)


async def refresh_around(
    connection: Connection, tutors: Sequence[uuid.UUID], busy: Sequence[Interval], *, now: dt.datetime, zone: str
) -> None:
    """Work out the free spans anew of these tutors, and of those who depend on them, on the dates that claims touch
    on each one's own wall. The caller holds the locks."""
    if not busy or not tutors:
        return
    everybody = [*tutors, *await store.colleagues(connection, tutors)]
    start = min(interval.start for interval in busy) - LONGEST_BEFORE
    end = max(interval.end for interval in busy) + LONGEST_AFTER
    # Whole weeks on any wall, of which a tutor may have a most.
    week = await load_week(connection, everybody, Interval(start - 8 * DAY, end + 8 * DAY), now=now, zone=zone)
    for own_zone, sharing in week.by_zone(everybody).items():
        first, last = local_date(start, own_zone), local_date(end, own_zone)
        if week.counts_by_week:
            first, last = first - DAY * first.weekday(), last + DAY * (6 - last.weekday())
        found = [span for tutor in sharing for span in week.spans(tutor, first, last)]
        await spans.replace(connection, sharing, found, whole_days(first, last, own_zone))


async def free_without(connection: Connection, row: AppointmentRow, *, now: dt.datetime, zone: str) -> set[uuid.UUID]:
    """Return those who depend on an appointment's tutor, and are free for it once its visit takes nothing: its room or
    device may be all that they lack."""
    colleagues = await store.colleagues(connection, [row.tutor_id])
    if not colleagues:
        return set()
    around = Interval(row.starts - 8 * DAY, row.ends + 8 * DAY)  # whole weeks on any wall, as above
    week = await load_week(connection, [row.tutor_id, *colleagues], around, now=now, zone=zone)
    others = [claim for claim in week.rows.claims if claim.visit_id != row.visit_id]
    week = replace(week, rows=replace(week.rows, claims=others))
    first, last = local_date(row.starts, zone) - DAY, local_date(row.starts, zone) + DAY
    starts = starts_of(span for tutor in colleagues for span in week.spans(tutor, first, last))
    slot = SlotKey.of(row)
    return {each.tutor_id for each in starts if each.topic == row.topic and each.is_free(slot, now)}


async def worked_out(
    connection: Connection, tutors: Sequence[uuid.UUID], *, now: dt.datetime, zone: str
) -> list[FreeSpan]:
    """Return the free spans of these tutors as the rules give them, from nothing."""
    return (await week_ahead(connection, tutors, now=now, zone=zone)).spans(tutors)


async def differences(
    connection: Connection, tutors: Sequence[uuid.UUID], *, now: dt.datetime, zone: str
) -> set[FreeStart]:
    """Return the free starts of these tutors that are kept and should not be, or should be and are not: none, if all is
    well. Starts are compared, not rows: it does not matter how they are cut into spans. The caller holds the locks."""
    right = starts_of(await worked_out(connection, tutors, now=now, zone=zone))
    kept = await spans.starts(connection, tutors, now)
    return {start for start in right if start.start >= now} ^ {start for start in kept if start.start >= now}
