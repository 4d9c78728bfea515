"""The use cases of `notify`: hear of a change, and send what is due."""

import asyncio
import datetime as dt
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify import domain, messages, store
from services.notify.channels import Undelivered, email
from services.notify.channels.sms import Sms
from services.notify.messages import Letter
from services.notify.models import Message
from services.notify.settings import Settings
from shared import db, revoked
from shared.clients import BookingClient, ProvidersClient, Refused
from shared.feed import emit
from shared.problems import Unavailable
from shared.schemas import events
from shared.schemas.common import CloudEvent

ENDED: dict[domain.Closed, type[events.MessageEvent]] = {
    "sent": events.MessageSent,
    "dropped": events.MessageDropped,
    "failed": events.MessageFailed,
}


async def apply_booking(session: AsyncSession, event: CloudEvent) -> None:
    """Put what a change of an appointment or of the waitlist asks for into the outbox, and drop what it makes stale."""
    match events.parse(event):
        case events.WaitlistOffered(offered_until=until) as offered if until is not None:
            planned = domain.plan_offer(event.id, event.time, until)
            await store.add(session, planned, offered.id, region=offered.region)
        case events.AppointmentEvent() as appointment:
            await _plan_for_appointment(session, event, appointment)


async def _plan_for_appointment(session: AsyncSession, event: CloudEvent, appointment: events.AppointmentEvent) -> None:
    what = event.type.rpartition(".")[2]
    if what != "booked":
        for waiting in await store.waiting(session, appointment.id):
            await _end(session, waiting, "dropped", f"the appointment was {what}")
    planned = domain.plan(event.id, what, event.time, appointment.start)
    organisation = appointment.organisation_id
    await store.add(session, planned, appointment.id, organisation_id=organisation, region=appointment.region)


async def apply_providers(session: AsyncSession, event: CloudEvent) -> None:
    """Put the code of a sign-in into the outbox; keep whose access was taken away."""
    match events.parse(event):
        case events.AccessRevoked() as change:
            await revoked.apply(session, change)
        case events.SignInRequested(id=sign_in):
            await store.add(session, domain.plan_sign_in(event.id, event.time), sign_in)


@dataclass(frozen=True)
class Post:
    """All that sending takes."""

    settings: Settings
    sessions: db.Sessions
    booking: BookingClient
    providers: ProvidersClient
    sms: Sms

    async def send_next(self, now: dt.datetime) -> bool:
        """Send one message that is due, if there is one; says whether there was."""
        lease = dt.timedelta(seconds=self.settings.lease_seconds)
        async with db.transaction(self.sessions) as session:
            claimed = await store.claim(session, now, lease)
            message = await session.get(Message, claimed) if claimed else None
        if message is None:
            return False
        try:
            async with asyncio.timeout(self.settings.lease_seconds * 0.8):  # over before another worker takes it up
                why_not = await self._send(message, now)
            await self._close(message, "sent" if why_not is None else "dropped", why_not)
        except Undelivered as failure:
            await self._after_failure(message, failure.reason, failure.permanent, now)
        except Unavailable:
            await self._after_failure(message, "the keeper of the facts is out of reach", False, now)
        except TimeoutError:
            await self._after_failure(message, "it took too long", False, now)
        return True

    async def _send(self, message: Message, now: dt.datetime) -> str | None:
        """Ask whom to write to and write to them; answers why nothing was sent, if so."""
        try:
            if message.kind == "sign_in":
                return await self._send_code(message)
            return await self._send_about(message, now)
        except Refused as refused:
            if refused.is_("not-found"):
                return "there is nobody to tell any more"
            raise Undelivered(f"the facts were refused: {refused.problem.type}", permanent=False) from None

    async def _send_code(self, message: Message) -> str | None:
        found = await self.providers.sign_in_message(message.subject)
        return await self._deliver(message, found.phone, found.email, found.language, messages.sign_in(found))

    async def _send_about(self, message: Message, now: dt.datetime) -> str | None:
        ask = self.booking.waiting_recipient if message.kind == "offered" else self.booking.recipient
        found = await ask(message.subject)
        why_not = domain.why_drop(
            message.kind,
            state=found.state,
            due_at=message.due_at,
            not_after=message.not_after,
            start=found.start,
            now=now,
        )
        if why_not is not None:
            return why_not
        letter = messages.about(message.kind, found, self.settings.sender)
        return await self._deliver(message, found.phone, found.email, found.language, letter)

    async def _deliver(
        self, message: Message, phone: str | None, address: str | None, language: str, letter: Letter
    ) -> str | None:
        if message.channel == "sms" and phone is not None:
            await self.sms.send(key=message.id, to=phone, text=letter.short)
        elif message.channel == "email" and address is not None:
            await email.send(
                self.settings,
                key=message.id,
                to=address,
                language=language,
                subject=letter.subject,
                text=letter.text,
                calendar=letter.calendar,
                method=letter.method,
            )
        else:
            return "no address for this channel"
        return None

    async def _after_failure(self, message: Message, reason: str, permanent: bool, now: dt.datetime) -> None:
        decision = domain.after_failure(message.attempts, permanent=permanent, now=now, not_after=message.not_after)
        if isinstance(decision, domain.GiveUp):
            await self._close(message, "failed", f"{decision.reason}: {reason}")
            return
        async with db.transaction(self.sessions) as session:
            row = await session.get_one(Message, message.id, with_for_update=True)
            if _is_mine(row, message):
                row.try_at, row.reason = decision.at, reason

    async def _close(self, message: Message, state: domain.Closed, reason: str | None) -> None:
        async with db.transaction(self.sessions) as session:
            row = await session.get_one(Message, message.id, with_for_update=True)
            if _is_mine(row, message):
                await _end(session, row, state, reason)


def _is_mine(row: Message, claimed: Message) -> bool:
    """Whether nobody took the message up after us when the lease ran out, nor dropped it meanwhile."""
    return row.state == "due" and row.attempts == claimed.attempts


async def _end(session: AsyncSession, row: Message, state: domain.Closed, reason: str | None) -> None:
    row.state, row.reason = state, reason
    await emit(
        session,
        ENDED[state](id=row.id, kind=row.kind, channel=row.channel, about=row.subject),
        organisation_id=row.organisation_id,
        region=row.region,
        internal=row.kind == "sign_in",
    )
