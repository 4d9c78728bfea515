"""What several of these tests begin with."""

import pytest

from services.notify import channels
from shared import db
from tests.integration.outbox import Toy
from tests.integration.registry import Registry


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """A small registry that booking has heard of, with open Mondays."""
    found = Registry()
    await found.seed(booking_db)
    return found


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The registry with the third channel in it."""
    monkeypatch.setattr(channels, "CHANNELS", (*channels.CHANNELS, Toy))
    return Toy()
