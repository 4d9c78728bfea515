"""Giving positions to events, and waking whoever waits for them.

An event has no position when its transaction commits (`shared.feed` says why). Each process that serves a feed has one
`Numberer`: it is asked for a run when a request that may have written is over, is woken by the runs of other
processes, and looks by itself once a second for what neither told it. Only a run notifies: a NOTIFY in every
transaction that writes would make them commit one after another.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence

import psycopg
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import db
from shared.db import Connection
from shared.signals import Signal

log = logging.getLogger(__name__)
SECONDS_BETWEEN_LOOKS = 1.0
READS_ONLY = frozenset({"GET", "HEAD", "OPTIONS"})

LOOK = """
    SELECT coalesce(max(position), 0), EXISTS (SELECT FROM event WHERE position IS NULL) FROM event
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('vuoro.feed'))"
NUMBER = """
    WITH fresh AS (SELECT seq, row_number() OVER (ORDER BY seq) AS nth FROM event WHERE position IS NULL),
         last AS (SELECT coalesce(max(position), 0) AS position FROM event)
    UPDATE event SET position = last.position + fresh.nth FROM fresh, last WHERE event.seq = fresh.seq
"""


async def number(connection: Connection) -> int:
    """Give positions to the committed events that have none, in the order of their sequence numbers; return the last
    position of all. For a connection outside a transaction.

    The lock is taken in a statement of its own, so that the numbering's snapshot sees everything that the runner before
    it committed; in one statement, it would give the same positions once more.
    """
    last, is_behind = await _look(connection)
    if not is_behind:
        return last
    async with db.pipelined(connection):
        await connection.execute(LOCK)
        await connection.execute(NUMBER)
        await connection.execute("NOTIFY vuoro_feed")
    return (await _look(connection))[0]


async def _look(connection: Connection) -> tuple[int, bool]:
    row = await (await connection.execute(LOOK)).fetchone()
    assert row is not None
    return row[0], row[1]


class Numberer:
    """Numbers the events of one service, and knows how far they go. Each of `looks` is done once a second by its
    connection, so that what else a process looks for takes no second one."""

    def __init__(self, database_url: str, looks: Sequence[Callable[[Connection], Awaitable[None]]] = ()) -> None:
        self.last = 0
        self._database_url = database_url
        self._looks, self._looked = looks, -math.inf
        self._woken = asyncio.Event()
        self._asked, self._done = 0, 0
        self._after_run = Signal()

    def ask(self) -> None:
        """Ask for a run: something may have been emitted and committed."""
        self._asked += 1
        self._woken.set()

    async def settle(self) -> None:
        """Wait for the runs that were asked for; no longer than a second, should the database be away."""
        asked = self._asked
        if self._done < asked:
            await self._after_run.until(lambda: self._done >= asked, SECONDS_BETWEEN_LOOKS)

    async def grow(self, beyond: int, seconds: float) -> bool:
        """Wait until the feed has grown beyond a position; return False when it has not after `seconds`."""
        return await self._after_run.until(lambda: self.last > beyond, seconds)

    async def run(self) -> None:
        """Number, for ever. While the database is away, it is tried once a second and logged once."""
        is_away = False
        while True:
            try:
                async with await db.connect_directly(self._database_url) as connection:
                    is_away = False
                    await self._keep_numbering(connection)
            except psycopg.OperationalError:
                if not is_away:
                    log.warning("Events cannot be numbered just now", exc_info=True)
                is_away = True
            except Exception:  # whatever it is, numbering goes on
                log.exception("Events could not be numbered")
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def _keep_numbering(self, connection: Connection) -> None:
        connection.add_notify_handler(lambda notice: self._wake_for(notice, connection))
        await connection.execute("LISTEN vuoro_feed")
        while True:
            self._woken.clear()
            asked = self._asked
            self.last, self._done = await number(connection), asked
            self._after_run.give()
            await self._look_around(connection)
            await self._rest(connection)

    async def _look_around(self, connection: Connection) -> None:
        """Do what is to be done once a second, unless it was. Nothing of it stops the numbering."""
        now = asyncio.get_running_loop().time()
        if now - self._looked < SECONDS_BETWEEN_LOOKS:
            return
        self._looked = now
        for look in self._looks:
            try:
                await look(connection)
            except psycopg.OperationalError:
                raise  # the connection is lost
            except Exception:
                log.exception("What is looked at once a second cannot be done; what was known holds")

    def _wake_for(self, notice: psycopg.Notify, connection: Connection) -> None:
        if notice.pid != connection.info.backend_pid:
            self._woken.set()

    async def _rest(self, connection: Connection) -> None:
        """Wait until somebody asks, the database has something to say, or a second is over."""
        loop = asyncio.get_running_loop()
        loop.add_reader(connection.fileno(), self._woken.set)
        try:
            async with asyncio.timeout(SECONDS_BETWEEN_LOOKS):
                await self._woken.wait()
        except TimeoutError:
            pass
        finally:
            loop.remove_reader(connection.fileno())


class NumberAfterWrites:
    """ASGI middleware: asks for a run when a request that may have written is answered."""

    def __init__(self, app: ASGIApp, numberer: Numberer) -> None:
        self.app = app
        self.numberer = numberer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in READS_ONLY:
            await self.app(scope, receive, send)
            return

        async def ask_and_send(message: Message) -> None:
            # Before the answer leaves: who reads the feed after it finds what it wrote.
            if message["type"] == "http.response.start":
                self.numberer.ask()
            await send(message)

        await self.app(scope, receive, ask_and_send)
