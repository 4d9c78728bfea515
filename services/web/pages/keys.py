"""Keys in addresses: whoever has one may see and change what it opens."""

from typing import Annotated

from fastapi import Form, Path, Query

from shared.schemas.booking import Appointment

# A manage token as booking makes it; anything else is no page, and booking is not asked.
KEY_PATTERN = r"^[A-Za-z0-9_-]{1,100}$"
ManageKey = Annotated[str, Path(pattern=KEY_PATTERN)]
SecondKey = Annotated[str | None, Query(pattern=KEY_PATTERN)]
"""Of the person who comes along."""
EarlierKey = Annotated[str | None, Form(pattern=KEY_PATTERN)]
"""Of a time that somebody has already."""


def manage_token_of(appointment: Appointment) -> str:
    """Return the key at the end of an appointment's own address; empty for a reader who may not have it."""
    return (appointment.manage_url or "").rpartition("/")[2]
