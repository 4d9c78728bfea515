"""Events become messages, and messages are sent, dropped or tried again; on a real database."""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import ClassVar

import pytest
import sqlalchemy as sa

from services.notify import channels
from services.notify.actions.asking import Facts
from services.notify.actions.planning import apply_booking, apply_providers
from services.notify.actions.sending import Outbox
from services.notify.channels.protocol import Channel, Contacts, Delivery, Undelivered
from services.notify.models import Message
from shared import db
from shared.clients import BookingClient, ProvidersClient, Refused
from shared.feed import Event
from shared.problems import Unavailable
from shared.revoked import Revoked
from shared.schemas.booking import Recipient
from shared.schemas.common import CloudEvent, ProblemDocument
from shared.schemas.people import SignInMessage

pytestmark = pytest.mark.anyio
NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
START = NOW + dt.timedelta(days=3)
APPOINTMENT, SIGN_IN = uuid.UUID(int=7), uuid.UUID(int=9)


class Toy:
    """A third channel: this class, and its name in the registry, are all that it takes."""

    name: ClassVar[str] = "carrier_pigeon"

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self.failure: Exception | None = None
        self.seconds = 0.0

    @classmethod
    def from_environment(cls) -> "Toy":
        return cls()

    def address_of(self, person: Contacts) -> str | None:
        return person.phone and f"the roof of {person.phone}"

    async def send(self, delivery: Delivery) -> None:
        await asyncio.sleep(self.seconds)
        if self.failure is not None:
            raise self.failure
        self.sent.append(delivery)

    async def close(self) -> None:
        pass


class Booking(BookingClient):
    """Booking, with one appointment."""

    def __init__(self, **changed: object) -> None:
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

    async def waiting_recipient(self, waiting: uuid.UUID) -> Recipient:
        return await self.recipient(waiting)


class Providers(ProvidersClient):
    """Providers, with one sign-in."""

    def __init__(self) -> None:
        pass

    async def sign_in_message(self, sign_in: uuid.UUID) -> SignInMessage:
        assert sign_in == SIGN_IN
        return SignInMessage(language="sv", code="012345", phone="+35840685404")


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The registry with the third channel in it."""
    monkeypatch.setattr(channels, "CHANNELS", (*channels.CHANNELS, Toy))
    return Toy()


def outbox(sessions: db.Sessions, toy: Toy, booking: Booking | None = None, lease: float = 60) -> Outbox:
    facts = Facts(booking or Booking(), Providers(), "digituki@vuoro.example")
    return Outbox(sessions, facts, {toy.name: toy}, dt.timedelta(seconds=lease))


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


async def hear(sessions: db.Sessions, *events: CloudEvent) -> None:
    for event in events:
        async with db.transaction(sessions) as session:
            handle = apply_providers if event.type.startswith(("fi.vuoro.sign", "fi.vuoro.access")) else apply_booking
            await handle(session, event)


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


async def test_a_third_channel_is_planned_sent_and_told_of_like_the_others(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    assert await outbox(notify_db, toy).send_next(NOW)
    assert not await outbox(notify_db, toy).send_next(NOW)
    (delivery,) = toy.sent
    confirmation, reminder = await rows(notify_db)
    assert (delivery.key, delivery.to) == (confirmation.id, "the roof of +35840685404")
    assert (confirmation.state, reminder.state) == ("sent", "due")
    assert await emitted(notify_db) == [("fi.vuoro.message.sent", False)]


async def test_every_channel_gets_its_messages_and_a_replay_adds_none(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"), of_appointment("booked"))
    for name in ("sms", "email", toy.name):
        assert [row.kind for row in await rows(notify_db, name)] == ["confirmation", "reminder"]


async def test_a_cancellation_drops_what_is_due_and_is_sent(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"), of_appointment("cancelled", 2, state="cancelled"))
    found = {(row.kind, row.state) for row in await rows(notify_db)}
    assert found == {("confirmation", "dropped"), ("reminder", "dropped"), ("cancelled", "due")}


async def test_an_offer_is_sent_while_the_time_is_held(notify_db: db.Sessions, toy: Toy) -> None:
    data = {"id": str(APPOINTMENT), "state": "offered", "topic": "e-services", "region": "17"}
    until = (NOW + dt.timedelta(hours=1)).isoformat()
    await hear(notify_db, happened("waitlist.offered", data | {"offered_until": until, "appointment_id": None}))
    await only(notify_db)
    held = Booking(state="held", expires=NOW + dt.timedelta(hours=1))
    assert await outbox(notify_db, toy, held).send_next(NOW)
    assert [row.state for row in await rows(notify_db)] == ["sent"]


async def test_an_offer_without_an_end_and_other_events_plan_nothing(notify_db: db.Sessions, toy: Toy) -> None:
    data = {"id": str(APPOINTMENT), "state": "waiting", "topic": "e-services", "region": "17", "offered_until": None}
    await hear(
        notify_db,
        happened("waitlist.offered", data | {"appointment_id": None}),
        of_appointment("closed", 2),
        happened("something.new", {"a": 1}, 3),
    )
    assert await rows(notify_db) == []


async def test_a_sign_in_code_is_internal(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, happened("sign-in.requested", {"id": str(SIGN_IN)}))
    await only(notify_db)
    assert await outbox(notify_db, toy).send_next(NOW)
    assert "012345" in toy.sent[0].letter.short
    assert await emitted(notify_db) == [("fi.vuoro.message.sent", True)]


async def test_whose_access_was_taken_away_is_kept(notify_db: db.Sessions) -> None:
    at = dt.datetime.now(dt.UTC)
    await hear(notify_db, happened("access.revoked", {"bearer": "person:1", "at": at.isoformat()}))
    async with db.transaction(notify_db) as session:
        assert await session.scalar(sa.select(Revoked.at)) == at


def not_found(slug: str) -> Refused:
    return Refused(ProblemDocument(type=f"urn:vuoro:problem:{slug}", title="", status=404))


@pytest.mark.parametrize(
    ("booking", "reason"),
    [
        (Booking(phone=None), "no address for this channel"),
        (Booking(state="cancelled"), "the appointment is cancelled"),
        (Booking(start=NOW), "too late"),
    ],
)
async def test_what_is_not_worth_sending_is_dropped(
    notify_db: db.Sessions, toy: Toy, booking: Booking, reason: str
) -> None:
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    assert await outbox(notify_db, toy, booking).send_next(NOW)
    confirmation = (await rows(notify_db))[0]
    assert (confirmation.state, confirmation.reason) == ("dropped", reason)
    assert toy.sent == []


async def test_of_whom_nothing_is_known_any_more_nothing_is_sent(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    booking = Booking()
    booking.failure = not_found("not-found")
    assert await outbox(notify_db, toy, booking).send_next(NOW)
    assert (await rows(notify_db))[0].state == "dropped"


def refuse_facts(booking: Booking, _toy: Toy) -> None:
    booking.failure = not_found("forbidden")


def hide_booking(booking: Booking, _toy: Toy) -> None:
    booking.failure = Unavailable()


def break_facts(booking: Booking, _toy: Toy) -> None:
    booking.failure = KeyError("a value that must not be logged")


def refuse_for_now(_booking: Booking, toy: Toy) -> None:
    toy.failure = Undelivered("busy", permanent=False)


def take_long(_booking: Booking, toy: Toy) -> None:
    toy.seconds = 5


@pytest.mark.parametrize(
    ("fail", "reason"),
    [
        (refuse_facts, "the facts were refused: urn:vuoro:problem:forbidden"),
        (hide_booking, "the keeper of the facts is out of reach"),
        (break_facts, "KeyError"),
        (refuse_for_now, "busy"),
        (take_long, "it took too long"),
    ],
)
async def test_a_failure_is_tried_again_more_and_more_patiently(
    notify_db: db.Sessions, toy: Toy, fail: Callable[[Booking, Toy], None], reason: str
) -> None:
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    booking = Booking()
    fail(booking, toy)
    sender = outbox(notify_db, toy, booking, lease=0.2)
    assert await sender.send_next(NOW)
    assert not await sender.send_next(NOW + dt.timedelta(seconds=4))
    assert await sender.send_next(NOW + dt.timedelta(seconds=5))
    confirmation = (await rows(notify_db))[0]
    assert (confirmation.state, confirmation.reason, confirmation.attempts) == ("due", reason, 2)
    assert confirmation.try_at == NOW + dt.timedelta(seconds=5 + 15)


async def test_what_nobody_foresaw_is_logged_where_it_happened(
    notify_db: db.Sessions, toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    booking = Booking()
    break_facts(booking, toy)
    with caplog.at_level(logging.ERROR):
        await outbox(notify_db, toy, booking).send_next(NOW)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is KeyError


async def test_a_refusal_for_good_ends_the_message(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    toy.failure = Undelivered("no such roof", permanent=True)
    assert await outbox(notify_db, toy).send_next(NOW)
    confirmation = (await rows(notify_db))[0]
    assert (confirmation.state, confirmation.reason) == ("failed", "refused for good: no such roof")
    assert await emitted(notify_db) == [("fi.vuoro.message.failed", False)]


async def test_a_message_that_another_worker_took_up_is_not_closed_by_the_first(
    notify_db: db.Sessions, toy: Toy
) -> None:
    """The lease of the first ran out; what it finds out afterwards counts no more."""
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    first, toy.seconds = outbox(notify_db, toy, lease=0.5), 0.3
    sending = asyncio.create_task(first.send_next(NOW))
    await asyncio.sleep(0.1)
    async with db.transaction(notify_db) as session:
        await session.execute(sa.update(Message).values(attempts=Message.attempts + 1))
    await sending
    assert (await rows(notify_db))[0].state == "due"
    assert await emitted(notify_db) == []


async def test_two_senders_never_take_the_same_message(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, *(of_appointment("booked", number, id=str(uuid.UUID(int=number))) for number in range(1, 9)))
    await only(notify_db)
    sender = outbox(notify_db, toy)
    await asyncio.gather(*(sender.send_next(NOW) for _ in range(12)))
    assert len(toy.sent) == len({delivery.key for delivery in toy.sent}) == 8


def test_the_toy_is_a_channel() -> None:
    channel: Channel = Toy()
    assert channel.name == "carrier_pigeon"
