"""The time, as an argument: handlers take `Now`, rules take a `datetime`, and tests give their own."""

import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends

FINLAND = ZoneInfo("Europe/Helsinki")
"""Whose dates its registers and its map have, whatever wall an installation is on."""


def now() -> dt.datetime:
    """Return the present instant, in UTC."""
    return dt.datetime.now(dt.UTC)


def date_in_finland(at: dt.datetime) -> dt.date:
    """Return the date there at an instant."""
    return at.astimezone(FINLAND).date()


async def _now() -> dt.datetime:
    return now()  # a plain function would be sent to another thread and back for each request


Now = Annotated[dt.datetime, Depends(_now)]
