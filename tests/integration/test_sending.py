"""Messages are sent, dropped or tried again; on a real database."""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import psycopg
import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.notify.actions.asking import Addressed
from services.notify.actions.sending import Outbox
from services.notify.channels.protocol import Channel, Contacts, Undelivered
from services.notify.domain.budgets import Budget
from services.notify.models import Message
from shared import db
from shared.problems import Unavailable
from shared.retention import FAREWELL_KEPT, LOST_LINK_KEPT
from tests.conftest import as_owner
from tests.integration.outbox import (
    APPOINTMENT,
    FORMER,
    LOST_LINK,
    NOW,
    SIGN_IN,
    Booking,
    Toy,
    emitted,
    happened,
    hear,
    not_found,
    of_appointment,
    only,
    outbox,
    rows,
)
from tests.integration.registry import address_of

pytestmark = pytest.mark.anyio
DAY = dt.timedelta(days=1)


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


async def test_an_offer_is_sent_while_the_time_is_held(notify_db: db.Sessions, toy: Toy) -> None:
    data = {"id": str(APPOINTMENT), "state": "offered", "topic": "e-services", "region": "17"}
    until = (NOW + dt.timedelta(hours=1)).isoformat()
    await hear(notify_db, happened("waitlist.offered", data | {"offered_until": until, "appointment_id": None}))
    await only(notify_db)
    held = Booking(state="held", expires=NOW + dt.timedelta(hours=1))
    assert await outbox(notify_db, toy, held).send_next(NOW)
    assert [row.state for row in await rows(notify_db)] == ["sent"]


async def joined(sessions: db.Sessions, sending: Outbox) -> tuple[str, str | None]:
    """Somebody joins the waitlist; what becomes of the message."""
    data = {"id": str(APPOINTMENT), "state": "waiting", "topic": "e-services", "region": "17"}
    await hear(sessions, happened("waitlist.joined", data | {"offered_until": None, "appointment_id": None}))
    await only(sessions)
    assert await sending.send_next(NOW)
    [row] = await rows(sessions)
    return row.state, row.reason


async def test_who_joins_the_waitlist_has_the_link_though_the_tab_is_closed(notify_db: db.Sessions, toy: Toy) -> None:
    assert await joined(notify_db, outbox(notify_db, toy)) == ("sent", None)
    assert "https://vuoro.example/w/x" in toy.sent[0].letter.short
    assert await emitted(notify_db) == [("fi.vuoro.message.sent", False)]


async def test_who_has_left_the_waitlist_is_sent_nothing(notify_db: db.Sessions, toy: Toy) -> None:
    """Their contacts are erased: booking does not know them any more."""
    booking = Booking()
    booking.failure = not_found("not-found")
    state, reason = await joined(notify_db, outbox(notify_db, toy, booking))
    assert (state, reason) == ("dropped", "there is nobody to tell any more")


async def test_who_is_offered_a_time_at_once_has_the_link_with_it(notify_db: db.Sessions, toy: Toy) -> None:
    booking = Booking()
    booking.waiting = "offered"
    assert await joined(notify_db, outbox(notify_db, toy, booking)) == ("dropped", "the entry is offered")


async def test_a_sign_in_code_is_internal(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, happened("sign-in.requested", {"id": str(SIGN_IN)}))
    await only(notify_db)
    assert await outbox(notify_db, toy).send_next(NOW)
    assert "012345" in toy.sent[0].letter.short
    assert await emitted(notify_db) == [("fi.vuoro.message.sent", True)]


async def test_a_warning_goes_to_whom_another_tries_to_be_and_is_internal(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, happened("sign-in.failed", {"id": str(SIGN_IN)}))
    await only(notify_db)
    assert await outbox(notify_db, toy).send_next(NOW)
    assert "vääri" in toy.sent[0].letter.short
    assert await emitted(notify_db) == [("fi.vuoro.message.sent", True)]


async def test_a_consent_is_told_to_whom_it_is_asked_of_and_is_internal(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, happened("consent.noticed", {"id": str(SIGN_IN)}))
    await only(notify_db)
    assert await outbox(notify_db, toy).send_next(NOW)
    assert "Digiapu ry kysyy" in toy.sent[0].letter.short
    assert await emitted(notify_db) == [("fi.vuoro.message.sent", True)]


async def test_lost_links_are_sent_for_who_has_some_and_nobody_is_told_whether_that_was_so(
    notify_db: db.Sessions, toy: Toy
) -> None:
    nobody = Booking()
    nobody.failure = not_found("not-found")
    for number, booking, state in ((1, Booking(), "sent"), (2, nobody, "dropped")):
        await hear(notify_db, happened("lost-link.asked", {"id": str(LOST_LINK)}, number), channels=[Toy.name])
        assert await outbox(notify_db, toy, booking).send_next(NOW)
        row = next(
            row for row in await rows(notify_db) if row.id == uuid.uuid5(uuid.UUID(int=number), f"lost_link/{Toy.name}")
        )
        assert (row.state, row.region, row.not_after - row.due_at) == (state, None, LOST_LINK_KEPT)
    [delivery] = toy.sent
    assert "https://vuoro.example/a/x" in delivery.letter.short
    assert await emitted(notify_db) == [("fi.vuoro.message.sent", True), ("fi.vuoro.message.dropped", True)]


async def test_lost_links_that_come_too_late_are_not_sent(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, happened("lost-link.asked", {"id": str(LOST_LINK)}), channels=[Toy.name])
    assert await outbox(notify_db, toy).send_next(NOW + LOST_LINK_KEPT)
    assert [(row.state, row.reason) for row in await rows(notify_db)] == [("dropped", "too late")]


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


async def test_who_was_erased_before_the_visit_is_told_of_both(notify_db: db.Sessions, toy: Toy) -> None:
    """The event of the erasure comes with that of the cancellation, before anything is sent."""
    await hear(
        notify_db, of_appointment("cancelled", state="cancelled"), of_appointment("erased", 2, state="cancelled")
    )
    await only(notify_db)
    assert await outbox(notify_db, toy, Booking(state="cancelled", erased=True)).send_next(NOW)
    (delivery,) = toy.sent
    assert "Aika peruttu" in delivery.letter.short
    assert "Tietosi on poistettu" in delivery.letter.short
    assert [(row.kind, row.state) for row in await rows(notify_db)] == [("cancelled", "sent")]


@pytest.mark.parametrize(
    ("state", "contacts", "due"),
    [
        ("booked", True, [("confirmation", 2), ("reminder", 2)]),
        ("booked", False, [("confirmation", 1), ("reminder", 1)]),
        ("displaced", True, [("displaced", 2)]),
        ("cancelled", True, [("confirmation", 1), ("reminder", 1)]),
    ],
)
async def test_new_contacts_are_told_again_what_holds(
    notify_db: db.Sessions, toy: Toy, state: str, contacts: bool, due: list[tuple[str, int]]
) -> None:
    """By the event, the first or the second, whose messages are due afterwards."""
    await hear(notify_db, of_appointment("booked"), of_appointment("corrected", 2, state=state, contacts=contacts))
    ids = {uuid.uuid5(uuid.UUID(int=number), f"{kind}/{Toy.name}"): number for kind, number in due}
    assert [(row.kind, ids.get(row.id)) for row in await rows(notify_db) if row.state == "due"] == due


@pytest.mark.parametrize(("named", "asked"), [({"former": str(FORMER)}, FORMER), ({}, APPOINTMENT)])
async def test_each_former_contact_is_asked_for_by_its_own_id(
    notify_db: db.Sessions, toy: Toy, named: dict[str, str], asked: uuid.UUID
) -> None:
    """By that of the appointment, where the version before has said so."""
    corrected = of_appointment("corrected", 2, contacts=False, replaced=True, **named)
    await hear(notify_db, of_appointment("booked"), corrected, channels=[Toy.name])
    assert [row.subject for row in await rows(notify_db) if row.kind == "replaced"] == [asked]


@pytest.mark.parametrize("change", ["waitlist.corrected", "waitlist.offered"])
async def test_the_former_contact_of_who_waits_is_told(notify_db: db.Sessions, toy: Toy, change: str) -> None:
    data = {"id": str(uuid.UUID(int=1)), "state": "waiting", "topic": "e-services", "region": "17"}
    data |= {"offered_until": (NOW + DAY).isoformat(), "former": str(FORMER)}
    await hear(notify_db, happened(change, data | {"appointment_id": None}), channels=[Toy.name])
    assert [row.subject for row in await rows(notify_db) if row.kind == "replaced"] == [FORMER]


async def test_a_former_contact_is_told_and_who_has_a_new_key_gets_it(notify_db: db.Sessions, toy: Toy) -> None:
    """Also when a contact was only taken away, and whatever is said of the visit afterwards."""
    corrected = of_appointment("corrected", 2, contacts=False, replaced=True)
    await hear(notify_db, of_appointment("booked"), corrected, of_appointment("erased", 3), channels=[Toy.name])
    due = [(row.kind, row.not_after - row.due_at) for row in await rows(notify_db) if row.state == "due"]
    assert due == [("replaced", FAREWELL_KEPT)]
    assert [row.kind for row in await rows(notify_db) if row.state == "dropped"].count("confirmation") == 2
    assert await outbox(notify_db, toy).send_next(NOW)
    [delivery] = toy.sent
    assert (delivery.to, delivery.language) == ("the roof of +358406854048", "sv")
    assert "ring servicestället" in delivery.letter.text
    for detail in ("Kuusamo", "Aino", "https:"):
        assert detail not in delivery.letter.text


async def test_who_was_erased_is_reminded_of_nothing(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, of_appointment("booked"), of_appointment("erased", 2))
    assert {(row.kind, row.state) for row in await rows(notify_db)} == {
        ("confirmation", "dropped"),
        ("reminder", "dropped"),
    }


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


async def test_a_message_that_is_out_but_cannot_be_closed_keeps_its_lease(
    postgres: Postgres, notify_db: db.Sessions, toy: Toy
) -> None:
    await hear(notify_db, of_appointment("booked"))
    await only(notify_db)
    as_owner(postgres, address_of(notify_db), "ALTER TABLE event RENAME TO away")
    with pytest.raises(psycopg.errors.UndefinedTable):
        await outbox(notify_db, toy).send_next(NOW)
    confirmation = (await rows(notify_db))[0]
    assert (len(toy.sent), confirmation.state) == (1, "due")
    assert confirmation.try_at == NOW + dt.timedelta(seconds=60)


async def test_two_senders_never_take_the_same_message(notify_db: db.Sessions, toy: Toy) -> None:
    await hear(notify_db, *(of_appointment("booked", number, id=str(uuid.UUID(int=number))) for number in range(1, 9)))
    await only(notify_db)
    sender = outbox(notify_db, toy)
    await asyncio.gather(*(sender.send_next(NOW) for _ in range(12)))
    assert len(toy.sent) == len({delivery.key for delivery in toy.sent}) == 8


def test_the_toy_is_a_channel() -> None:
    channel: Channel = Toy()
    assert channel.name == "carrier_pigeon"


async def test_what_was_planned_on_a_channel_that_is_not_in_use_any_more_is_dropped(
    notify_db: db.Sessions, toy: Toy
) -> None:
    await hear(notify_db, of_appointment("booked"))
    without = replace(outbox(notify_db, toy), channels={})
    while await without.send_next(NOW):
        pass
    found = [(row.state, row.reason) for row in await rows(notify_db) if row.kind == "confirmation"]
    assert found == [("dropped", "this channel is not in use any more")]


async def send_codes(sending: Outbox, sessions: db.Sessions, *asked: tuple[dt.datetime, str]) -> None:
    """Have a code sent, which costs money, at each time in each region."""
    for now, region in asked:
        until = (now + dt.timedelta(minutes=30)).isoformat()
        code = of_appointment("verification-asked", expires=until, region=region)
        await hear(sessions, code.model_copy(update={"id": uuid.uuid4(), "time": now}), channels=[Toy.name])
        while await sending.send_next(now):
            pass


def held(start: dt.datetime) -> Booking:
    """An appointment whose citizen has to verify it."""
    return Booking(state="held", start=start + dt.timedelta(days=60))


async def test_the_first_paid_message_beyond_the_budget_of_a_local_day_raises_one_alarm(
    notify_db: db.Sessions, toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    midnight = dt.datetime(2027, 3, 27, 22, tzinfo=dt.UTC)  # of the day on which the clocks change, which has 23 hours
    day = midnight - dt.timedelta(minutes=1)
    sending = outbox(notify_db, toy, held(day), Budget(per_day=2))
    await send_codes(sending, notify_db, *[(now, "17") for now in (day, day, day, day, midnight)])
    assert len(toy.sent) == 5  # they are sent all the same
    [alarm] = [row for row in await rows(notify_db, "email") if row.kind == "budget"]
    assert (alarm.region, alarm.due_at) == ("17", day)
    assert [record.levelname for record in caplog.records if "budget of 2" in record.getMessage()] == ["ERROR"]
    addressed = await sending.facts.ask(alarm, day)
    assert isinstance(addressed, Addressed)
    assert (addressed.person.email, addressed.person.phone) == ("operator@vuoro.example", None)
    assert "17" in addressed.letter.subject


async def test_each_region_has_its_own_budget_and_the_others_raise_no_alarm_in_it(
    notify_db: db.Sessions, toy: Toy
) -> None:
    of_region = {"19": Budget(per_day=1), "17": Budget(per_day=9, per_month=3)}
    sending = outbox(notify_db, toy, held(NOW), Budget(per_day=2), of_region)
    days = [NOW, NOW, NOW + DAY, NOW + DAY, NOW + 31 * DAY]  # the last is of April
    await send_codes(sending, notify_db, *[(now, region) for now in days for region in ("17", "19", "06")])
    alarms = {(row.region, row.due_at) for row in await rows(notify_db, "email") if row.kind == "budget"}
    assert alarms == {("17", NOW + DAY), ("19", NOW), ("19", NOW + DAY)}


class ByLetter(Toy):
    """A channel to e-mail addresses, which costs nothing."""

    paid: ClassVar[bool] = False

    def address_of(self, person: Contacts, _region: str | None, /) -> str | None:
        return person.email


async def test_the_coordinators_of_a_region_are_told_of_its_budget_each_in_their_language(
    notify_db: db.Sessions, toy: Toy
) -> None:
    letters = ByLetter()
    sending = replace(outbox(notify_db, toy, held(NOW), Budget(per_day=1)), channels={Toy.name: toy, "email": letters})
    await send_codes(sending, notify_db, (NOW, "17"), (NOW, "17"), (NOW, "17"))
    assert [(sent.to, sent.language) for sent in letters.sent] == [
        ("operator@vuoro.example", "fi"),
        ("pomo@example.fi", "fi"),
        ("chef@example.fi", "sv"),
    ]
    assert "budget" in letters.sent[2].letter.text
    assert all(internal for kind, internal in await emitted(notify_db) if "region" in kind)
