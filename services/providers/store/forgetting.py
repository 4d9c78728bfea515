"""What is over is forgotten: kept as long as something is judged by it (`shared.retention`), and no longer."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.retention import ATTEMPTS_KEPT, LOGINS_KEPT, SIGN_INS_KEPT

OVER: tuple[tuple[str, dt.timedelta], ...] = (
    ("DELETE FROM sign_in WHERE created_at < now() - CAST(:kept AS interval)", SIGN_INS_KEPT),
    ("DELETE FROM challenge WHERE created_at < now() - CAST(:kept AS interval)", ATTEMPTS_KEPT),
    ("DELETE FROM single_sign_on WHERE created_at < now() - CAST(:kept AS interval)", ATTEMPTS_KEPT),
    ("DELETE FROM signed_in WHERE expires_at < now() - CAST(:kept AS interval)", LOGINS_KEPT),
)


async def forget_old_sign_ins(session: AsyncSession) -> None:
    """Delete sign-ins that no address is known by any more, challenges that nobody can answer, and ended logins."""
    for statement, kept in OVER:
        await session.execute(sa.text(statement), {"kept": kept})
