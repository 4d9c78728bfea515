"""Parts that are down, and processes that are killed."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.home import Home, free_ports
from deploy.local.launchers import ModuleLauncher
from deploy.local.parts import PARTS
from deploy.local.postgres import Postgres
from deploy.local.run import Run
from tests.conftest import ROOT, fresh_database
from tests.installation import WITHOUT_LIMITS, Installation, eventually
from tests.prepared_home import PreparedHome

pytestmark = pytest.mark.trials


class Parts(Installation):
    """An installation whose parts can be stopped one by one, since nobody watches over them; started by their modules,
    since pytest is no process to fork from."""

    def start(self) -> None:
        self.run = Run(Home(self.home, self.port), ModuleLauncher())
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("VUORO_PUBLIC_URL", self.gateway)
            self.run.start()

    def kill(self, name: str) -> None:
        """kill -9 a part."""
        child = next(child for child in self.run.children if child.name == name)
        child.process.kill()
        child.process.wait()
        self.run.children.remove(child)

    def revive(self, name: str) -> None:
        """Start a part again and wait for it."""
        part = next(part for part in PARTS if part.name == name)
        self.run.start_part(part)
        self.run.wait_for_part(part)

    def stop(self, _number: signal.Signals = signal.SIGINT) -> int:
        self.run.stop()
        self.http.close()
        return 0


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory, prepared: PreparedHome) -> Iterator[Parts]:
    running = Parts(tmp_path_factory.mktemp("parts"))
    prepared.copy_to(running.home)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("VUORO_BOOKING_LIMIT_FACTOR", WITHOUT_LIMITS)
        running.start()
        yield running
        running.stop()


def test_without_providers_booking_still_books_for_everybody(parts: Parts) -> None:
    client = parts.as_client()
    assert parts.book(parts.slots()[0]["id"], client).status_code == 201
    search = {"topic": "e-services", "municipality": "305"}
    assert parts.http.get("/times", params=search).status_code == 200  # web has heard of the registry once
    parts.kill("providers")
    try:
        parts.kill("booking")  # and it comes back while the issuer of its callers' tokens is away
        parts.revive("booking")
        assert parts.book(parts.slots()[0]["id"], client).status_code == 201
        assert parts.book(parts.slots()[0]["id"]).status_code == 201
        page = parts.http.get("/times", params=search)
        assert page.status_code == 200
        answer = parts.http.get("/api/providers/v1/topics", headers={"Accept-Language": "en"})
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "The service cannot be reached right now"
        assert "Yritä" in parts.http.post("/sign-in", data={"contact": "a@b.fi"}).text
    finally:
        parts.revive("providers")


def test_without_booking_the_page_says_so_kindly(parts: Parts) -> None:
    parts.kill("booking")
    try:
        page = parts.http.get(
            "/times", params={"topic": "e-services", "municipality": "305"}, headers={"Accept-Language": "sv"}
        )
        assert (page.status_code, "kan inte nås" in page.text) == (503, True)
        assert parts.http.get("/").status_code == 200
    finally:
        parts.revive("booking")


def test_without_notify_booking_books_and_the_confirmation_comes_later(parts: Parts) -> None:
    parts.kill("notify-worker")
    parts.kill("notify")
    booked = parts.book(parts.slots()[0]["id"], email="myohemmin@example.fi")
    assert booked.status_code == 201
    cancelled = parts.book(parts.slots()[1]["id"], email="peruttu@example.fi").json()
    key = {"Manage-Token": cancelled["manage_url"].rpartition("/")[2]}
    parts.http.post(f"/api/booking/v1/appointments/{cancelled['id']}/cancellation", headers=key)
    parts.revive("notify-worker")
    parts.revive("notify")
    assert eventually(lambda: parts.mails("myohemmin@example.fi"))
    told = eventually(lambda: parts.mails("peruttu@example.fi"))
    assert len(told) == 1
    assert "peruttu" in told[0]["subject"]


def test_without_the_gateways_services_a_person_sees_a_page(parts: Parts) -> None:
    parts.kill("web")
    try:
        page = parts.http.get("/", headers={"Accept-Language": "en-GB"})
        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "Please try again" in page.text
    finally:
        parts.revive("web")


def test_every_acknowledged_appointment_survives_kill_9_of_the_database(parts: Parts) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def book() -> None:
        while not stop.is_set():
            slots = parts.slots(limit=1)
            answer = parts.book(slots[0]["id"]) if slots else None
            if answer is not None and answer.status_code == 201:
                acknowledged.append(answer.json()["id"])

    def book_until_it_fails() -> None:
        with contextlib.suppress(KeyError, ValueError):  # once the database is gone
            book()

    worker = threading.Thread(target=book_until_it_fails)
    worker.start()
    eventually(lambda: len(acknowledged) >= 10)
    parts.kill("postgres")
    stop.set()
    worker.join()
    parts.run.children.insert(0, Postgres(parts.home).start())
    with psycopg.connect(parts.run.home.database_url("booking")) as connection:
        rows = connection.execute("SELECT id::text FROM appointment WHERE state = 'booked'").fetchall()
        told = connection.execute("SELECT subject FROM event WHERE type = 'fi.vuoro.appointment.booked'").fetchall()
    assert set(acknowledged) <= {row[0] for row in rows} <= {row[0] for row in told}
    assert eventually(lambda: parts.http.get("/api/booking/readyz").status_code == 200)
    # The first to meet a broken connection is told to try again; then they are all mended.
    assert eventually(lambda: parts.http.get("/api/booking/v1/slots").status_code == 200, seconds=5)
    assert eventually(lambda: parts.book(parts.slots()[0]["id"]).status_code == 201)


def test_a_worker_that_starts_before_the_database_answers_goes_on_once_it_does(parts: Parts) -> None:
    """After a power cut both start at once, and the database has to recover first."""
    parts.kill("booking-worker")
    parts.kill("postgres")
    parts.revive("booking-worker")
    log = parts.run.log("booking-worker")
    eventually(lambda: "The database is out of reach" in log.read_text())
    parts.run.children.insert(0, Postgres(parts.home).start())
    eventually(lambda: parts.http.get("/api/providers/readyz").status_code == 200)
    body = {"name": {"fi": "Sähkökatko"}, "kind": "association", "municipality": "305"}
    made = parts.http.post("/api/providers/v1/organisations", json=body, headers=parts.as_client()).json()["id"]
    with psycopg.connect(parts.run.home.database_url("booking"), autocommit=True) as connection:
        heard = "SELECT 1 FROM organisation WHERE id = %s"
        assert eventually(lambda: connection.execute(heard, [made]).fetchone())


class Sink:
    """A real SMTP server that can be made to hold a message: before it has it, or before it says so."""

    def __init__(self, hold: str | None = None) -> None:
        self.hold = hold
        self.holding = threading.Event()
        self.received: list[tuple[str, str]] = []
        self.port = free_ports(["smtp"])["smtp"]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Sink":
        self._thread.start()
        eventually(self._is_open)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        serving = self._loop.create_server(lambda: SMTP(self, loop=self._loop), "127.0.0.1", self.port)
        server = self._loop.run_until_complete(serving)
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.hold == "before":
            self.holding.set()
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content.decode() if isinstance(envelope.content, bytes) else ""
        key = next(line for line in content.splitlines() if line.startswith("Message-ID"))
        self.received.append((envelope.rcpt_tos[0], key))
        if self.hold == "after":
            self.holding.set()
            await asyncio.sleep(3600)
        return "250 kept"


@pytest.mark.parametrize(("hold", "receipts"), [("before", 0), ("after", 1)])
def test_kill_9_of_the_worker_neither_loses_a_message_nor_sends_it_under_two_keys(
    installation: Installation, postgres: Postgres, hold: str, receipts: int
) -> None:
    """Killed with the message claimed and not handed over, and killed with it handed over and not yet noted."""
    address = f"{hold}@example.fi"
    booked = installation.book(installation.slots(channel="phone")[-1]["id"], email=address)
    assert booked.status_code == 201
    database = fresh_database(postgres, "notify")

    def worker(port: int) -> subprocess.Popen[bytes]:
        environment = {
            **installation.service_environment("notify"),
            "VUORO_NOTIFY_DATABASE_URL": database,
            "VUORO_NOTIFY_SMTP_PORT": str(port),
            "VUORO_NOTIFY_LEASE_SECONDS": "1",
        }
        return subprocess.Popen([sys.executable, "-m", "services.notify", "worker"], env=environment, cwd=ROOT)

    with Sink(hold) as first:
        doomed = worker(first.port)
        assert first.holding.wait(20)
        with psycopg.connect(database) as connection:
            eventually(
                lambda: connection.execute("SELECT 1 FROM message WHERE subject = %s", [booked.json()["id"]]).fetchone()
            )
        doomed.kill()
        doomed.wait()
    before = [key for to, key in first.received if to == address]
    with Sink() as second:
        successor = worker(second.port)
        try:
            eventually(lambda: [key for to, key in second.received if to == address])
            eventually(lambda: state_of(database, booked.json()["id"]) == {"sent"})
        finally:
            successor.kill()
            successor.wait()
    after = [key for to, key in second.received if to == address]
    assert len(after) == 1
    assert len(set(before + after)) == 1
    assert len(first.received) <= 4 * receipts


def state_of(database: str, subject: str) -> set[str]:
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT state FROM message WHERE subject = %s AND kind = 'confirmation' AND channel = 'email'", [subject]
        ).fetchall()
    return {row[0] for row in rows}


def test_a_killed_supervisor_leaves_nobody_behind(tmp_path: Path, prepared: PreparedHome) -> None:
    running = Installation(tmp_path / "home")
    prepared.copy_to(running.home)
    running.start()
    assert running.process is not None
    children = psutil.Process(running.process.pid).children(recursive=True)
    assert len(children) > 8
    running.process.kill()
    running.process.wait()
    _gone, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    started = time.monotonic()
    running.start()
    print(f"warm start after a kill: {time.monotonic() - started:.1f} s")
    assert running.slots()
    assert running.stop() == 0
    assert not any(
        str(running.home) in " ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])
    )
