"""Removing what may be gone already."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.clients import Refused

NOT_FOUND = "not-found"


@contextmanager
def gone_is_fine() -> Iterator[None]:
    """Let what somebody removes be gone already, as after a double tap; any other refusal is raised."""
    try:
        yield
    except Refused as refused:
        if not refused.is_(NOT_FOUND):
            raise
