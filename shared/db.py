"""A service's own database: the engine, and one transaction for each request."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.problems import Unavailable, answer

Sessions = async_sessionmaker[AsyncSession]


class Base(DeclarativeBase):
    """The base of a service's tables. Names of constraints are the database's own business, so they are spelt out."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: sa.TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: sa.ARRAY(sa.Text),
        str: sa.Text,
        uuid.UUID: sa.Uuid,
    }


def primary_key() -> Mapped[uuid.UUID]:
    """An id that the database gives: a UUIDv7 (RFC 9562), so that rows of one time lie together."""
    return mapped_column(primary_key=True, server_default=sa.text("uuidv7()"))


def connect(url: str, *, pool_size: int = 10) -> tuple[AsyncEngine, Sessions]:
    """An engine for `url` and what opens its sessions. The driver is psycopg, whatever the URL's scheme says."""
    target = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = create_async_engine(
        target, pool_size=pool_size, max_overflow=0, pool_timeout=20, connect_args={"connect_timeout": 5}
    )
    return engine, async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session whose transaction commits at the end, or leaves no trace."""
    async with sessions() as session, session.begin():
        yield session


def begin(app: FastAPI) -> AbstractAsyncContextManager[AsyncSession]:
    """A transaction on the database of `app`."""
    return transaction(app.state.sessions)


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with begin(request.app) as session:
        yield session


# "function": commits before the answer leaves, so that nobody reads "booked" for what did not commit.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]


def install(app: FastAPI) -> None:
    """Have `app` answer a database that is out of reach or overrun as a problem, 503."""

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeout)
    async def _database(request: Request, _error: Exception) -> JSONResponse:
        return answer(request, Unavailable())
