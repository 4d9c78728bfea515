"""A third channel, services that answer as they are told to, and events, for the tests of the outbox."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import ClassVar

import sqlalchemy as sa

from services.notify import channels as registry
from services.notify.actions.asking import Facts
from services.notify.actions.budget import Budgets
from services.notify.actions.planning import apply_booking, apply_providers
from services.notify.actions.sending import Outbox
from services.notify.channels.protocol import Contacts, Delivery
from services.notify.domain.budgets import Budget
from services.notify.models import Message
from shared import db
from shared.clients import BookingClient, ProvidersClient, Refused
from shared.feed import Event
from shared.schemas.booking import (
    EntryRecipient,
    FormerRecipient,
    LostLinkRecipient,
    Recipient,
    TimeToCome,
    WaitlistState,
)
from shared.schemas.common import CloudEvent, ProblemDocument
from shared.schemas.people import Coordinator, SignInMessage, SignInWarning
from shared.schemas.providers import ConsentMessage

NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
START = NOW + dt.timedelta(days=3)
FORMER = uuid.UUID(int=77)
APPOINTMENT, SIGN_IN, LOST_LINK = uuid.UUID(int=7), uuid.UUID(int=9), uuid.UUID(int=11)


OF_PROVIDERS = tuple(f"fi.vuoro.{name}" for name in ("sign", "access", "consent"))


class Toy:
    """A third channel: this class, and its name in the registry, are all that it takes."""

    name: ClassVar[str] = "carrier_pigeon"
    paid: ClassVar[bool] = True

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self.failure: Exception | None = None
        self.seconds = 0.0
        self.closed = False

    @classmethod
    def from_environment(cls) -> "Toy":
        return cls()

    def address_of(self, person: Contacts, _region: str | None, /) -> str | None:
        return person.phone and f"the roof of {person.phone}"

    async def send(self, delivery: Delivery) -> None:
        await asyncio.sleep(self.seconds)
        if self.failure is not None:
            raise self.failure
        self.sent.append(delivery)

    async def close(self) -> None:
        self.closed = True


class Booking(BookingClient):
    """Booking, with one appointment, and somebody who waits."""

    def __init__(self, **changed: object) -> None:
        self.waiting: WaitlistState = "waiting"
        self.failure: Exception | None = None
        self.found = Recipient.model_validate(
            {
                "appointment_id": APPOINTMENT,
                "state": "booked",
                "sequence": 0,
                "start": START,
                "end": START + dt.timedelta(minutes=30),
                "zone": "Europe/Helsinki",
                "channel": "phone",
                "tutor_name": "Aino",
                "place": None,
                "bring": None,
                "code_word": "kuikka",
                "manage_url": "https://vuoro.example/a/x",
                "language": "fi",
                "phone": "+35840685404",
                "email": None,
            }
            | changed
        )

    async def recipient(self, appointment: uuid.UUID) -> Recipient:
        assert self.found.appointment_id == APPOINTMENT, appointment
        if self.failure is not None:
            raise self.failure
        return self.found

    async def former_recipient(self, former: uuid.UUID) -> FormerRecipient:
        assert former in (APPOINTMENT, FORMER)
        return FormerRecipient(language="sv", phone="+358406854048", email=None)

    async def lost_link_recipient(self, asked: uuid.UUID) -> LostLinkRecipient:
        assert asked == LOST_LINK
        if self.failure is not None:
            raise self.failure
        url = "https://vuoro.example/a/x"
        item = TimeToCome(kind="appointment", id=APPOINTMENT, state="booked", start=START, manage_url=url)
        told = {"code": "012345", "zone": "Europe/Helsinki", "region": "17", "language": "fi", "email": None}
        return LostLinkRecipient.model_validate(told | {"items": [item], "phone": "+35840685404"})

    async def entry_recipient(self, entry: uuid.UUID) -> EntryRecipient:
        found = await self.recipient(entry)
        return EntryRecipient(
            state=self.waiting,
            until=dt.date(2027, 4, 26),
            manage_url="https://vuoro.example/w/x",
            language=found.language,
            phone=found.phone,
            email=found.email,
        )

    async def offer_recipient(self, entry: uuid.UUID) -> Recipient:
        return await self.recipient(entry)


class Providers(ProvidersClient):
    """Providers, with one sign-in."""

    def __init__(self) -> None:
        pass

    async def sign_in_warning(self, sign_in: uuid.UUID) -> SignInWarning:
        assert sign_in == SIGN_IN
        return SignInWarning(language="fi", phone="+35840685404")

    async def sign_in_message(self, sign_in: uuid.UUID) -> SignInMessage:
        assert sign_in == SIGN_IN
        return SignInMessage(language="sv", code="012345", phone="+35840685404")

    async def coordinators(self, region: str) -> list[Coordinator]:
        assert region != ""
        told = (("pomo@example.fi", "fi"), ("chef@example.fi", "sv"))
        return [
            Coordinator.model_validate({"id": uuid.UUID(int=number), "email": email, "language": language})
            for number, (email, language) in enumerate(told, start=1)
        ]

    async def consent_message(self, notice: uuid.UUID) -> ConsentMessage:
        assert notice == SIGN_IN
        names = {"place": {"fi": "Kuusamon kirjasto"}, "guest": {"fi": "Digiapu ry"}}
        return ConsentMessage.model_validate(names | {"language": "fi", "status": "asked", "phone": "+35840685404"})


def outbox(
    sessions: db.Sessions,
    toy: Toy,
    booking: Booking | None = None,
    budget: Budget | None = None,
    of_region: Mapping[str, Budget] | None = None,
    *,
    lease: float = 60,
) -> Outbox:
    facts = Facts(
        booking or Booking(), Providers(), "digituki@vuoro.example", "https://vuoro.example", "operator@vuoro.example"
    )
    budgets = Budgets(budget or Budget(per_day=500), of_region or {}, "Europe/Helsinki")
    return Outbox(sessions, facts, {toy.name: toy}, dt.timedelta(seconds=lease), budgets)


def happened(name: str, data: Mapping[str, object], number: int = 1) -> CloudEvent:
    return CloudEvent(
        id=uuid.UUID(int=number), source="/test", type=f"fi.vuoro.{name}", subject="x", time=NOW, data=dict(data)
    )


def of_appointment(change: str, number: int = 1, **changed: object) -> CloudEvent:
    data: dict[str, object] = {
        "id": str(APPOINTMENT),
        "state": "booked",
        "sequence": 0,
        "start": START.isoformat(),
        "end": START.isoformat(),
        "channel": "phone",
        "topic": "e-services",
        "region": "17",
        "tutor_id": str(uuid.UUID(int=1)),
        "offering_id": str(uuid.UUID(int=2)),
        "organisation_id": str(uuid.UUID(int=3)),
        "service_point_id": None,
        "result": None,
    }
    return happened(f"appointment.{change}", data | changed, number)


async def hear(sessions: db.Sessions, *events: CloudEvent, channels: Sequence[str] | None = None) -> None:
    """Take in events, on all channels of the registry unless some are named."""
    names = channels or [channel.name for channel in registry.CHANNELS]
    for event in events:
        async with db.transaction(sessions) as session:
            handle = apply_providers if event.type.startswith(OF_PROVIDERS) else apply_booking
            await handle(session, event, channels=names)


async def rows(sessions: db.Sessions, channel: str = Toy.name) -> list[Message]:
    async with db.transaction(sessions) as session:
        wanted = sa.select(Message).where(Message.channel == channel).order_by(Message.due_at, Message.kind)
        return list((await session.scalars(wanted)).all())


async def emitted(sessions: db.Sessions) -> list[tuple[str, bool]]:
    async with db.transaction(sessions) as session:
        return [(row.type, row.internal) for row in await session.scalars(sa.select(Event).order_by(Event.seq))]


async def only(sessions: db.Sessions) -> None:
    """Leave the toy's messages alone in the outbox."""
    async with db.transaction(sessions) as session:
        await session.execute(sa.delete(Message).where(Message.channel != Toy.name))


def not_found(slug: str) -> Refused:
    return Refused(ProblemDocument(type=f"urn:vuoro:problem:{slug}", title="", status=404))
