"""The number at which a tutor is called. The account, which is signed in to, has its own."""

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions.account_contacts import kept_number
from services.providers.actions.tutors import emit_tutor
from services.providers.models import Tutor
from services.providers.store.records import existing
from shared.auth import Principal
from shared.conditional import unchanged
from shared.problems import NotFound


async def tutor_with_phone(session: AsyncSession, *, caller: Principal, tutor: uuid.UUID) -> Tutor:
    """Return a tutor whose number the caller may see; raises `NotFound`, `Forbidden`."""
    caller.require("tutor-phones:read")  # who may not is told so before what exists
    row = await existing(session, Tutor, tutor)
    caller.require("tutor-phones:read", await access.whose(session, row))
    return row


async def change_phone(
    session: AsyncSession, *, caller: Principal, tutor: uuid.UUID, phone: str | None, if_match: int | None = None
) -> Tutor:
    """Have a tutor called at another number, or at none; returns the tutor. Their event tells that they have changed,
    without the number. Raises `NotFound`, `Forbidden`, `ChangedMeanwhile`, `InvalidInput`."""
    caller.require("tutor-phones:write")
    row = await session.get(Tutor, tutor, with_for_update=True)
    if row is None:
        raise NotFound
    caller.require("tutor-phones:write", await access.whose(session, row))
    unchanged(row.version, if_match)
    row.phone, row.version = kept_number(phone), row.version + 1
    await emit_tutor(session, row)
    return row
