"""The event feed of a service (http-feeds.org, CloudEvents 1.0). `shared.following` reads another's.

An event is written by the transaction that changes the state, after the change itself, so that the changed row's lock
is held when the sequence number is drawn: events of one subject stand in the order of their commits. Sequence numbers
of different transactions may still commit out of order, so nobody reads by them. A position is given afterwards, to
committed events only, by one numbering step at a time (`shared.numbering`); the feed is read by position and therefore
skips nothing.
"""

import asyncio
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.auth import Caller, Principal
from shared.db import Base, Connection, Sessions, driver, transaction
from shared.http.paging import next_link
from shared.numbering import Numberer
from shared.openapi.bodies import answers
from shared.problems import UnknownEvent
from shared.schemas.common import CloudEvent
from shared.schemas.events import EventData

BATCH = 500
SECONDS_BETWEEN_SIGNS_OF_LIFE = 1.0
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
    data: Mapped[dict[str, object]] = mapped_column(JSONB)
    time: Mapped[dt.datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))


INSERT = """
    INSERT INTO event (type, subject, data, organisation_id, region, internal)
    VALUES (%(type)s, %(subject)s, %(data)s, %(organisation_id)s, %(region)s, %(internal)s)
"""


async def emit(
    transaction: AsyncSession | Connection,
    event: EventData,
    *,
    organisation_id: uuid.UUID | None = None,
    region: str | None = None,
    internal: bool = False,
) -> None:
    """Write an event in `transaction`, after the change that it is about.

    Events of an organisation or region are shown to API clients of that organisation or region, `internal` ones to
    the other services only.
    """
    connection = await driver(transaction) if isinstance(transaction, AsyncSession) else transaction
    await connection.execute(
        INSERT,
        {
            "type": event.type,
            "subject": event.subject,
            "data": Jsonb(event.model_dump(mode="json", by_alias=True)),
            "organisation_id": organisation_id,
            "region": region,
            "internal": internal,
        },
    )


async def position_of(session: AsyncSession, event_id: uuid.UUID | None) -> int:
    """Return the position of an event, 0 for none; raises UnknownEvent for an id that the feed never gave."""
    if event_id is None:
        return 0
    position = await session.scalar(sa.select(Event.position).where(Event.id == event_id))
    if position is None:
        raise UnknownEvent
    return position


def _visible_to(reader: Principal) -> sa.ColumnElement[bool]:
    """Return the condition of what `reader` may see: services everything; others what is public, of their region and,
    if they have one, of their organisation."""
    if reader.kind == "service":
        return sa.true()
    visible = [~Event.internal, sa.or_(Event.region.is_(None), Event.region == reader.region)]
    if reader.client_organisation is not None:
        organisation = Event.organisation_id
        visible.append(sa.or_(organisation.is_(None), organisation == reader.client_organisation))
    return sa.and_(*visible)


async def events_after(session: AsyncSession, position: int, reader: Principal) -> Sequence[Event]:
    """Return the next events after `position` that `reader` may see."""
    wanted = sa.select(Event).where(Event.position > position, _visible_to(reader))
    return (await session.scalars(wanted.order_by(Event.position).limit(BATCH))).all()


async def _wait_for_events(
    request: Request, after: uuid.UUID | None, reader: Principal, seconds: int
) -> Sequence[Event]:
    """Return the next events, as soon as there are any; none after `seconds`, or when the reader has gone."""
    sessions: Sessions = request.app.state.sessions
    numberer: Numberer = request.app.state.numberer
    deadline = asyncio.get_running_loop().time() + seconds
    await numberer.settle()
    async with transaction(sessions) as session:
        position = await position_of(session, after)
    while True:
        known = numberer.last
        async with transaction(sessions) as session:
            if events := await events_after(session, position, reader):
                return events
        if not await _grows(request, numberer, known, deadline):
            return []


async def _grows(request: Request, numberer: Numberer, known: int, deadline: float) -> bool:
    """Wait until the feed has grown beyond `known`; return False at the deadline, or when the reader has gone."""
    while (left := deadline - asyncio.get_running_loop().time()) > 0 and not await request.is_disconnected():
        if await numberer.grow(known, min(left, SECONDS_BETWEEN_SIGNS_OF_LIFE)):
            return True
    return False


def router(source: str) -> APIRouter:
    """Return the route `GET /events`: the feed of the service whose events name it as their `source`."""
    routes = APIRouter(tags=["events"])

    @routes.get(
        "/events",
        response_model=list[CloudEvent],
        summary="Follow what happens",
        responses=answers(MEDIA_TYPE),
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
        last = str(found[-1].id) if found else None
        links = next_link(request, lastEventId=last)
        batch = [_cloud_event(source, event) for event in found]
        return JSONResponse(batch, media_type=MEDIA_TYPE, headers=links)

    return routes


def _cloud_event(source: str, event: Event) -> dict[str, object]:
    return CloudEvent(
        id=event.id, source=source, type=event.type, subject=event.subject, time=event.time, data=event.data
    ).model_dump(mode="json")
