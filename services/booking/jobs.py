"""What the worker of `booking` runs; each only delegates."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import httpx2
from sqlalchemy.exc import SQLAlchemyError

from services.booking import projection, store
from services.booking.actions import spans
from services.booking.settings import Settings
from shared import db, telemetry
from shared.clients import ProvidersClient
from shared.clock import now
from shared.following import follow
from shared.keys import SigningKey

log = logging.getLogger(__name__)
SECONDS_BETWEEN_ROUNDS = 0.3
TUTORS_A_ROUND = 500


async def work() -> None:
    """Follow the registry, and keep every tutor's free spans true and up to today's horizon."""
    telemetry.configure()
    settings = Settings()
    engine, sessions = db.connect(settings.database_url.get_secret_value(), pool_size=3)
    key = SigningKey.from_file("booking", settings.signing_key)
    try:
        async with httpx2.AsyncClient() as http, asyncio.TaskGroup() as tasks:
            providers = ProvidersClient(http, settings.providers_url, key=key)
            tasks.create_task(follow(sessions, "providers", providers, projection.apply))
            tasks.create_task(keep_up(sessions, settings.zone))
    finally:
        await engine.dispose()


async def keep_up(sessions: db.Sessions, zone: str) -> None:
    """Work out the free spans of whoever is behind, one tutor a transaction; one who fails does not stop the rest."""
    while True:
        for tutor_id in await stale(sessions, zone):
            try:
                async with db.transaction(sessions) as session:
                    await spans.refresh(session, tutor_id, now=now(), zone=zone)
            except Exception as error:  # the next round tries again
                log.error("The free spans of a tutor could not be worked out: %s", type(error).__name__)
        await asyncio.sleep(SECONDS_BETWEEN_ROUNDS)


async def stale(sessions: db.Sessions, zone: str) -> Sequence[uuid.UUID]:
    """Whose free spans are to be worked out; nobody's while the database is away."""
    try:
        async with db.transaction(sessions) as session:
            return await store.stale_tutors(session, now().astimezone(ZoneInfo(zone)).date(), TUTORS_A_ROUND)
    except SQLAlchemyError as error:
        log.warning("The database is out of reach: %s", type(error).__name__)
        return []
