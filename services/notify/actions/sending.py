"""From the outbox to a channel."""

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify import store
from services.notify.actions.asking import Addressed, Drop, Facts
from services.notify.actions.budget import Budgets, count_paid, tell_coordinators
from services.notify.actions.ending import end_message
from services.notify.channels.protocol import Channel, Delivery, Undelivered
from services.notify.domain.sending import GiveUp, after_failure
from services.notify.models import Message
from shared import db
from shared.problems import Unavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """The message was handed over; it was of this region, if of any."""

    region: str | None


@dataclass(frozen=True)
class Failed:
    """The message could not be handed over, and is not tried again."""

    reason: str


@dataclass(frozen=True)
class Outbox:
    """The messages that wait, and what sending them takes."""

    sessions: db.Sessions
    facts: Facts
    channels: Mapping[str, Channel]
    lease: dt.timedelta
    budgets: Budgets

    async def is_due(self, now: dt.datetime) -> bool:
        """Return whether some message waits to be sent."""
        async with db.transaction(self.sessions) as session:
            return await store.is_due(session, now)

    async def send_next(self, now: dt.datetime) -> bool:
        """Send one message that is due; return whether there was one."""
        message = await self._claim(now)
        if message is None:
            return False
        try:
            # Shorter than the lease: this try is over before another worker takes the message up.
            async with asyncio.timeout(self.lease.total_seconds() * 0.8):
                sent = await self._send(message, now)
        except Exception as error:
            await self._after_failure(message, _failure_of(error), now)
        else:
            # Not tried again at once when this fails: the message is out, and its lease keeps others away for a while.
            await self._close(message, sent, now)
        return True

    async def _claim(self, now: dt.datetime) -> Message | None:
        async with db.transaction(self.sessions) as session:
            claimed = await store.claim_due(session, now, self.lease)
            return await session.get(Message, claimed) if claimed else None

    async def _send(self, message: Message, now: dt.datetime) -> Sent | Drop:
        """Ask for the facts and hand the message over; return of which region it was, or why it was dropped."""
        if message.kind == "budget":
            await self._tell_coordinators(message, now)
        match await self.facts.ask(message, now):
            case Addressed(person, letter, region):
                channel = self.channels.get(message.channel)
                if channel is None:
                    return Drop("this channel is not in use any more")
                address = channel.address_of(person, region)
                if address is None:
                    return Drop("no address for this channel")
                await channel.send(Delivery(message.id, address, person.language, letter))
                return Sent(region)
            case Drop() as dropped:
                return dropped

    async def _after_failure(self, message: Message, failure: Undelivered, now: dt.datetime) -> None:
        decision = after_failure(message.attempts, permanent=failure.permanent, now=now, not_after=message.not_after)
        if isinstance(decision, GiveUp):
            await self._close(message, Failed(f"{decision.reason}: {failure.reason}"), now)
            return
        async with db.transaction(self.sessions) as session:
            row = await session.get_one(Message, message.id, with_for_update=True)
            if _is_still_ours(row, message):
                row.try_at, row.reason = decision.at, failure.reason

    async def _tell_coordinators(self, alarm: Message, now: dt.datetime) -> None:
        """Pass an alarm on to the coordinators of its region, before it is told to the operator: once one of both has
        failed, both are tried again."""
        if alarm.region is None:
            return
        coordinators = await self.facts.providers.coordinators(alarm.region)
        async with db.transaction(self.sessions) as session:
            await tell_coordinators(session, alarm, [each.id for each in coordinators], now)

    async def _close(self, message: Message, end: Sent | Drop | Failed, now: dt.datetime) -> None:
        async with db.transaction(self.sessions) as session:
            row = await session.get_one(Message, message.id, with_for_update=True)
            if _is_still_ours(row, message):
                await _end(session, row, end)
                if isinstance(end, Sent) and self.channels[row.channel].paid:
                    await count_paid(session, self.budgets, end.region, now)


async def _end(session: AsyncSession, row: Message, end: Sent | Drop | Failed) -> None:
    match end:
        case Sent():
            await end_message(session, row, "sent", None)
        case Drop(reason):
            await end_message(session, row, "dropped", reason)
        case Failed(reason):
            await end_message(session, row, "failed", reason)


def _failure_of(error: Exception) -> Undelivered:
    """Return what went wrong, for the row of the message. What nobody foresaw is logged, and tried again like the rest:
    a message that always fails must not come round for ever."""
    match error:
        case Undelivered():
            return error
        case Unavailable():
            return Undelivered("the keeper of the facts is out of reach", permanent=False)
        case TimeoutError():
            return Undelivered("it took too long", permanent=False)
        case _:
            log.error("A message could not be sent", exc_info=error)
            return Undelivered(type(error).__name__, permanent=False)


def _is_still_ours(row: Message, claimed: Message) -> bool:
    """Return whether nobody has taken the message up after us when the lease ran out, nor dropped it meanwhile."""
    return row.state == "due" and row.attempts == claimed.attempts
