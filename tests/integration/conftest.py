"""What several of these tests begin with."""

import pytest

from shared import db
from tests.integration.registry import Registry


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """A small registry that booking has heard of, with open Mondays."""
    found = Registry()
    await found.seed(booking_db)
    return found
