"""Where a page of a list goes on that is in order of time."""

import datetime as dt
import uuid

from shared.problems import field_problem

TIME = "%Y%m%dT%H%M%SZ"


def cursor(id: uuid.UUID, at: dt.datetime) -> str:
    """Return where the page after a record begins. It has the time as it was: one that is moved meanwhile must not take
    the rest of the list along."""
    return f"{at.astimezone(dt.UTC):{TIME}}.{id}"


def read_cursor(text: str | None) -> tuple[dt.datetime, uuid.UUID] | None:
    """Return where a page goes on, None for the first; raises a problem for a text that is no cursor of ours."""
    if not text:
        return None
    at, _, id = text.partition(".")
    try:
        return dt.datetime.strptime(at, TIME).replace(tzinfo=dt.UTC), uuid.UUID(id)
    except ValueError:
        raise field_problem("/after", "cursor") from None
