"""Reading a channel's own settings: all of them, or none, when it is not in use."""

import os
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from shared.settings import what_is_wrong

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
        raise Incomplete(what_is_wrong(model, error)) from None
