"""The worker of `notify`, whole."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.home import Home
from deploy.local.postgres import Postgres
from services.notify import channels, jobs
from shared import db, telemetry
from tests.conftest import ROOT, fresh_database
from tests.integration.outbox import (
    NOW,
    Toy,
    hear,
    of_appointment,
    rows,
)

pytestmark = pytest.mark.anyio


async def test_the_worker_looks_after_what_is_due_though_no_feed_can_be_read(
    postgres: Postgres, tmp_path: Path, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole worker, from its environment, until it is stopped; then its channels are closed."""
    url = fresh_database(postgres, "notify")
    home = Home(tmp_path, 8080)
    home.make_keys()
    ports = dict.fromkeys(("providers", "booking", "notify", "smtp", "mailbox"), 1)
    for name, value in home.environment(ports, "notify").items():
        if name.startswith("VUORO_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("VUORO_NOTIFY_DATABASE_URL", url)
    monkeypatch.setattr(jobs, "now", lambda: NOW)
    monkeypatch.setattr(telemetry, "configure", lambda: None)  # it would take the log away from pytest
    monkeypatch.setattr(channels, "CHANNELS", (Toy,))
    monkeypatch.setattr(Toy, "from_environment", classmethod(lambda _cls: toy))
    engine, sessions = db.connect(url)
    await hear(sessions, of_appointment("booked"))
    working = asyncio.create_task(jobs.work())
    try:
        # Booking is out of reach, so the message is tried, and kept for later.
        await until(sessions, "the keeper of the facts is out of reach")
    finally:
        working.cancel()
        await asyncio.wait([working])
        await engine.dispose()
    assert toy.closed


async def until(sessions: db.Sessions, reason: str) -> None:
    """Wait until a message has failed for that reason."""
    for _ in range(400):
        if reason in [row.reason for row in await rows(sessions)]:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"no message failed with {reason!r}")


def test_half_of_a_channels_settings_keep_the_worker_from_starting_in_one_sentence(
    postgres: Postgres, tmp_path: Path
) -> None:
    home = Home(tmp_path, 8080)
    home.make_keys()
    ports = dict.fromkeys(("providers", "booking", "notify", "smtp", "mailbox"), 1)
    environment = home.environment(ports, "notify") | {"VUORO_NOTIFY_DATABASE_URL": postgres.url("notify", "notify")}
    del environment["VUORO_NOTIFY_TWILIO_AUTH_TOKEN"]
    command = [sys.executable, "-m", "services.notify", "worker"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (
        1,
        "The worker of notify cannot start: VUORO_NOTIFY_TWILIO_AUTH_TOKEN is missing.\n",
    )
