"""The settings that services have in common, from the environment. Each service adds its own in `settings.py`."""

import sys
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

Found = TypeVar("Found", bound=BaseSettings)


class FromEnvironment(BaseSettings):
    """What all settings have in common. What is wrong with some is told without their values: of one that is missing,
    pydantic would show all the others, secrets among them."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True)


class Settings(FromEnvironment):
    """Where the parts of this installation are, and whom to trust."""

    public_url: str = Field("http://127.0.0.1:8080", validation_alias="VUORO_PUBLIC_URL")
    providers_url: str = Field("http://127.0.0.1:8081", validation_alias="VUORO_PROVIDERS_URL")
    booking_url: str = Field("http://127.0.0.1:8082", validation_alias="VUORO_BOOKING_URL")
    zone: str = Field("Europe/Helsinki", validation_alias="VUORO_ZONE", description="IANA zone of local wall time")
    audit_copy: Path | None = Field(
        default=None, description="file to which the audit log is copied, or the socket of a syslog"
    )
    trusted_keys: Path = Field(
        validation_alias="VUORO_TRUSTED_KEYS",
        description="JWK Set of the services' own public keys, kid = name",
    )


def read_or_stop(model: type[Found]) -> Found:
    """Return settings from the environment; end the process with a sentence when some are missing or of no use."""
    try:
        return model()
    except ValidationError as error:
        sys.exit(f"The settings cannot be used: {what_is_wrong(model, error)}.")


def what_is_wrong(model: type[BaseSettings], error: ValidationError) -> str:
    """Return what is wrong with settings, without what they say: some are secrets."""
    prefix = model.model_config["env_prefix"]
    findings = error.errors(include_input=False, include_url=False)
    return "; ".join(_sentence(prefix, finding) for finding in findings)


def _sentence(prefix: str, finding: ErrorDetails) -> str:
    if not finding["loc"]:  # of several together
        return finding["msg"]
    field = str(finding["loc"][0])
    variable = field if field.startswith("VUORO_") else f"{prefix}{field.upper()}"
    return f"{variable} is missing" if finding["type"] == "missing" else f"{variable}: {finding['msg']}"
