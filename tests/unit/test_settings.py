"""What is wrong with settings is told without what they say."""

import pytest
from pydantic import ValidationError

from services.booking import settings as booking
from services.notify import settings as notify
from services.notify.channels.email import EmailSettings
from services.notify.channels.sms import SmsSettings
from services.providers import settings as providers
from shared.settings import FromEnvironment

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
