"""An address goes from the audit log once nobody needs it any more."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.retention import AUDIT_ADDRESSES_KEPT

BLANK_ADDRESSES = sa.text("SELECT blank_audit_addresses(CAST(:kept AS interval))")


async def blank_old_addresses(session: AsyncSession) -> None:
    """Take the addresses out of the entries of the audit log in which they are of no use any more."""
    await session.execute(BLANK_ADDRESSES, {"kept": AUDIT_ADDRESSES_KEPT})
