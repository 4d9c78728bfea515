"""What several of these tests begin with."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from deploy.local.home import Home
from deploy.local.postgres import Postgres
from services.notify import channels
from services.notify.app import create_app
from services.providers.actions.issuer import Issuer
from shared import db
from shared.keys import KeyRing
from shared.secrets import Secrets
from tests.conftest import fresh_database
from tests.integration.apps import SECRET
from tests.integration.odd_provider import Handler, Odd
from tests.integration.outbox import Toy
from tests.integration.registry import Registry
from tests.serving import serving


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """A small registry that booking has heard of, with open Mondays."""
    found = Registry()
    await found.seed(booking_db)
    return found


@pytest.fixture
async def notify_app(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    """The app of `notify`, made from the environment as a process makes it, with keys in `tmp_path`. It serves, and
    nothing of what goes on beside the requests runs."""
    Home(tmp_path, 8080).make_keys()
    monkeypatch.setenv("VUORO_NOTIFY_DATABASE_URL", fresh_database(postgres, "notify"))
    monkeypatch.setenv("VUORO_NOTIFY_SIGNING_KEY", str(tmp_path / "keys" / "notify.pem"))
    monkeypatch.setenv("VUORO_NOTIFY_SENDER", "digituki@vuoro.example")
    monkeypatch.setenv("VUORO_TRUSTED_KEYS", str(tmp_path / "keys" / "trusted.json"))
    made = create_app()
    yield made
    await made.state.engine.dispose()


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The registry with the third channel in it."""
    monkeypatch.setattr(channels, "CHANNELS", (*channels.CHANNELS, Toy))
    return Toy()


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    """The issuer of tokens, with keys in `tmp_path`."""
    Home(tmp_path, 8080).make_keys()
    return Issuer(KeyRing(tmp_path / "keys" / "issuer"), Secrets(SECRET))


@pytest.fixture
def odd() -> Iterator[Odd]:
    """An identity provider that answers whatever a test says."""
    with serving(Odd(("127.0.0.1", 0), Handler)) as server:
        yield server
