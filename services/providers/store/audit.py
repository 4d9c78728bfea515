"""Whom the audit log names."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

WHO = sa.text("SELECT set_config('vuoro.caller', :caller, true), set_config('vuoro.address', :address, true)")


async def note_who(session: AsyncSession, caller: str) -> None:
    """Give the audit triggers who does what follows in the transaction, where no request does."""
    await session.execute(WHO, {"caller": caller, "address": ""})
