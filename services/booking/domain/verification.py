"""A booking above what is usual without signing in is firm only once its citizen has typed the code that was sent to
them: so nobody books in the name of others, or has them sent one text after another."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from shared.codes import is_typed, six_digits

# Time to get up, find the phone and type six digits; then the time is free again.
HELD_FOR = dt.timedelta(minutes=30)


def verification_code(secret: str, appointment: UUID, phone: str | None, email: str | None) -> str:
    """Return the six digits that verify an appointment of who is reached there, so that what was sent to one verifies
    nothing in the name of another. Nothing of the citizen's key to it, which is made from the same secret and given to
    whoever books, tells them."""
    return six_digits(secret, b"verification" + appointment.bytes + f"{phone or ''}\n{email or ''}".encode())


def is_verified_by(
    typed: str, secrets: Sequence[str], appointment: UUID, *, phone: str | None, email: str | None
) -> bool:
    """Whether somebody typed the code of an appointment, made with any of the secrets."""
    return is_typed(typed, [verification_code(secret, appointment, phone, email) for secret in secrets])
