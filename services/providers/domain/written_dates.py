"""Dates as people and spreadsheets write them in a list: `1.3.2027`, `1.3.27`, `2027-03-01`, `ma 1.3.2027`."""

import datetime as dt
import re

from services.providers.domain.unclear import Unclear

SPREADSHEET_EPOCH = dt.date(1899, 12, 30)  # a date that lost its format is the number of days since then
FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")
NO_DATE = "is not a date (2027-03-01 or 1.3.2027)"
# Weekdays from Monday on, whole or shortened, in Finnish and in Swedish.
WEEKDAYS = (
    r"ma|maanantai|mån?|måndag",
    r"ti|tiistai|tis?|tisdag",
    r"ke|keskiviikko|ons?|onsdag",
    r"to|torstai|tors?|torsdag",
    r"pe|perjantai|fre?|fredag",
    r"la|lauantai|lör?|lördag",
    r"su|sunnuntai|sön?|söndag",
)


def read_date(text: str) -> dt.date:
    """Return a date, whose weekday may stand before it; two digits of a year are of this century. Raises `Unclear`."""
    weekday, day = re.fullmatch(r"(?:([^\W\d_]+)\.? +)?(.*)", text).groups()  # type: ignore[union-attr]  # any text
    date = _date(day)
    if weekday and not re.fullmatch(WEEKDAYS[date.weekday()], weekday.casefold()):
        raise Unclear("is not the weekday that stands before it")
    return date


def _date(text: str) -> dt.date:
    day = re.sub(r"[ T]0?0[:.]00([:.]00)?$", "", text)  # spreadsheets add midnight
    day = re.sub(r"^(\d{1,2}\.\d{1,2}\.)(\d{2})$", r"\g<1>20\g<2>", day)
    for form in FORMS:
        try:
            date = dt.datetime.strptime(day, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
        if 2000 <= date.year <= 2200:
            return date
    if re.fullmatch(r"\d{5}", day) and (date := SPREADSHEET_EPOCH + dt.timedelta(days=int(day))).year >= 2000:
        return date
    raise Unclear(NO_DATE)
