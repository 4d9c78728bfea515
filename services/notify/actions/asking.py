"""Asking whom to write to, and what: at the moment of sending, since neither is ever kept."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from services.notify.channels.protocol import Contacts, Undelivered
from services.notify.domain.kinds import Kind
from services.notify.domain.sending import why_drop
from services.notify.messages import letters
from services.notify.models import Message
from shared.clients import BookingClient, ProvidersClient, Refused
from shared.languages import DEFAULT, Language


@dataclass(frozen=True)
class Addressed:
    """A letter, the person whom it is for, and the region whose it is, as far as one is known."""

    person: Contacts
    letter: letters.Letter
    region: str | None


@dataclass(frozen=True)
class Drop:
    """The message is not worth sending any more."""

    reason: str


@dataclass(frozen=True)
class Operator:
    """Who runs the installation, as `Contacts` has people."""

    email: str | None
    phone: str | None = None
    language: Language = DEFAULT


@dataclass(frozen=True)
class Facts:
    """The services that know the facts of a message, and the sender that calendars name as organiser."""

    booking: BookingClient
    providers: ProvidersClient
    sender: str
    pages: str
    """The public address of the pages."""
    operator: str | None = None
    """The e-mail address of alarms."""

    async def ask(self, message: Message, now: dt.datetime) -> Addressed | Drop:
        """Return the letter and its person, or why there is none any more; raises Undelivered and Unavailable."""
        try:
            if (about := self._about.get(message.kind)) is None:
                return await self._about_appointment(message, now)
            return Drop("too late") if now >= message.not_after else await about(message)
        except Refused as refused:
            if refused.is_("not-found"):  # erased, or the code of the sign-in has been used
                return Drop("there is nobody to tell any more")
            # A refusal of anything else is a mistake in the settings or between versions, which somebody will mend.
            raise Undelivered(f"the facts were refused: {refused.problem.type}", permanent=False) from None

    @property
    def _about(self) -> Mapping[Kind, Callable[[Message], Awaitable[Addressed | Drop]]]:
        """How to ask about what is no appointment, by the kind of the message."""
        return {
            "sign_in": self._sign_in,
            "sign_in_warning": self._failed_sign_in,
            "budget": self._budget,
            "region_budget": self._region_budget,
            "grant": self._grant,
            "consent": self._consent,
            "replaced": self._former_contact,
            "lost_link": self._lost_link,
            "joined": self._waiting,
        }

    async def _sign_in(self, message: Message) -> Addressed:
        found = await self.providers.sign_in_message(message.subject)
        return Addressed(found, letters.sign_in(found), found.region)

    async def _failed_sign_in(self, message: Message) -> Addressed:
        found = await self.providers.sign_in_warning(message.subject)
        return Addressed(found, letters.sign_in_warning(found), found.region)

    async def _budget(self, message: Message) -> Addressed:
        return Addressed(Operator(email=self.operator), letters.budget(message.region), message.region)

    async def _region_budget(self, message: Message) -> Addressed | Drop:
        coordinators = await self.providers.coordinators(message.region or "")
        found = next((each for each in coordinators if each.id == message.subject), None)
        if found is None:
            return Drop("they coordinate the region no more")
        return Addressed(found, letters.region_budget(found.language), message.region)

    async def _grant(self, message: Message) -> Addressed:
        found = await self.providers.grant_message(message.subject)
        return Addressed(found, letters.grant(found, self.pages), found.region)

    async def _consent(self, message: Message) -> Addressed:
        found = await self.providers.consent_message(message.subject)
        return Addressed(found, letters.consent(found), found.region)

    async def _former_contact(self, message: Message) -> Addressed:
        found = await self.booking.former_recipient(message.subject)
        return Addressed(found, letters.replaced(found), message.region)

    async def _lost_link(self, message: Message) -> Addressed:
        found = await self.booking.lost_link_recipient(message.subject)
        return Addressed(found, letters.lost_link(found), found.region)

    async def _waiting(self, message: Message) -> Addressed | Drop:
        found = await self.booking.entry_recipient(message.subject)
        if found.state != "waiting":  # what has become of it is told by a message of its own, or was done by themself
            return Drop(f"the entry is {found.state}")
        return Addressed(found, letters.joined(found), message.region)

    async def _about_appointment(self, message: Message, now: dt.datetime) -> Addressed | Drop:
        ask = self.booking.offer_recipient if message.kind == "offered" else self.booking.recipient
        found = await ask(message.subject)
        why_not = why_drop(
            message.kind,
            state=found.state,
            not_after=message.not_after,
            start=found.start,
            now=now,
        )
        if why_not:
            return Drop(why_not)
        return Addressed(found, letters.about(message.kind, found, self.sender), message.region)
