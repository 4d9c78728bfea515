"""The event feed of a service, and the reader that follows another's (http-feeds.org, CloudEvents 1.0).

An event is written by the transaction that changes the state, after the change itself, so that the changed row's lock
is held when the sequence number is drawn: events of one subject stand in the order of their commits. Sequence numbers
of different transactions may still commit out of order, so nobody reads by them. A position is given afterwards, to
committed events only, by one numbering step at a time; the feed is read by position and therefore skips nothing.
"""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Protocol

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.auth import Caller, Principal
from shared.db import Base, Sessions, transaction
from shared.problems import Problem, UnknownEvent
from shared.schemas.common import CloudEvent

log = logging.getLogger(__name__)

BATCH = 500
POLL_SECONDS = 0.1
MEDIA_TYPE = "application/cloudevents-batch+json"


class Event(Base):
    """The append-only table of what happened. A trigger refuses every change but the giving of a position."""

    __tablename__ = "event"
    seq: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    position: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=sa.text("uuidv7()"))
    type: Mapped[str]
    subject: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None]
    region: Mapped[str | None]
    internal: Mapped[bool] = mapped_column(server_default=sa.false())
    data: Mapped[dict[str, Any]]
    time: Mapped[dt.datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))


class FeedCursor(Base):
    """How far this service has followed another's feed."""

    __tablename__ = "feed_cursor"
    source: Mapped[str] = mapped_column(primary_key=True)
    last_event_id: Mapped[uuid.UUID | None]


class IssuerKeys(Base):
    """The token issuer's last known public keys, for when it is out of reach. One row."""

    __tablename__ = "issuer_keys"
    single: Mapped[bool] = mapped_column(primary_key=True, server_default=sa.true())
    jwks: Mapped[dict[str, Any]]


async def emit(
    session: AsyncSession,
    type_: str,
    subject: uuid.UUID | str,
    data: dict[str, Any],
    *,
    organisation_id: uuid.UUID | None = None,
    region: str | None = None,
    internal: bool = False,
) -> None:
    """Write an event in the transaction of `session`, after the change that it tells of.

    Those of an organisation or region are shown to API clients of that organisation or region, `internal` ones to
    the other services only.
    """
    await session.flush()
    await session.execute(
        sa.insert(Event).values(
            type=f"fi.vuoro.{type_}",
            subject=str(subject),
            data=data,
            organisation_id=organisation_id,
            region=region,
            internal=internal,
        )
    )


WAITING = sa.text("SELECT EXISTS (SELECT FROM event WHERE position IS NULL)")
LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtext('vuoro.feed'))")
NUMBER = sa.text(
    """
    WITH fresh AS (SELECT seq, row_number() OVER (ORDER BY seq) AS nth FROM event WHERE position IS NULL),
         last AS (SELECT coalesce(max(position), 0) AS position FROM event)
    UPDATE event SET position = last.position + fresh.nth FROM fresh, last WHERE event.seq = fresh.seq
    """
)


async def number(session: AsyncSession) -> None:
    """Give positions to the committed events that have none. The lock is taken in a statement of its own, so that the
    numbering's snapshot sees everything that the runner before it committed."""
    if await session.scalar(WAITING):
        await session.execute(LOCK)
        await session.execute(NUMBER)


async def _position_of(session: AsyncSession, event_id: uuid.UUID | None) -> int:
    if event_id is None:
        return 0
    position = await session.scalar(sa.select(Event.position).where(Event.id == event_id))
    if position is None:
        raise UnknownEvent
    return position


def _visible_to(reader: Principal) -> sa.ColumnElement[bool]:
    """Services see everything; others what is public, of their region and, if they have one, of their organisation."""
    if reader.kind == "service":
        return sa.true()
    visible = [~Event.internal, sa.or_(Event.region.is_(None), Event.region == reader.region)]
    if reader.client_organisation is not None:
        organisation = Event.organisation_id
        visible.append(sa.or_(organisation.is_(None), organisation == reader.client_organisation))
    return sa.and_(*visible)


async def read(session: AsyncSession, after: int, reader: Principal) -> Sequence[Event]:
    """The next events after the position `after` that `reader` may see."""
    wanted = sa.select(Event).where(Event.position > after, _visible_to(reader))
    return (await session.scalars(wanted.order_by(Event.position).limit(BATCH))).all()


async def _wait_for_events(
    request: Request, after: uuid.UUID | None, reader: Principal, seconds: int
) -> Sequence[Event]:
    sessions: Sessions = request.app.state.sessions
    deadline = asyncio.get_running_loop().time() + seconds
    async with transaction(sessions) as session:
        position = await _position_of(session, after)
    while True:
        async with transaction(sessions) as session:
            await number(session)
        async with transaction(sessions) as session:
            if events := await read(session, position, reader):
                return events
        if asyncio.get_running_loop().time() >= deadline or await request.is_disconnected():
            return []
        await asyncio.sleep(POLL_SECONDS)


def router(source: str) -> APIRouter:
    """`GET /events`: the feed of the service whose events say `source`."""
    routes = APIRouter()

    @routes.get(
        "/events",
        response_model=list[CloudEvent],
        summary="Follow what happens",
        responses={200: {"content": {MEDIA_TYPE: {}}}},
    )
    async def events(
        request: Request,
        caller: Caller,
        last_event_id: Annotated[uuid.UUID | None, Query(alias="lastEventId", description="the last one read")] = None,
        wait: Annotated[
            int, Query(alias="timeout", ge=0, le=60, description="seconds to wait when there is nothing new")
        ] = 0,
    ) -> JSONResponse:
        """A batch of events after `lastEventId`, oldest first; an empty one when nothing came within `timeout`."""
        caller.require("events:read")
        found = await _wait_for_events(request, last_event_id, caller, wait)
        return JSONResponse([_cloud_event(source, event) for event in found], media_type=MEDIA_TYPE)

    return routes


def _cloud_event(source: str, event: Event) -> dict[str, Any]:
    return CloudEvent(
        id=event.id, source=source, type=event.type, subject=event.subject, time=event.time, data=event.data
    ).model_dump(mode="json")


class Feed(Protocol):
    """A client that can read another service's feed."""

    async def events(self, last_event_id: uuid.UUID | None, wait_seconds: int, /) -> list[CloudEvent]:
        """The next batch after `last_event_id`."""
        ...


Handler = Callable[[AsyncSession, CloudEvent], Awaitable[None]]


async def follow_once(sessions: Sessions, source: str, feed: Feed, handle: Handler, wait_seconds: int) -> int:
    """Read one batch and apply it, the cursor moving in the same transaction as the effect. Returns its length."""
    async with transaction(sessions) as session:
        start = await session.scalar(sa.select(FeedCursor.last_event_id).where(FeedCursor.source == source))
    batch = await feed.events(start, wait_seconds)
    if not batch:
        return 0
    async with transaction(sessions) as session:
        if not await _move_cursor(session, source, start, batch[-1].id):
            return 0  # another reader of this service was faster, and has applied this batch
        for event in batch:
            await handle(session, event)
    return len(batch)


async def _move_cursor(session: AsyncSession, source: str, start: uuid.UUID | None, end: uuid.UUID) -> bool:
    await session.execute(
        sa.text("INSERT INTO feed_cursor (source) VALUES (:source) ON CONFLICT DO NOTHING"),
        {"source": source},
    )
    moved = await session.execute(
        sa.update(FeedCursor)
        .where(FeedCursor.source == source, FeedCursor.last_event_id.is_not_distinct_from(start))
        .values(last_event_id=end)
        .returning(FeedCursor.source)
    )
    return moved.first() is not None


async def follow(sessions: Sessions, source: str, feed: Feed, handle: Handler) -> None:
    """Follow a feed for ever. A source that is down is asked again, more and more patiently up to five seconds."""
    failures = 0
    while True:
        try:
            await follow_once(sessions, source, feed, handle, wait_seconds=25)
            failures = 0
        except Problem as problem:
            failures += 1
            if failures == 1:
                log.warning("The feed of %s cannot be followed just now: %s", source, problem.slug)
        except Exception as error:  # whatever it is, the reader must live on; the batch is tried again whole
            failures += 1
            log.error("An event from %s could not be applied: %s", source, type(error).__name__)
        if failures:
            await asyncio.sleep(min(5.0, 0.1 * 2 ** min(failures, 6)))
