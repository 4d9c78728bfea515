"""What the worker of `booking` runs; each job only delegates."""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx2
import psycopg
from psycopg_pool import PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking.actions import (
    departures,
    drop_in,
    erasure,
    external_calendar,
    offers,
    projection,
    spans,
    waitlist,
)
from services.booking.actions.burials import burials_of
from services.booking.actions.context import Context, worker_context
from services.booking.actions.locking import lock_with_colleagues
from services.booking.actions.renewing_keys import renew_keys
from services.booking.actions.steps import record_lapses
from services.booking.calendars.reading import Read, calendar_processes
from services.booking.domain.wall_time import local_date
from services.booking.settings import Settings
from services.booking.store import external_calendar as calendar_store
from services.booking.store import freshness, lapses, limits
from services.booking.store import waitlist as waitlist_store
from shared import db, telemetry
from shared.clients import ProvidersClient
from shared.clock import now
from shared.db import Connection, Pool, driver
from shared.following import follow
from shared.keys import SigningKey
from shared.numbering import number
from shared.retention import COUNTS_KEPT
from shared.schemas import events
from shared.schemas.common import CloudEvent
from shared.signals import Signal
from shared.tls import tls_context

log = logging.getLogger(__name__)
# What the registry changed is worked out as soon as it is applied. This is for what a command or another worker left.
SECONDS_BETWEEN_ROUNDS = 1.0
SECONDS_BETWEEN_WAITLIST_ROUNDS = 1.0
# What frees time offers it at once. This is for what was passed over then, because another transaction had the entry.
SECONDS_BETWEEN_SEARCHES = 60.0
SECONDS_BETWEEN_CALENDARS = 30.0
SECONDS_BETWEEN_ERASURES = 600.0
# At the start, when a secret may have been taken away; and again for what an API on the settings of before made later.
SECONDS_BETWEEN_RENEWALS = 3600.0
AT_ONCE = 500
CALENDARS_AT_ONCE = 8


async def work() -> None:
    """Follow the registry, and keep everything true that time alone changes."""
    telemetry.configure()
    settings = Settings()
    url = settings.database_url.get_secret_value()
    engine, sessions = db.connect(url, pool_size=2)
    key = SigningKey.from_file("booking", settings.signing_key)
    burials = burials_of(settings)
    try:
        if burials is not None:
            await burials.settle_first(sessions)  # whom a backup has brought back is offered and sent nothing
        async with (
            httpx2.AsyncClient(verify=tls_context()) as http,
            db.pool(url, size=3) as pool,
            asyncio.TaskGroup() as tasks,
        ):
            providers = ProvidersClient(http, settings.providers_url, key=key)
            worker = Worker(pool, settings, http)
            applied = Signal()
            tasks.create_task(follow(sessions, "providers", providers, apply_event, after_batch=applied.give))
            tasks.create_task(_repeat(SECONDS_BETWEEN_ROUNDS, worker.refresh_stale, sooner=applied))
            for seconds, job in (
                (SECONDS_BETWEEN_WAITLIST_ROUNDS, worker.move_waitlist),
                (SECONDS_BETWEEN_SEARCHES, worker.search_for_waitlist),
                (SECONDS_BETWEEN_CALENDARS, worker.read_calendars),
                (SECONDS_BETWEEN_ERASURES, worker.erase_old),
                (SECONDS_BETWEEN_ERASURES, worker.forget_counts),
                (SECONDS_BETWEEN_RENEWALS, worker.renew_keys),
            ):
                tasks.create_task(_repeat(seconds, job))
    finally:
        await engine.dispose()


async def apply_event(session: AsyncSession, event: CloudEvent) -> None:
    """Apply an event of the registry."""
    await projection.apply(await driver(session), events.parse(event))


async def _repeat(seconds: float, job: Callable[[], Awaitable[None]], *, sooner: Signal | None = None) -> None:
    """Run a job for ever, every so many seconds and at the signal; what fails once is tried again in the next round."""
    signal = sooner or Signal()
    while True:
        given = signal.count
        try:
            await job()
        except (psycopg.OperationalError, PoolTimeout):
            log.warning("The database is out of reach", exc_info=True)
        except Exception:
            log.exception("%s failed", job.__name__)
        await signal.beyond(given, seconds)


@dataclass(frozen=True)
class Worker:
    """All that the jobs take."""

    pool: Pool
    settings: Settings
    http: httpx2.AsyncClient
    clock: Callable[[], dt.datetime] = now

    async def refresh_stale(self) -> None:
        """Work out the free spans of whoever is behind, one a transaction; one who fails does not stop the rest."""
        now, zone = self.clock(), self.settings.zone
        async with db.direct(self.pool) as connection:
            tutors = await freshness.stale_tutors(connection, now, zone, AT_ONCE)
            points = await freshness.stale_points(connection, local_date(now, zone), AT_ONCE)
        for tutor in tutors:
            await self._one("The free spans of a tutor", self._refresh_tutor, tutor)
        for point in points:
            await self._one("The drop-in windows of a service point", self._refresh_point, point)

    async def _refresh_tutor(self, connection: Connection, tutor: uuid.UUID) -> None:
        context = self._context()
        await lock_with_colleagues(connection, [tutor])
        await spans.refresh(connection, [tutor], now=context.now, zone=context.zone)
        freed = await departures.settle_left_by_tutor(connection, context, tutor)
        await offers.offer_freed(connection, context, (tutor, *freed))

    async def _refresh_point(self, connection: Connection, point: uuid.UUID) -> None:
        context = self._context()
        await drop_in.refresh_drop_in(connection, point, now=context.now, zone=context.zone)
        freed = await departures.settle_left_at_point(connection, context, point)
        await offers.offer_freed(connection, context, freed)

    async def move_waitlist(self) -> None:
        """Offer what held time has fallen free, pass on offers that were not answered, end entries that are over."""
        async with db.direct(self.pool) as connection:
            run_out = await lapses.run_out(connection, self.clock())
            unanswered = await waitlist_store.unanswered(connection, self.clock())
            over = await waitlist_store.over(connection, self.clock())
        for entry in unanswered:
            await self._one("An unanswered offer", self._pass_on, entry)
        for tutor in run_out:
            await self._one("Held time that has run out", self._lapse, tutor)
        for entry in over:
            await self._one("A waitlist entry that is over", self._end, entry)

    async def _lapse(self, connection: Connection, tutor: uuid.UUID) -> None:
        context = self._context()
        await lock_with_colleagues(connection, [tutor])
        await record_lapses(connection, context.now, await lapses.lapse(connection, [tutor], context.now))
        await offers.offer_freed(connection, context, (tutor,))

    async def _pass_on(self, connection: Connection, entry: uuid.UUID) -> None:
        await offers.pass_on(connection, self._context(), entry)

    async def _end(self, connection: Connection, entry: uuid.UUID) -> None:
        await waitlist.end_if_over(connection, self._context(), entry)

    async def search_for_waitlist(self) -> None:
        """Search for the entries whose wish some free time seems to meet."""
        async with db.direct(self.pool) as connection:
            entries = await waitlist_store.seeming_met(connection, self.clock(), self.settings.zone)
        for entry in entries:
            await self._one("A waitlist entry", self._offer, entry)

    async def _offer(self, connection: Connection, entry: uuid.UUID) -> None:
        await offers.offer_if_free(connection, self._context(), entry)

    async def read_calendars(self) -> None:
        """Read the tutors' external calendars that are due, several at once."""
        async with db.direct(self.pool) as connection:
            due = await calendar_store.due(connection, self.clock())
        if due:
            async with calendar_processes() as read:
                turns = asyncio.Semaphore(CALENDARS_AT_ONCE)
                await asyncio.gather(*(self._read_calendar(read, tutor, turns) for tutor in due))

    async def _read_calendar(self, read: Read, tutor: uuid.UUID, turns: asyncio.Semaphore) -> None:
        zone, private = self.settings.zone, self.settings.private_calendars
        async with turns:
            try:
                await external_calendar.read_calendar(
                    self.pool, tutor, http=self.http, read=read, private=private, zone=zone, now=self.clock()
                )
            except Exception:  # whatever somebody else's server has sent, the others are read
                log.exception("A calendar could not be dealt with")

    async def erase_old(self) -> None:
        """Erase citizens' details that have been kept long enough."""
        async with db.direct(self.pool) as connection:
            await erasure.erase_old(connection, self._context())

    async def forget_counts(self) -> None:
        """Forget how often something was done without signing in, a while ago."""
        async with db.direct(self.pool) as connection:
            await limits.forget_counts(connection, self.clock() - COUNTS_KEPT)

    async def renew_keys(self) -> None:
        """Give citizens new keys whose own were made with a secret that is accepted no more."""
        async with self.pool.connection() as connection:
            renewed = await renew_keys(connection, self.settings.secrets)
        if renewed:
            log.warning("%d keys of citizens were made with another secret, and are made anew", renewed)

    async def _one(
        self, what: str, action: Callable[[Connection, uuid.UUID], Awaitable[None]], record: uuid.UUID
    ) -> None:
        try:
            async with self.pool.connection() as connection:
                async with connection.transaction():
                    await action(connection, record)
                await number(connection)  # what it emitted is read at once, though the feed is another process's
        except Exception:  # the next round tries again
            log.exception("%s could not be worked out", what)

    def _context(self) -> Context:
        return worker_context(self.clock(), self.settings.zone, self.settings.secrets)
