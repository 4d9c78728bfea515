"""What the worker of `booking` runs; each only delegates."""

import asyncio
import logging

import httpx2

from services.booking import projection
from services.booking.actions import spans
from services.booking.settings import Settings
from shared import db, telemetry
from shared.clients import ProvidersClient
from shared.clock import now
from shared.feed import follow
from shared.idempotency import FORGET
from shared.keys import SigningKey

log = logging.getLogger(__name__)
SECONDS_BETWEEN_ROUNDS = 60


async def work() -> None:
    """Follow the registry, and keep every tutor's free spans up to today's horizon."""
    telemetry.configure()
    settings = Settings()
    engine, sessions = db.connect(settings.database_url.get_secret_value(), pool_size=3)
    key = SigningKey.from_file("booking", settings.signing_key)
    async with httpx2.AsyncClient() as http, asyncio.TaskGroup() as tasks:
        providers = ProvidersClient(http, settings.providers_url, key=key)
        tasks.create_task(follow(sessions, "providers", providers, projection.handler(settings.zone)))
        tasks.create_task(keep_up(sessions, settings.zone))
    await engine.dispose()


async def keep_up(sessions: db.Sessions, zone: str) -> None:
    """Once a minute, bring to today's horizon whoever is behind, and forget old idempotency keys."""
    while True:
        try:
            while await _some(sessions, zone):
                pass
            async with db.transaction(sessions) as session:
                await session.execute(FORGET)
        except Exception as error:  # the database may be away for a while; the next round mends what this one left
            log.error("Free spans could not be brought up to date: %s", type(error).__name__)
        await asyncio.sleep(SECONDS_BETWEEN_ROUNDS)


async def _some(sessions: db.Sessions, zone: str) -> int:
    async with db.transaction(sessions) as session:
        return await spans.refresh_some(session, now=now(), zone=zone)
