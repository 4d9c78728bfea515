"""The stand-in for Twilio against Twilio's own package, which is generated from the published API."""

import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from twilio.rest.api.v2010.account.message import MessageInstance

from deploy.local.home import free_ports
from deploy.local.mailbox.app import create_mailbox_app
from deploy.local.mailbox.mails import Mailbox
from deploy.local.mailbox.twilio import resource
from services.notify.channels.protocol import Delivery, Undelivered
from services.notify.channels.sms import Sms, SmsSettings
from services.notify.messages.letters import Letter
from tests.installation import eventually

pytestmark = pytest.mark.anyio
STATUSES, DIRECTIONS = (
    {value for name, value in vars(values).items() if not name.startswith("_")}
    for values in (MessageInstance.Status, MessageInstance.Direction)
)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[tuple[Mailbox, int]]:
    ports = free_ports(["http", "smtp"])
    mailbox = Mailbox(tmp_path / "mailbox.jsonl")
    server = uvicorn.Server(
        uvicorn.Config(create_mailbox_app(mailbox, ports["smtp"]), port=ports["http"], log_level="error", ws="none")
    )
    thread = threading.Thread(target=server.run)
    thread.start()

    def is_open() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", ports["http"])) == 0

    eventually(is_open)
    yield mailbox, ports["http"]
    server.should_exit = True
    thread.join()


def settings(port: int) -> SmsSettings:
    return SmsSettings.model_validate(
        {
            "account_sid": "AC" + "1" * 32,
            "auth_token": "secret",
            "VUORO_NOTIFY_TWILIO_FROM": "+358401234567",
            "url": f"http://127.0.0.1:{port}",
        }
    )


def hello(to: str, key: uuid.UUID | None = None) -> Delivery:
    return Delivery(key or uuid.uuid4(), to, "fi", Letter("Hei", "Hei äö", "Hei äö"))


async def test_the_package_sends_through_it_and_a_retry_delivers_once(stand_in: tuple[Mailbox, int]) -> None:
    mailbox, port = stand_in
    sms, key = Sms(settings(port)), uuid.uuid4()
    for _ in range(2):
        await sms.send(hello("+35840685404", key))
    await sms.close()
    assert [(mail["to"], mail["text"], mail["key"]) for mail in mailbox.mails] == [("+35840685404", "Hei äö", str(key))]


async def test_a_number_that_is_none_is_refused_for_good(stand_in: tuple[Mailbox, int]) -> None:
    sms = Sms(settings(stand_in[1]))
    with pytest.raises(Undelivered) as refused:
        await sms.send(hello("+3581"))
    await sms.close()
    assert refused.value.permanent
    assert "3581" not in refused.value.reason


async def test_a_provider_that_is_away_is_tried_again() -> None:
    sms = Sms(settings(free_ports(["nobody"])["nobody"]))
    with pytest.raises(Undelivered) as refused:
        await sms.send(hello("+35840685404"))
    await sms.close()
    assert not refused.value.permanent


def test_its_answer_has_every_field_of_the_published_resource() -> None:
    answer = resource("AC" + "1" * 32, "+35840685404", "+358401234567", "Hei")
    message = MessageInstance(None, answer, account_sid=answer["account_sid"])
    published = {name for name in vars(message) if not name.startswith("_")}
    renamed = {"from_": "from"}
    assert {renamed.get(name, name) for name in published} == set(answer)
    assert message.status in STATUSES
    assert message.direction in DIRECTIONS
    assert message.date_created is not None
