"""A tutor's visits as a calendar that other programs subscribe to: its secret, and which visits are in it."""

import base64
import datetime as dt
import hmac
from typing import Literal
from uuid import UUID

from services.booking.domain.states import State

PAST_SHOWN = dt.timedelta(days=30)
# A program that reads the calendar takes out what is cancelled; for who looks at it on paper it stands there a while.
CANCELLED_SHOWN = dt.timedelta(days=7)
READ_EVERY = dt.timedelta(hours=1)

Status = Literal["CONFIRMED", "CANCELLED"]
# What is only held is no visit yet, and what lapsed never was one.
STATUSES: dict[State, Status] = {
    "booked": "CONFIRMED",
    "attended": "CONFIRMED",
    "no_show": "CONFIRMED",
    "displaced": "CANCELLED",
    "cancelled": "CANCELLED",
}


def subscription_secret(secret: str, subscription: UUID) -> str:
    """Return what stands in a subscription's address: 192 bits that only this service can make, in 32 letters."""
    digest = hmac.digest(secret.encode(), b"calendar-subscription/" + subscription.bytes, "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()
