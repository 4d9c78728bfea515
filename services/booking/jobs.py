"""What the worker of `booking` runs; each only delegates."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx2
import psycopg
from psycopg_pool import PoolTimeout

from services.booking import projection
from services.booking.actions import appointments, elsewhere, leaving, spans, waiting
from services.booking.actions.context import Context, on_our_own
from services.booking.domain.time import local_date
from services.booking.settings import Settings
from services.booking.store import elsewhere as calendar_store
from services.booking.store import spans as span_store
from services.booking.store import waiting as waiting_store
from shared import db, telemetry
from shared.clients import ProvidersClient
from shared.clock import now
from shared.db import Connection, Pool
from shared.following import follow
from shared.keys import SigningKey
from shared.tls import tls_context

log = logging.getLogger(__name__)
SECONDS_BETWEEN_ROUNDS = 0.3
SECONDS_BETWEEN_QUEUE_ROUNDS = 1.0
SECONDS_BETWEEN_CALENDARS = 30.0
SECONDS_BETWEEN_ERASURES = 600.0
AT_ONCE = 500


async def work() -> None:
    """Follow the registry, and keep everything true that time alone changes."""
    telemetry.configure()
    settings = Settings()
    url = settings.database_url.get_secret_value()
    engine, sessions = db.connect(url, pool_size=2)
    key = SigningKey.from_file("booking", settings.signing_key)
    try:
        async with (
            httpx2.AsyncClient(verify=tls_context()) as http,
            db.pool(url, size=3) as pool,
            asyncio.TaskGroup() as tasks,
        ):
            providers = ProvidersClient(http, settings.providers_url, key=key)
            worker = Worker(pool, settings, http)
            tasks.create_task(follow(sessions, "providers", providers, projection.apply))
            for seconds, job in (
                (SECONDS_BETWEEN_ROUNDS, worker.keep_up),
                (SECONDS_BETWEEN_QUEUE_ROUNDS, worker.move_the_queue),
                (SECONDS_BETWEEN_CALENDARS, worker.read_calendars),
                (SECONDS_BETWEEN_ERASURES, worker.forget),
            ):
                tasks.create_task(_again_and_again(seconds, job))
    finally:
        await engine.dispose()


async def _again_and_again(seconds: float, job: Callable[[], Awaitable[None]]) -> None:
    """Run a job for ever; what fails once is tried again in the next round."""
    while True:
        try:
            await job()
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("The database is out of reach: %s", type(error).__name__)
        except Exception as error:
            log.error("%s failed: %s", job.__name__, type(error).__name__)
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class Worker:
    """All that the rounds take."""

    pool: Pool
    settings: Settings
    http: httpx2.AsyncClient

    async def keep_up(self) -> None:
        """Work out the free spans of whoever is behind, one a transaction; one who fails does not stop the rest."""
        today = local_date(now(), self.settings.zone)
        async with db.direct(self.pool) as connection:
            tutors = await span_store.stale_tutors(connection, today, AT_ONCE)
            points = await span_store.stale_points(connection, today, AT_ONCE)
        for tutor in tutors:
            await self._one("The free spans of a tutor", self._refresh_tutor, tutor)
        for point in points:
            await self._one("The drop-in windows of a service point", self._refresh_point, point)

    async def _refresh_tutor(self, connection: Connection, tutor: uuid.UUID) -> None:
        await spans.locked_with_mates(connection, [tutor])
        await spans.refresh(connection, [tutor], now=now(), zone=self.settings.zone)
        await leaving.settle_left_behind(connection, self._context(), tutor)

    async def _refresh_point(self, connection: Connection, point: uuid.UUID) -> None:
        await spans.refresh_drop_in(connection, point, now=now(), zone=self.settings.zone)
        await leaving.settle_left_at(connection, self._context(), point)

    async def move_the_queue(self) -> None:
        """Pass on what was not answered, end what is over, offer what fell free by itself."""
        async with db.direct(self.pool) as connection:
            unanswered = await waiting_store.unanswered(connection, now())
            over = await waiting_store.over(connection, now())
            line = await waiting_store.line(connection, now())
        for entry in unanswered:
            await self._one("An unanswered offer", self._pass_on, entry)
        for entry in over:
            await self._one("A waiting that is over", self._end, entry)
        for entry in line:
            await self._one("A waiting", self._offer, entry)

    async def _pass_on(self, connection: Connection, entry: uuid.UUID) -> None:
        await waiting.pass_on(connection, self._context(), waiting_id=entry)

    async def _offer(self, connection: Connection, entry: uuid.UUID) -> None:
        await waiting.offer_if_free(connection, self._context(), waiting_id=entry)

    async def _end(self, connection: Connection, entry: uuid.UUID) -> None:
        await waiting.end_if_over(connection, self._context(), waiting_id=entry)

    async def read_calendars(self) -> None:
        """Read the tutors' own calendars that are due."""
        async with db.direct(self.pool) as connection:
            due = await calendar_store.due(connection, now())
        zone, private = self.settings.zone, self.settings.private_calendars
        for tutor in due:
            try:
                await elsewhere.read(self.pool, tutor, http=self.http, private=private, zone=zone, now=now())
            except Exception as error:  # whatever somebody else's server has sent, the others are read
                log.error("A calendar could not be dealt with: %s", type(error).__name__)

    async def forget(self) -> None:
        """Erase citizens' details that have been kept long enough."""
        async with db.direct(self.pool) as connection:
            await appointments.forget_old(connection, now())

    async def _one(
        self, what: str, action: Callable[[Connection, uuid.UUID], Awaitable[None]], record: uuid.UUID
    ) -> None:
        try:
            async with db.direct(self.pool) as connection:
                await action(connection, record)
        except Exception as error:  # the next round tries again
            log.error("%s could not be worked out: %s", what, type(error).__name__)

    def _context(self) -> Context:
        return on_our_own(now(), self.settings.zone, self.settings.secret.get_secret_value())
