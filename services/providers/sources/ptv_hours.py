"""PTV's opening hours of an ordinary week, read and written. All of them are staffed."""

from collections.abc import Sequence

from services.providers.sources.documents import Document, as_document, objects_at
from shared.schemas.providers import WeeklyHours

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WeekPart = dict[str, int | str]


def read_week(hours: object) -> list[WeekPart]:
    """Return the intervals of the ordinary week, by weekday and start."""
    week: list[WeekPart] = []
    for each in hours if isinstance(hours, list) else []:
        period = as_document(each)
        if _is_ordinary(period):
            week += [part for interval in objects_at(period, "openingHour") for part in _parts(interval)]
    return sorted(week, key=lambda part: (part["weekday"], part["from"]))


def _is_ordinary(period: Document) -> bool:
    return period.get("serviceHourType") == "DaysOfTheWeek" and not period.get("isClosed") and not period.get("validTo")


def _parts(interval: Document) -> list[WeekPart]:
    """Return one interval for each of its days; of days that cannot be read, none."""
    try:
        first = WEEK.index(str(interval["dayFrom"]))
        last = WEEK.index(str(interval["dayTo"])) if interval.get("dayTo") else first
    except (KeyError, ValueError):
        return []
    opens, closes = str(interval["from"]), str(interval["to"])
    if closes.startswith("23:59"):  # how PTV writes the end of the day
        closes = "00:00:00"
    return [{"weekday": day + 1, "from": opens, "to": closes, "kind": "staffed"} for day in range(first, last + 1)]


def write_week(week: Sequence[WeeklyHours]) -> list[Document]:
    """Return the staffed hours of a week as PTV has them; none for a week that nobody knows."""
    if not week:
        return []
    return [
        {
            "serviceHourType": "DaysOfTheWeek",
            "validForNow": True,
            "isClosed": False,
            "openingHour": [
                {
                    "dayFrom": WEEK[each.weekday - 1],
                    "dayTo": "",
                    "from": each.opens.isoformat(),
                    "to": each.closes.isoformat(),
                }
                for each in week
                if each.kind == "staffed"
            ],
        }
    ]
