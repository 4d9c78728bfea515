"""PTV's opening hours: the ordinary week, seasons and exceptions. All of them are staffed; those by reservation are no
opening hours."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.providers.domain.columns import LeftOut, UnreadableField
from services.providers.domain.day_hours import day_part
from services.providers.domain.periods import Period
from services.providers.domain.seasons import STAFFED, Season, dated_hours, ordinary_week
from services.providers.sources.documents import Document, as_document
from services.providers.sources.ptv_intervals import EXCEPTIONAL, READERS, read_intervals
from services.providers.sources.source_records import Days
from shared.clock import date_in_finland

WeekPart = Mapping[str, object]
BY_RESERVATION = "says that hours hold by reservation alone: they are not kept as opening hours"


@dataclass(frozen=True)
class PtvHours:
    """The ordinary week by weekday and start, the dates on which something else holds, and what cannot be read."""

    week: list[WeekPart] = field(default_factory=list)
    days: Days = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def read_hours(hours: object, today: dt.date) -> PtvHours:
    """Return what holds from `today` on."""
    seasons: list[Season] = []
    left_out: list[LeftOut] = []
    for each in hours if isinstance(hours, list) else []:
        period = as_document(each)
        try:
            seasons.append(_season(period, left_out))
        except UnreadableField as problem:
            left_out.append(LeftOut(f"serviceHours.{problem.field}", problem.reason))
    week: list[WeekPart] = [
        {"weekday": weekday, **day_part(minutes, STAFFED)}
        for weekday, intervals in sorted(ordinary_week(seasons, today).items())
        for minutes in intervals
    ]
    return PtvHours(week, dated_hours(seasons, today), left_out)


def _season(document: Document, left_out: list[LeftOut]) -> Season:
    if document.get("serviceHourType") not in READERS:
        raise UnreadableField("serviceHourType", "is none that is known")
    exceptional = document["serviceHourType"] == EXCEPTIONAL
    period = _period(document, exceptional)
    if document.get("isClosed"):
        return Season(period, {}, exceptional)
    week = read_intervals(document, left_out)
    if not any(week.values()):
        raise UnreadableField("openingHour", "has no hours, and the place is not said to be closed")
    if document.get("isReservation"):
        left_out.append(LeftOut("serviceHours.isReservation", BY_RESERVATION))
        return Season(period, {}, exceptional, by_reservation=True)
    return Season(period, week, exceptional)


def _period(document: Document, exceptional: bool) -> Period:
    """Return the dates that are meant; an exception without an end is of one date."""
    first, last = _date(document, "validFrom"), _date(document, "validTo")
    if exceptional and first is None:
        raise UnreadableField("validFrom", "is empty, and the hours are an exception")
    if first and last and last < first:
        raise UnreadableField("validTo", "is before 'validFrom'")
    return Period(first, last or first if exceptional else last)


def _date(document: Document, name: str) -> dt.date | None:
    text = document.get(name)
    if not text:
        return None
    try:
        found = dt.datetime.fromisoformat(str(text))
        return date_in_finland(found) if found.tzinfo else found.date()
    except (ValueError, OverflowError):
        raise UnreadableField(name, "is no date") from None
