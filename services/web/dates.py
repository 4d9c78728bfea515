"""Dates as forms send them, and the installation's own day and clock."""

import datetime as dt
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.web.settings import Settings

Dated = TypeVar("Dated", bound=BaseModel)

# What a date field sends (HTML 2.3.5.2), and what people write where the browser shows a plain field.
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")
FIRST_YEAR, LAST_YEAR = 2000, 2200  # what is outside is a slip, and the services would refuse it


def read_date(text: str | None) -> dt.date | None:
    """Return the date that a form sent; None when it is none."""
    for form in DATE_FORMATS:
        try:
            found = dt.datetime.strptime((text or "").strip(), form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
        return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
    return None


def local_now(settings: Settings) -> dt.datetime:
    """Return what the installation's wall clock shows."""
    return dt.datetime.now(ZoneInfo(settings.zone))


def local_today(settings: Settings) -> dt.date:
    """Return today's date on the installation's wall clock."""
    return local_now(settings).date()


def local_midnight(date: dt.date, settings: Settings) -> str:
    """Return when a date begins on the installation's wall clock, as ISO 8601 has it."""
    return dt.datetime.combine(date, dt.time(0), ZoneInfo(settings.zone)).isoformat()


def on_wall_clock(item: Dated, settings: Settings) -> Dated:
    """Return a record with its times on the installation's wall clock."""
    zone = ZoneInfo(settings.zone)
    return item.model_copy(update={name: at.astimezone(zone) for name, at in item if isinstance(at, dt.datetime)})
