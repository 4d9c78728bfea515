"""The end of a message: its row is closed, and its event emitted."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.domain.kinds import INTERNAL, Closed
from services.notify.models import Message
from shared.feed import emit
from shared.schemas import events

ENDED: dict[Closed, type[events.MessageEvent]] = {
    "sent": events.MessageSent,
    "dropped": events.MessageDropped,
    "failed": events.MessageFailed,
}


async def end_message(session: AsyncSession, row: Message, state: Closed, reason: str | None) -> None:
    """Close a message for good, and emit its event. Those of accounts and alarms are internal: who
    signs in when is personal."""
    row.state, row.reason = state, reason
    await emit(
        session,
        ENDED[state](id=row.id, kind=row.kind, channel=row.channel, about=row.subject),
        organisation_id=row.organisation_id,
        region=row.region,
        internal=row.kind in INTERNAL,
    )
