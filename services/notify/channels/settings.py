"""Reading a channel's own settings: all of them, or none, when it is not in use."""

import os
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

Found = TypeVar("Found", bound=BaseSettings)


class Incomplete(Exception):
    """Settings of channels are missing, or cannot be used; which ones is its text"""


def read_settings(model: type[Found]) -> Found | None:
    """Return a channel's settings from the environment; None when nothing with their prefix is set. Raises Incomplete
    when only some of those are that it needs."""
    prefix = model.model_config["env_prefix"]
    if not any(name.startswith(prefix) and value for name, value in os.environ.items()):
        return None
    try:
        return model()
    except ValidationError as error:
        # Without the values: some are secrets.
        findings = error.errors(include_input=False, include_url=False)
        raise Incomplete("; ".join(_sentence(prefix, finding) for finding in findings)) from None


def _sentence(prefix: str, finding: ErrorDetails) -> str:
    if not finding["loc"]:  # of several together
        return finding["msg"]
    field = str(finding["loc"][0])
    variable = field if field.startswith("VUORO_") else f"{prefix}{field.upper()}"
    return f"{variable} is missing" if finding["type"] == "missing" else f"{variable}: {finding['msg']}"
