"""What a page can be shown without is not waited for long."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from shared.clients import Refused
from shared.problems import Unavailable

Answer = TypeVar("Answer")
SECONDS = 3


async def answer_or_none(asked: Awaitable[Answer]) -> Answer | None:
    """Return what a service answers; None when it does not, or not soon."""
    try:
        async with asyncio.timeout(SECONDS):
            return await asked
    except (Unavailable, Refused, TimeoutError):
        return None
