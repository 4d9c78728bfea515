"""Making the copies of the registry anew, from the feed of `providers` and nothing else, and telling where those that
were kept differed: nowhere, if all is well."""

import uuid
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import projection
from services.booking.models import Base, Municipality, Offering, Organisation, ServicePoint, StaffedDay, Tutor
from services.booking.store import spans
from shared.db import Sessions, driver, transaction
from shared.following import Feed, FeedCursor
from shared.schemas.common import CloudEvent

COPIES: tuple[type[Base], ...] = (Municipality, Organisation, ServicePoint, StaffedDay, Tutor, Offering)
OUR_OWN = {"refreshed_on", "pooled"}  # what booking itself keeps on a copy's row
SOURCE = "providers"


async def recopy(sessions: Sessions, feed: Feed, tell: Callable[[int], None]) -> dict[str, int]:
    """How many rows of each copy were wrong; they are right afterwards, and whose free spans follow from them will be
    worked out anew. Whoever follows the feed meanwhile waits."""
    async with transaction(sessions) as session:
        await session.execute(
            sa.text("INSERT INTO feed_cursor (source) VALUES (:source) ON CONFLICT DO NOTHING"), {"source": SOURCE}
        )
        await session.execute(sa.select(FeedCursor).where(FeedCursor.source == SOURCE).with_for_update())
        events = await _whole(feed, tell)
        for model in COPIES:  # tables of this transaction's own, which stand before the real ones
            name = model.__tablename__
            await session.execute(
                sa.text(f"CREATE TEMP TABLE {name} (LIKE public.{name} INCLUDING ALL) ON COMMIT DROP")
            )
        for event in latest(events):
            await projection.apply(session, event)
        wrong = {model: await _mend(session, model) for model in COPIES}
        for model in COPIES:
            await session.execute(sa.text(f"DROP TABLE pg_temp.{model.__tablename__}"))
        await _follow(session, wrong)
        if events:
            cursor = sa.update(FeedCursor).where(FeedCursor.source == SOURCE)
            await session.execute(cursor.values(last_event_id=events[-1].id))
    return {model.__tablename__: len(keys) for model, keys in wrong.items()}


async def _whole(feed: Feed, tell: Callable[[int], None]) -> list[CloudEvent]:
    events: list[CloudEvent] = []
    while batch := await feed.events(events[-1].id if events else None, 0):
        events += batch
        tell(len(batch))
    return events


def latest(events: Sequence[CloudEvent]) -> list[CloudEvent]:
    """Of each record the last state alone, in order; of hours all events, since each tells of some dates only."""
    last = {(event.type, event.subject): event.id for event in events}
    return [
        event
        for event in events
        if event.type.endswith(".hours-changed") or last[event.type, event.subject] == event.id
    ]


async def _mend(session: AsyncSession, model: type[Base]) -> list[tuple[object, ...]]:
    """Make a copy like the one that was made anew; answers the keys of the rows that differed."""
    name = model.__tablename__
    keys = [column.name for column in model.__table__.primary_key]
    columns = [column.name for column in model.__table__.columns if column.name not in OUR_OWN]
    key, listed = ", ".join(keys), ", ".join(columns)
    others = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in keys)
    gone = await session.execute(
        sa.text(f"DELETE FROM public.{name} WHERE ({key}) NOT IN (SELECT {key} FROM pg_temp.{name}) RETURNING {key}")
    )
    written = await session.execute(
        sa.text(
            f"INSERT INTO public.{name} ({listed}) "
            f"SELECT {listed} FROM pg_temp.{name} EXCEPT SELECT {listed} FROM public.{name} "
            f"ON CONFLICT ({key}) DO UPDATE SET {others} RETURNING {key}"
        )
    )
    return [tuple(row) for row in [*gone, *written]]


async def _follow(session: AsyncSession, wrong: dict[type[Base], list[tuple[object, ...]]]) -> None:
    """Have the free spans worked out anew that follow from rows which were wrong."""
    connection = await driver(session)
    points = {uuid.UUID(str(key[0])) for model in (ServicePoint, StaffedDay) for key in wrong[model]}
    tutors = {uuid.UUID(str(key[0])) for key in wrong[Tutor]}
    for point in points:
        tutors.update(await spans.tutors_at(connection, point))
    if wrong[Offering]:
        owners = sa.select(Offering.organisation_id).where(Offering.id.in_([key[0] for key in wrong[Offering]]))
        tutors.update(await session.scalars(sa.select(Tutor.id).where(Tutor.organisation_id.in_(owners))))
    await session.execute(sa.update(ServicePoint).where(ServicePoint.id.in_(points)).values(refreshed_on=None))
    await spans.mark_stale(connection, sorted(tutors))
