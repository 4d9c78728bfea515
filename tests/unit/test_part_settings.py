"""What each process of an installation is told: its own settings, and no other service's keys and secrets."""

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from deploy.local.home import Home
from deploy.local.parts import PARTS, Part
from services.booking.settings import Settings as Booking
from services.notify.channels.email import EmailSettings
from services.notify.channels.sms import SmsSettings
from services.notify.settings import Settings as Notify
from services.providers.settings import Settings as Providers
from services.web.settings import Settings as Web
from shared.serving import Serving

PORTS = dict.fromkeys(("providers", "booking", "notify", "web", "mailbox", "smtp"), 1)
READ: dict[str, tuple[type[BaseSettings], ...]] = {
    "providers": (Providers, Serving),
    "booking": (Booking, Serving),
    "notify": (Notify, EmailSettings, SmsSettings, Serving),
    "web": (Web, Serving),
    "mailbox": (Serving,),
}


def names(settings: type[BaseSettings]) -> set[str]:
    """The variables that settings are read from."""
    prefix = settings.model_config.get("env_prefix", "")
    fields = settings.model_fields.items()
    return {str(field.validation_alias or f"{prefix}{name.upper()}") for name, field in fields}


def told(home: Path, part: Part) -> set[str]:
    installation = Home(home, 8080)
    installation.make_keys()
    return {name for name in installation.environment(PORTS, part.service) if name.startswith("VUORO_")}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_is_told_what_it_reads_and_nothing_else(part: Part, tmp_path: Path) -> None:
    read = {name for settings in READ[part.service] for name in names(settings)}
    read |= {"VUORO_MAILBOX", "VUORO_SMTP_PORT"} if part.service == "mailbox" else set()
    assert told(tmp_path, part) <= read


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_what_the_operator_sets_goes_to_the_service_that_reads_it(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "VUORO_NOTIFY_SMTP_PASSWORD": "notify",
        "VUORO_PROVIDERS_IDENTITY_PROVIDERS": "providers",
        "VUORO_BOOKING_LIMIT_FACTOR": "booking",
        "VUORO_SOMETHING_ELSE": "nobody",
    }
    for name in given:
        monkeypatch.setenv(name, "2")
    assert set(given) & told(tmp_path, part) == {name for name, service in given.items() if service == part.service}
