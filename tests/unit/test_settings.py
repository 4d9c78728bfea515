"""What is wrong with settings is told without what they say."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from services.booking import settings as booking
from services.notify import settings as notify
from services.notify.channels.email import EmailSettings
from services.notify.channels.sms import SmsSettings
from services.providers import settings as providers
from shared.secrets import Secrets, WithSecret
from shared.serving import serve
from shared.settings import FromEnvironment, read_or_stop

SECRET = "hunter2" * 5


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        (booking.Settings, "VUORO_BOOKING_SECRET"),
        (booking.Settings, "VUORO_BOOKING_DATABASE_URL"),
        (providers.Settings, "VUORO_PROVIDERS_SECRET"),
        (notify.Settings, "VUORO_NOTIFY_DATABASE_URL"),
        (EmailSettings, "VUORO_NOTIFY_SMTP_PASSWORD"),
        (SmsSettings, "VUORO_NOTIFY_TWILIO_AUTH_TOKEN"),
    ],
)
def test_of_a_setting_that_is_missing_the_others_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, model: type[FromEnvironment], variable: str
) -> None:
    monkeypatch.setenv(variable, SECRET)
    with pytest.raises(ValidationError, match="Field required") as missing:
        model()
    assert SECRET not in str(missing.value)


GOOD = "0123456789abcdef" * 2


def needed(monkeypatch: pytest.MonkeyPatch, prefix: str, secret: str, accepted: str = "") -> None:
    for name in ("VUORO_TRUSTED_KEYS", f"{prefix}_DATABASE_URL", f"{prefix}_SIGNING_KEY", f"{prefix}_ISSUER_KEYS"):
        monkeypatch.setenv(name, str(Path("/nowhere")))
    monkeypatch.setenv(f"{prefix}_SECRET", secret)
    monkeypatch.setenv(f"{prefix}_ACCEPTED_SECRETS", accepted)


@pytest.mark.parametrize(
    ("model", "prefix"), [(booking.Settings, "VUORO_BOOKING"), (providers.Settings, "VUORO_PROVIDERS")]
)
def test_other_secrets_are_listed_with_commas_between(
    monkeypatch: pytest.MonkeyPatch, model: type[WithSecret], prefix: str
) -> None:
    needed(monkeypatch, prefix, GOOD)
    assert model().secrets == Secrets(GOOD)
    needed(monkeypatch, prefix, GOOD, f"{'a' * 32}, with spaces {GOOD}")
    assert model().secrets.accepted == (GOOD, "a" * 32, f"with spaces {GOOD}")


@pytest.mark.parametrize(
    ("secret", "accepted", "sentence"),
    [
        ("short-yGh1", "", "VUORO_BOOKING_SECRET: 32 letters or more are needed. `openssl rand -hex 32` makes"),
        (SECRET, "", "VUORO_BOOKING_SECRET: it is too easy to guess: fewer than 8 of its letters are different. "),
        (GOOD, f"{GOOD},short-yGh1", "VUORO_BOOKING_ACCEPTED_SECRETS: 32 letters or more are needed. "),
        (GOOD, f"{GOOD},", "VUORO_BOOKING_ACCEPTED_SECRETS: 32 letters or more are needed. "),
        ("", "", "The settings cannot be used: VUORO_BOOKING_SECRET is missing."),
    ],
)
def test_a_secret_that_is_easy_to_guess_ends_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, secret: str, accepted: str, sentence: str
) -> None:
    needed(monkeypatch, "VUORO_BOOKING", secret, accepted)
    with pytest.raises(SystemExit) as ended:
        read_or_stop(booking.Settings)
    assert sentence in str(ended.value)
    for said in (secret, *accepted.split(",")):
        assert not said or said not in str(ended.value)


def test_an_api_without_a_port_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VUORO_LISTEN_PORT", raising=False)
    with pytest.raises(SystemExit, match=r"The settings cannot be used: VUORO_LISTEN_PORT is missing\."):
        serve(FastAPI())
