"""The named queries of `notify`."""

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.domain import Planned
from services.notify.models import Message

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


async def claim(session: AsyncSession, now: dt.datetime, lease: dt.timedelta) -> uuid.UUID | None:
    """Claim a message that is due; None when there is none."""
    claimed: uuid.UUID | None = await session.scalar(CLAIM, {"now": now, "until": now + lease})
    return claimed


async def add(
    session: AsyncSession,
    planned: list[Planned],
    subject: uuid.UUID,
    *,
    organisation_id: uuid.UUID | None = None,
) -> None:
    """Put messages into the outbox; those that are there already stay as they are."""
    rows = [
        {
            "id": message.id,
            "kind": message.kind,
            "channel": message.channel,
            "subject": subject,
            "organisation_id": organisation_id,
            "state": "due",
            "due_at": message.due_at,
            "not_after": message.not_after,
            "try_at": message.due_at,
        }
        for message in planned
    ]
    if rows:
        await session.execute(insert(Message).values(rows).on_conflict_do_nothing())


async def drop_waiting(session: AsyncSession, subject: uuid.UUID, reason: str) -> None:
    """Drop what is still to be sent about a subject."""
    await session.execute(
        sa.update(Message)
        .where(Message.subject == subject, Message.state == "due")
        .values(state="dropped", reason=reason)
    )


async def about(session: AsyncSession, subject: uuid.UUID) -> Sequence[Message]:
    """All messages about a subject, oldest first."""
    wanted = sa.select(Message).where(Message.subject == subject).order_by(Message.due_at, Message.channel)
    return (await session.scalars(wanted)).all()
