"""Limits of sign-ins that anybody may begin, by passkey or single sign-on."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.issuer import Issuer
from services.providers.domain.begun_sign_ins import may_begin
from services.providers.models import Challenge, SingleSignOn
from services.providers.store.sign_ins import begun_from, lock_hash
from shared.addresses import network_of
from shared.problems import TooManyRequests


async def limited_address(
    session: AsyncSession, issuer: Issuer, kind: type[Challenge | SingleSignOn], address: str
) -> bytes:
    """Return by what an address is known, once one more sign-in may begin there; raises `TooManyRequests`."""
    hashes = issuer.hashes(network_of(address))
    for hashed in sorted(hashes):  # in one order, or two requests wait for each other
        await lock_hash(session, hashed)
    if not may_begin(await begun_from(session, kind, hashes)):
        raise TooManyRequests
    return hashes[0]
