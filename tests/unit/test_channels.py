"""What the channels do with a message, and what they say of a failure."""

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from email import message_from_bytes, policy

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notify import channels
from services.notify.channels import sms
from services.notify.channels.email import Email, EmailSettings, written
from services.notify.channels.protocol import Delivery, Undelivered
from services.notify.channels.sms import Sms, SmsSettings
from services.notify.domain.budgets import Budget
from services.notify.jobs import budgets_of
from services.notify.messages.letters import Letter
from services.notify.settings import Settings
from shared.languages import Language

pytestmark = pytest.mark.anyio
SENDER = "digituki@vuoro.example"
LETTER = Letter("Aikasi on varattu", "Lyhyt", "Pitkä ä", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "PUBLISH")
DELIVERY = Delivery(uuid.UUID(int=7), "aili@example.fi", "fi", LETTER)


class Server:
    """A real SMTP server that answers as it is told to."""

    def __init__(self) -> None:
        self.recipient_answer, self.data_answer = "250 OK", "250 kept"
        self.received: list[Envelope] = []

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        return self.data_answer


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, Email]]:
    behaviour = Server()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(behaviour, loop=loop), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    settings = {"host": "127.0.0.1", "port": port, "starttls": False, "VUORO_NOTIFY_SENDER": SENDER}
    yield behaviour, Email(EmailSettings.model_validate(settings))
    listening.close()
    await listening.wait_closed()


async def test_an_email_carries_its_key_and_its_calendar(server: tuple[Server, Email]) -> None:
    behaviour, email = server
    await email.send(DELIVERY)
    (envelope,) = behaviour.received
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Message-ID"] == f"<{DELIVERY.key}@vuoro.example>"
    assert message["Content-Language"] == "fi"
    text, calendar = message.iter_parts()
    assert text.get_content().strip() == "Pitkä ä"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["Content-Type"].params["method"] == "PUBLISH"


def test_a_letter_without_a_calendar_is_plain_text_in_its_language() -> None:
    message = written(replace(DELIVERY, letter=Letter("Koodi", "1", "1")), SENDER)
    assert message.get_content_type() == "text/plain"
    assert message["Content-Language"] == "fi"


@pytest.mark.parametrize(
    ("recipient_answer", "data_answer", "permanent"),
    [
        ("550 no such user", "250 kept", True),
        ("450 mailbox busy", "250 kept", False),
        ("250 OK", "554 no spam, please", True),
        ("250 OK", "451 try later", False),
    ],
)
async def test_a_server_says_whether_a_refusal_is_permanent(
    server: tuple[Server, Email], recipient_answer: str, data_answer: str, permanent: bool
) -> None:
    behaviour, email = server
    behaviour.recipient_answer, behaviour.data_answer = recipient_answer, data_answer
    with pytest.raises(Undelivered) as refused:
        await email.send(DELIVERY)
    assert refused.value.permanent == permanent
    assert "aili" not in refused.value.reason


@pytest.mark.parametrize("address", ["aili@example.fi\nBcc: x@y.fi", "aili@example.fi\r\nX: y"])
async def test_an_address_that_cannot_be_written_fails_for_good(server: tuple[Server, Email], address: str) -> None:
    behaviour, email = server
    with pytest.raises(Undelivered) as refused:
        await email.send(replace(DELIVERY, to=address))
    assert refused.value.permanent
    assert behaviour.received == []


async def test_a_server_that_is_away_is_tried_again() -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        settings = {"host": "127.0.0.1", "port": taken.getsockname()[1], "VUORO_NOTIFY_SENDER": SENDER}
        with pytest.raises(Undelivered) as refused:
            await Email(EmailSettings.model_validate(settings)).send(DELIVERY)
    assert not refused.value.permanent


async def test_refused_credentials_are_a_mistake_in_the_settings(
    server: tuple[Server, Email], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise aiosmtplib.SMTPAuthenticationError(535, "no")

    monkeypatch.setattr(aiosmtplib, "send", refuse)
    with pytest.raises(Undelivered, match="SMTP 535") as refused:
        await server[1].send(DELIVERY)
    assert not refused.value.permanent


@dataclass(frozen=True)
class Person:
    """Somebody with a number."""

    phone: str | None
    language: Language = "fi"
    email: str | None = None


@pytest.mark.parametrize(
    ("number", "countries", "region", "reached"),
    [
        ("+358406854048", "FI", "17", True),
        ("+358912345678", "FI", "17", False),  # a fixed line in Helsinki
        ("+3588001234", "FI", "17", False),  # free of charge for its caller, not for us
        ("+46701234567", "FI", "17", False),
        ("+46701234567", "fi, se", "17", True),
        ("+882160000000", "FI,SE", "17", False),  # a satellite
        (None, "FI", "17", False),
        ("+46701234567", "FI", "19", True),  # across the river from Tornio
        ("+46701234567", "FI", None, False),
        ("+358406854048", "FI,SE", "06", False),  # it says none
    ],
)
async def test_sms_go_to_mobile_numbers_of_countries_that_are_allowed(
    number: str | None, countries: str, region: str | None, reached: bool
) -> None:
    """Each region says which; where it does not, the installation does."""
    settings = {
        "account_sid": "AC" + "1" * 32,
        "auth_token": "secret",
        "VUORO_NOTIFY_TWILIO_FROM": "+358401234567",
        "VUORO_NOTIFY_SMS_COUNTRIES": countries,
        "VUORO_NOTIFY_SMS_COUNTRIES_OF_REGIONS": {"19": ["FI", "SE"], "06": []},
    }
    channel = Sms(SmsSettings.model_validate(settings))
    assert channel.address_of(Person(number), region) == (number if reached else None)
    await channel.close()


async def test_what_a_region_allows_and_expects_is_read_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    of_regions = {"SMS_COUNTRIES_OF_REGIONS": '{"19": ["SE"]}', "SMS_BUDGETS": '{"19": {"per_day": 2}}'}
    others = {"SENDER": SENDER, "SMS_PER_MONTH": "9", "DATABASE_URL": "postgresql://x", "SIGNING_KEY": "x"}
    told(monkeypatch, BY_TWILIO | others | of_regions)
    monkeypatch.setenv("VUORO_TRUSTED_KEYS", "x")
    channel = Sms.from_environment()
    assert channel is not None
    assert [channel.address_of(Person("+46701234567"), region) for region in ("19", "17")] == ["+46701234567", None]
    await channel.close()
    budgets = budgets_of(Settings())
    assert budgets.of("19") == Budget(2, 9)
    assert budgets.of("17") == budgets.of(None) == Budget(500, 9)


async def test_an_sms_provider_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "SECONDS", 0.1)
    waiting: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _reader, writer: waiting.append(writer), "127.0.0.1", 0)
    settings = {
        "account_sid": "AC" + "1" * 32,
        "auth_token": "secret",
        "VUORO_NOTIFY_TWILIO_FROM": "+358401234567",
        "url": f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}",
    }
    channel = Sms(SmsSettings.model_validate(settings))
    with pytest.raises(Undelivered, match="TimeoutError") as refused:
        await channel.send(DELIVERY)
    assert not refused.value.permanent
    await channel.close()
    silent.close()
    for writer in waiting:
        writer.close()
        await writer.wait_closed()


def test_each_channel_of_the_registry_has_a_name_of_its_own() -> None:
    names = [channel.name for channel in channels.CHANNELS]
    assert names
    assert len(set(names)) == len(names)


BY_SMTP = {"SENDER": SENDER, "SMTP_HOST": "mail.example", "SMTP_USERNAME": "u", "SMTP_PASSWORD": "hunter2"}
BY_TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "hunter2", "TWILIO_FROM": "+358401234567"}


def told(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    """Let these be all that the environment says to notify."""
    for name in [name for name in os.environ if name.startswith("VUORO_NOTIFY_")]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(f"VUORO_NOTIFY_{name}", value)


def test_a_channel_reads_its_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, BY_SMTP)
    settings = EmailSettings()
    assert (settings.host, settings.port, settings.starttls, settings.sender) == ("mail.example", 587, True, SENDER)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        (BY_SMTP, ["email"]),
        (BY_SMTP | {"SMS_COUNTRIES": "FI", "TWILIO_AUTH_TOKEN": ""}, ["email"]),
        (BY_TWILIO | {"SENDER": SENDER}, ["sms"]),
        (BY_SMTP | BY_TWILIO, ["sms", "email"]),
    ],
)
async def test_a_channel_without_its_settings_is_not_opened(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], names: list[str]
) -> None:
    told(monkeypatch, settings)
    opened = channels.open_channels()
    assert list(opened) == names
    for channel in opened.values():
        await channel.close()


@pytest.mark.parametrize(
    ("settings", "without", "sentence"),
    [
        (BY_SMTP | BY_TWILIO, "TWILIO_AUTH_TOKEN", "VUORO_NOTIFY_TWILIO_AUTH_TOKEN is missing"),
        (BY_SMTP | BY_TWILIO, "TWILIO_ACCOUNT_SID", "VUORO_NOTIFY_TWILIO_ACCOUNT_SID is missing"),
        (BY_SMTP | BY_TWILIO, "TWILIO_FROM", "VUORO_NOTIFY_TWILIO_FROM is missing"),
        (BY_SMTP, "SMTP_HOST", "VUORO_NOTIFY_SMTP_HOST is missing"),
        (BY_SMTP, "SMTP_PASSWORD", "VUORO_NOTIFY_SMTP_PASSWORD is missing"),
        (BY_SMTP, "SMTP_USERNAME", "VUORO_NOTIFY_SMTP_USERNAME is missing"),
        (BY_SMTP, "SENDER", "VUORO_NOTIFY_SENDER is missing"),
        (
            {"SENDER": SENDER},
            "SENDER",
            "nobody can be reached: neither e-mail (VUORO_NOTIFY_SMTP_…) nor SMS (VUORO_NOTIFY_TWILIO_…)",
        ),
    ],
)
def test_half_of_a_channels_settings_are_an_error_that_names_the_other_half(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], without: str, sentence: str
) -> None:
    told(monkeypatch, {name: value for name, value in settings.items() if name != without})
    with pytest.raises(channels.Incomplete) as incomplete:
        channels.open_channels()
    assert str(incomplete.value) == sentence


def test_a_setting_that_cannot_be_used_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, BY_SMTP | {"SMTP_PORT": "hunter2"})
    with pytest.raises(channels.Incomplete, match=r"^VUORO_NOTIFY_SMTP_PORT: ") as incomplete:
        channels.open_channels()
    assert "hunter2" not in str(incomplete.value)
