"""What a row of a list of dated hours says."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from services.providers.domain.clock_times import END_OF_DAY
from services.providers.domain.columns import Columns, RefusedRow, UnreadableField
from services.providers.domain.day_hours import HoursRow
from services.providers.domain.unclear import Unclear
from services.providers.domain.written_dates import read_date
from services.providers.domain.written_times import range_in, read_closing, read_opening

# What each status means for help: only staffed time can carry it.
MEANT_BY = {
    "staffed": ("staffed", "open", "avoinna", "auki", "palveluaika", "öppet", "öppen", "bemannad"),
    "self_service": (
        "self_service",
        "self-service",
        "omatoimi",
        "omatoimiaika",
        "itsepalvelu",
        "meröppet",
        "självbetjäning",
    ),
    "closed": ("closed", "closed for the whole day", "temporarily closed", "suljettu", "kiinni", "stängt", "stängd"),
}
Read = TypeVar("Read")
STATUSES = {word: status for status, words in MEANT_BY.items() for word in words}


def hours_columns() -> Columns:
    """Return the columns of a list of dated hours."""
    return Columns(
        known={
            "service_point": ("library_id", "palvelupiste", "toimipiste", "serviceställe", "verksamhetsställe"),
            "date": ("päivä", "päivämäärä", "pvm", "datum"),
            "from": ("alkaa", "avautuu", "alkaen", "från", "öppnar"),
            "to": ("päättyy", "sulkeutuu", "asti", "till", "stänger"),
            "status": ("tila",),
        },
        required=frozenset({"service_point", "date", "from", "to", "status"}),
    )


def read_hours_row(
    row: Mapping[str, str], known_points: Iterable[str], *, file: str, line: int
) -> HoursRow | RefusedRow:
    """Return what a row of dated hours says, or why it is refused; `known_points` are the ids in the list of service
    points."""
    try:
        if row["service_point"] not in known_points:
            raise UnreadableField("service_point", "is no id in the list of service points")
        status = STATUSES.get(row["status"].casefold())
        if status is None:
            raise UnreadableField("status", "tells nothing: staffed, self_service or closed is needed")
        first, last = _cells(row)
        opens = _in_cell(first, "from", read_opening) if first else None
        closes = _in_cell(last, "to", read_closing) if last else None
        _check_interval(status, opens, closes)
        return HoursRow(row["service_point"], _in_cell(row["date"], "date", read_date), status, opens, closes)
    except UnreadableField as problem:
        return RefusedRow(file, line, problem.field, problem.reason)


def _cells(row: Mapping[str, str]) -> tuple[str, str]:
    """Return both times as they are written; a range stands in the first cell, and then alone."""
    both = range_in(row["from"])
    if both is None:
        return row["from"], row["to"]
    if row["to"]:
        raise UnreadableField("from", "is a range, and 'to' is not empty")
    return both


def _check_interval(status: str, opens: dt.time | None, closes: dt.time | None) -> None:
    all_day = status == "closed" and opens is None and closes is None
    if not all_day and (opens is None or closes is None):
        raise UnreadableField("from" if opens is None else "to", "is empty")
    if opens and closes and closes != END_OF_DAY and closes <= opens:
        raise UnreadableField("to", "is not after 'from'; hours over midnight need a row for each date")


def _in_cell(text: str, name: str, read: Callable[[str], Read]) -> Read:
    try:
        return read(text)
    except Unclear as unclear:
        raise UnreadableField(name, str(unclear)) from None
