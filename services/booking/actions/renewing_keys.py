"""New keys for citizens whose own were made with a secret that is accepted no more.

Their former links open nothing; those of the messages that they still get must.
"""

import asyncio
import uuid
from collections.abc import Sequence

from services.booking.domain.manage_tokens import manage_token
from services.booking.store import citizens, waitlist
from shared.db import Connection
from shared.keys import hash_token
from shared.secrets import Secrets


async def renew_keys(connection: Connection, secrets: Secrets) -> int:
    """Give them new keys; return to how many."""
    renewed = 0
    for store in (citizens, waitlist):
        kept = await store.token_hashes(connection)
        fresh = await asyncio.to_thread(_fresh, kept, secrets)  # of all citizens: not while others wait
        if fresh:
            await store.renew_tokens(connection, fresh)
        renewed += len(fresh)
    return renewed


def _fresh(kept: Sequence[tuple[uuid.UUID, bytes, int]], secrets: Secrets) -> dict[uuid.UUID, bytes]:
    """Return the hashes of the new keys."""
    return {
        record: hash_token(manage_token(secrets.current, record, generation))
        for record, token_hash, generation in kept
        if token_hash not in [hash_token(manage_token(secret, record, generation)) for secret in secrets.accepted]
    }
