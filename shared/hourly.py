"""What a service does once an hour, beside its requests: forgetting what nobody needs any more."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Sessions, transaction

log = logging.getLogger(__name__)
Job = Callable[[AsyncSession], Awaitable[None]]


async def every_hour(sessions: Sessions, jobs: Sequence[Job]) -> None:
    """Do each job once an hour, in a transaction of its own, for ever; one that fails is done in the next round."""
    while True:
        for job in jobs:
            try:
                async with transaction(sessions) as session:
                    await job(session)
            except Exception:  # whatever it is, the hours go on
                log.exception("%s could not be done; the next round will", job.__name__)
        await asyncio.sleep(3600)
