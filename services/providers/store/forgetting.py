"""Ways to sign in that are over: they are kept as long as something is judged by them, and no longer."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain.sign_in_codes import OWN_ADDRESS_FOR

SIGN_INS = sa.text("DELETE FROM sign_in WHERE created_at < now() - CAST(:kept AS interval)")
OVER = (
    sa.text("DELETE FROM challenge WHERE created_at < now() - interval '1 day'"),
    sa.text("DELETE FROM single_sign_on WHERE created_at < now() - interval '1 day'"),
    sa.text("DELETE FROM signed_in WHERE expires_at < now() - interval '1 day'"),
)


async def forget_old_sign_ins(session: AsyncSession) -> None:
    """Delete sign-ins that no address is known by any more, challenges that nobody can answer, and ended logins."""
    await session.execute(SIGN_INS, {"kept": OWN_ADDRESS_FOR})
    for statement in OVER:
        await session.execute(statement)
