"""The named queries of `notify`."""

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.domain.budgets import Spent
from services.notify.domain.plans import Planned
from services.notify.models import Message
from shared.retention import MESSAGES_KEPT

# One message whose time has come. The claim is a lease: should this worker die, another takes the message up when it
# has run out, and sends it under the same key.
CLAIM = sa.text(
    """
    UPDATE message SET try_at = :until, attempts = attempts + 1
    WHERE id = (SELECT id FROM message WHERE state = 'due' AND try_at <= :now
                ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)


IS_DUE = sa.text("SELECT EXISTS (SELECT FROM message WHERE state = 'due' AND try_at <= :now)")


async def is_due(session: AsyncSession, now: dt.datetime) -> bool:
    """Return whether a message's time has come."""
    return bool(await session.scalar(IS_DUE, {"now": now}))


async def claim_due(session: AsyncSession, now: dt.datetime, lease: dt.timedelta) -> uuid.UUID | None:
    """Claim the message that has been due longest, for `lease`; return its id, None when none is due."""
    claimed: uuid.UUID | None = await session.scalar(CLAIM, {"now": now, "until": now + lease})
    return claimed


# The beginning of the reason of a message that a later change of its appointment has overtaken.
OVERTAKEN = "the appointment was "


async def add_to_outbox(
    session: AsyncSession,
    planned: list[Planned],
    subject: uuid.UUID,
    *,
    organisation_id: uuid.UUID | None = None,
    region: str | None = None,
) -> None:
    """Put messages into the outbox; those that are there already stay as they are. When a feed is read once more from
    its beginning, one that a later change had overtaken is due until that change is read again."""
    rows = [
        {
            "id": message.id,
            "kind": message.kind,
            "channel": message.channel,
            "subject": subject,
            "organisation_id": organisation_id,
            "region": region,
            "state": "due",
            "due_at": message.due_at,
            "not_after": message.not_after,
            "try_at": message.due_at,
        }
        for message in planned
    ]
    if rows:
        again = insert(Message).values(rows)
        was_overtaken = sa.and_(Message.state == "dropped", Message.reason.startswith(OVERTAKEN))
        due = {"state": "due", "try_at": again.excluded.try_at, "reason": None}
        await session.execute(again.on_conflict_do_update(index_elements=["id"], set_=due, where=was_overtaken))


COUNT_PAID = sa.text("""
    INSERT INTO paid_of_region (region, day, sent) VALUES (:region, :day, 1)
    ON CONFLICT (region, day) DO UPDATE SET sent = paid_of_region.sent + 1
    RETURNING sent, sent + (SELECT coalesce(sum(earlier.sent), 0) FROM paid_of_region earlier
                            WHERE earlier.region = :region AND earlier.day >= :month AND earlier.day < :day)
""")


async def count_paid(session: AsyncSession, region: str, day: dt.date) -> Spent:
    """Count a message that costs money; return how many were sent in the region on that day and in its month."""
    values = {"region": region, "day": day, "month": day.replace(day=1)}
    return Spent(*(await session.execute(COUNT_PAID, values)).one())


async def still_due(session: AsyncSession, subject: uuid.UUID) -> Sequence[Message]:
    """Return the messages about a subject that are still to be sent, locked in the order of their ids (two
    transactions that lock the same rows in one order cannot wait for each other)."""
    wanted = sa.select(Message).where(Message.subject == subject, Message.state == "due")
    return (await session.scalars(wanted.order_by(Message.id).with_for_update())).all()


FORGET = sa.text("DELETE FROM message WHERE state <> 'due' AND not_after < now() - CAST(:kept AS interval)")


async def forget_old_messages(session: AsyncSession) -> None:
    """Delete the messages that were of use so long ago that nobody asks what became of them."""
    await session.execute(FORGET, {"kept": MESSAGES_KEPT})


async def of_subject(
    session: AsyncSession, subject: uuid.UUID, *, region: str | None, organisation: uuid.UUID | None
) -> Sequence[Message]:
    """Return the messages about a subject of that region and, when one is given, that organisation; oldest first."""
    wanted = sa.select(Message).where(Message.subject == subject, Message.region == region)
    if organisation is not None:
        wanted = wanted.where(Message.organisation_id == organisation)
    return (await session.scalars(wanted.order_by(Message.due_at, Message.channel))).all()
