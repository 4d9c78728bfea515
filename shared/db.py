"""A service's own database: the engine, and one transaction for each request.

SQLAlchemy has the models and the ordinary queries. Where speed matters, or SQL says it better, the driver's own
connection is used: `driver` gives that of a session, `direct` one from a pool of its own.
"""

import datetime as dt
import logging
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Annotated, Any, ClassVar, TypeVar

import psycopg
import sqlalchemy as sa
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from psycopg_pool import AsyncConnectionPool
from psycopg_pool import PoolTimeout as NoConnection
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column

from shared.http.answers import answer
from shared.problems import Unavailable
from shared.roles import Within

log = logging.getLogger(__name__)
Sessions = async_sessionmaker[AsyncSession]
JsonObject = dict[str, object]
Connection = psycopg.AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]


class Base(DeclarativeBase):
    """The base of a service's tables. Names of constraints are the database's own business, so they are spelt out."""

    type_annotation_map: ClassVar[dict[object, object]] = {
        dt.datetime: sa.TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        JsonObject: JSONB,
        list[str]: sa.ARRAY(sa.Text),
        str: sa.Text,
        uuid.UUID: sa.Uuid,
    }


def primary_key() -> Mapped[uuid.UUID]:
    """Return an id that the database gives: a UUIDv7 (RFC 9562), so that rows of one time lie together."""
    return mapped_column(primary_key=True, server_default=sa.text("uuidv7()"))


def connect(url: str, *, pool_size: int = 10) -> tuple[AsyncEngine, Sessions]:
    """Return an engine for `url` and what opens its sessions. The driver is psycopg, whatever the URL's scheme says."""
    target = sa.make_url(url).set(drivername="postgresql+psycopg")
    # No overflow: more connections than that would wait for each other in the database instead of here.
    engine = create_async_engine(
        target, pool_size=pool_size, max_overflow=0, pool_timeout=20, connect_args={"connect_timeout": 5}
    )
    return engine, async_sessionmaker(engine, expire_on_commit=False)


def lies_within(
    reaches: Sequence[Within], **columns: sa.ColumnElement[object] | InstrumentedAttribute[object]
) -> sa.ColumnElement[bool]:
    """Return the condition of the rows that lie within any of `reaches`: `Within.covers`, for many at once.

    `columns` are those of the table by the names of the fields of `Within`; a reach that is bound by a field without a
    column covers no row.
    """

    def covered(reach: Within) -> sa.ColumnElement[bool]:
        parts: list[sa.ColumnElement[bool]] = []
        for name in ("organisation", "service_point", "tutor"):
            if (value := getattr(reach, name)) is not None:
                parts.append(columns[name] == value if name in columns else sa.false())
        if reach.region is not None:
            parts.append(sa.or_(columns["region"].is_(None), columns["region"] == reach.region))
        if reach.municipalities is not None:
            place = columns.get("municipality")
            parts.append(sa.false() if place is None else place.in_(reach.municipalities))
        return sa.and_(sa.true(), *parts)

    return sa.or_(sa.false(), *map(covered, reaches))


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562 section 5.7), as the database gives them, for a record that needs its id beforehand."""
    milliseconds = time.time_ns() // 1_000_000
    bits = (milliseconds << 80) | secrets.randbits(80)
    return uuid.UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62))


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """Open a session whose transaction commits at the end, or leaves no trace."""
    async with sessions() as session, session.begin():
        yield session


async def driver(session: AsyncSession) -> Connection:
    """Return the driver's connection of a session, in the same transaction, after what the session holds is written."""
    await session.flush()
    connection = await (await session.connection()).get_raw_connection()
    found = connection.driver_connection
    assert isinstance(found, psycopg.AsyncConnection)
    return found


async def value_of(connection: Connection, statement: str, values: Mapping[str, object] | None = None) -> Any:
    """Return the first value of the first row; None when there is no row."""
    row = await (await connection.execute(statement, values)).fetchone()
    return row[0] if row else None


@asynccontextmanager
async def pipelined(connection: Connection) -> AsyncIterator[None]:
    """Open a transaction whose statements travel with the next one that is waited for, its beginning and its end among
    them. What the database says against one is raised there, at the latest at the end, and nothing is committed."""
    async with connection.pipeline(), connection.transaction():
        yield


# A prepared statement keeps the plan that was checked, and is not planned anew for each value: planning a search took
# as long as running it. Whoever waits for a lock gives up before those behind them give up waiting for a connection.
OPTIONS = "-c plan_cache_mode=force_generic_plan -c lock_timeout=10s"


def pool(url: str, *, size: int = 10) -> Pool:
    """Return a pool of the driver's own connections, to be opened by whoever runs it."""
    settings = {"connect_timeout": 5, "autocommit": True, "options": OPTIONS}
    return AsyncConnectionPool(_for_the_driver(url), min_size=0, max_size=size, timeout=20, open=False, kwargs=settings)


def _for_the_driver(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def connect_directly(url: str) -> Connection:
    """Open one of the driver's own connections, outside any pool, each of whose statements stands alone."""
    return await psycopg.AsyncConnection.connect(
        _for_the_driver(url), autocommit=True, connect_timeout=5, options=OPTIONS
    )


@asynccontextmanager
async def direct(connections: Pool) -> AsyncIterator[Connection]:
    """Open a connection whose transaction commits at the end, or leaves no trace."""
    async with connections.connection() as connection, connection.transaction():
        yield connection


Made = TypeVar("Made")


async def retry_on_deadlock(
    transaction: Callable[[], AbstractAsyncContextManager[object]], act: Callable[[], Awaitable[Made]]
) -> Made:
    """Act in a transaction, and return what was made; once more, when the database ended it because two transactions
    waited for each other. PostgreSQL ends one of the two, so that a second try finds the other done. A second deadlock
    is raised."""
    with suppress(psycopg.errors.DeadlockDetected):
        async with transaction():
            return await act()
    async with transaction():
        return await act()


def begin(app: FastAPI) -> AbstractAsyncContextManager[AsyncSession]:
    """Open a session on the database of `app`, whose transaction commits at the end, or leaves no trace."""
    return transaction(app.state.sessions)


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with begin(request.app) as session:
        yield session


# "function": commits before the answer leaves, so that nobody reads "booked" for what did not commit.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]


async def _direct(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.pool.connection() as connection:
        yield connection


# The same, without SQLAlchemy: each statement stands alone, until somebody begins a transaction.
Direct = Annotated[Connection, Depends(_direct, scope="function")]


def install(app: FastAPI) -> None:
    """Have `app` answer as a problem, 503, when its database is out of reach or overrun, and log by what: a lock that
    was waited for in vain, or a disk that is full."""

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeout)
    @app.exception_handler(NoConnection)
    @app.exception_handler(psycopg.OperationalError)
    async def _database(request: Request, error: Exception) -> JSONResponse:
        log.error("The database could not serve a request", exc_info=error)
        if isinstance(error, psycopg.OperationalError):
            await request.app.state.pool.check()  # of connections that a restart has broken, none is handed out again
        return answer(request, Unavailable())
