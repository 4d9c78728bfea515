"""Limits of sign-ins that anybody may begin, by passkey or single sign-on."""

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.issuer import Issuer
from services.providers.domain import begun_sign_ins
from services.providers.models import Challenge, SingleSignOn
from services.providers.store.sign_ins import begun_from, lock_hash
from shared.addresses import network_of
from shared.http.allowances import Allowance
from shared.problems import TooManyRequests


async def limited_address(
    session: AsyncSession,
    issuer: Issuer,
    kind: type[Challenge | SingleSignOn],
    address: str,
    *,
    within: dt.timedelta,
    allowances: list[Allowance],
) -> bytes:
    """Return by what an address is known, once one more sign-in may begin there, and note how many more may. Each is
    over within so long; raises `TooManyRequests`."""
    hashes = issuer.hashes(network_of(address))
    for hashed in sorted(hashes):  # in one order, or two requests wait for each other
        await lock_hash(session, hashed)
    begun = await begun_from(session, kind, hashes)
    if not begun_sign_ins.may_begin(begun):
        raise TooManyRequests
    most = begun_sign_ins.MOST_BEGUN
    allowances.append(Allowance("address", most, within, most - begun - 1, within))
    return hashes[0]
