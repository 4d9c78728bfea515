"""The time, as an argument: handlers take `Now`, rules take a `datetime`, and tests give their own."""

import datetime as dt
from typing import Annotated

from fastapi import Depends


def now() -> dt.datetime:
    """Return the present instant, in UTC."""
    return dt.datetime.now(dt.UTC)


async def _now() -> dt.datetime:
    return now()  # a plain function would be sent to another thread and back for each request


Now = Annotated[dt.datetime, Depends(_now)]
