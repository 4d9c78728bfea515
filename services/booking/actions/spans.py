"""Keeping free spans true: worked out anew, for the dates that a change touches, by the transaction that makes it."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import store
from services.booking.domain.time import DAY, Rule, Week, WeeklyHours, midnight
from services.booking.models import Availability, Offering, Tutor
from shared.intervals import Interval

# How far from a claim a start can be and still be hindered by it: the longest visit with its buffers.
LONGEST_BEFORE = dt.timedelta(hours=12)
LONGEST_AFTER = dt.timedelta(hours=4)


async def refresh(session: AsyncSession, tutor_id: uuid.UUID, *, now: dt.datetime, zone: str) -> None:
    """Work out all of a tutor's free spans, from today to the horizon. Takes the tutor's lock."""
    await store.lock_tutors(session, tutor_id)
    tutor = await session.get(Tutor, tutor_id, populate_existing=True)
    if tutor is None:
        return
    today = now.astimezone(ZoneInfo(zone)).date()
    horizon = today + DAY * await store.longest_horizon(session, tutor.organisation_id)
    rows = await store.tutor_week(session, tutor, _dates(today, horizon, zone))
    await store.replace_spans(session, tutor_id, _all_spans(rows, zone, today, today, horizon))
    tutor.refreshed_on = today


async def refresh_around(
    session: AsyncSession, tutor_id: uuid.UUID, busy: Interval, *, now: dt.datetime, zone: str
) -> None:
    """Work out a tutor's free spans anew on the dates that a claim touches. The caller holds the tutor's lock."""
    tutor = await session.get(Tutor, tutor_id)
    if tutor is None:
        return
    today = now.astimezone(ZoneInfo(zone)).date()
    first = max(today, (busy.start - LONGEST_BEFORE).astimezone(ZoneInfo(zone)).date())
    last = (busy.end + LONGEST_AFTER).astimezone(ZoneInfo(zone)).date()
    if last < first:
        return
    within = _dates(first, last, zone)
    rows = await store.tutor_week(session, tutor, within)
    await store.replace_spans(session, tutor_id, _all_spans(rows, zone, today, first, last), within)


def _dates(first: dt.date, last: dt.date, zone: str) -> Interval:
    return Interval(midnight(first, zone), midnight(last + DAY, zone))


def _all_spans(rows: store.TutorWeek, zone: str, today: dt.date, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    if not rows.tutor.active:
        return []
    week = _week(rows, zone)
    return [span for offering in rows.offerings for span in _spans(rows, week, offering, today, first, last)]


def _week(rows: store.TutorWeek, zone: str) -> Week:
    staffed: dict[uuid.UUID, dict[dt.date, list[tuple[dt.time, dt.time]]]] = {}
    for day in rows.staffed:
        hours = [(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)) for opens, closes in day.hours]
        staffed.setdefault(day.service_point_id, {})[day.date] = hours
    return Week(
        hours=tuple(_weekly(row) for row in rows.availability),
        absences=tuple(Interval(row.starts, row.ends) for row in rows.absences),
        busy=tuple(Interval(busy.lower, busy.upper) for busy in rows.busy if busy.lower and busy.upper),
        staffed=staffed,
        zone=zone,
    )


def _weekly(row: Availability) -> WeeklyHours:
    return WeeklyHours(
        weekday=row.weekday,
        opens=row.opens,
        closes=row.closes,
        zone=row.zone,
        service_point_id=row.service_point_id,
        channels=tuple(row.channels),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _spans(
    rows: store.TutorWeek, week: Week, offering: Offering, today: dt.date, first: dt.date, last: dt.date
) -> list[dict[str, Any]]:
    """The rows of one offering: every place and channel that the tutor gives it at, every topic that both serve."""
    tutor = rows.tutor
    topics = sorted(set(offering.topics) & set(tutor.topics))
    places = {
        (row.service_point_id, channel)
        for row in rows.availability
        for channel in row.channels
        if channel in offering.channels and channel in tutor.channels
    }
    rule = Rule(
        offering.duration_minutes,
        offering.buffer_before_minutes,
        offering.buffer_after_minutes,
        offering.grid_minutes,
        offering.horizon_days,
    )
    found = []
    for place, channel in places:
        point = rows.points.get(place) if place else None
        if place and point is None:
            continue  # withdrawn
        for run in week.starts(rule, channel, place, first, last, today):
            found += [
                {
                    "tutor_id": tutor.id,
                    "offering_id": offering.id,
                    "service_point_id": place,
                    "channel": channel,
                    "topic": topic,
                    "lead": topic == topics[0],
                    "region": tutor.region,
                    "municipality": point.municipality if point else None,
                    "languages": tutor.languages,
                    "first_start": run.first,
                    "last_start": run.last,
                    "step_minutes": run.step,
                    "duration_minutes": offering.duration_minutes,
                    "notice_minutes": offering.notice_minutes,
                }
                for topic in topics
            ]
    return found
