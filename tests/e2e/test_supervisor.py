"""Trouble at the start, and in the middle: one clear sentence and a non-zero exit."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local.postgres import Postgres
from tests.conftest import ROOT, as_owner, fresh_database
from tests.installation import Installation, eventually
from tests.prepared_home import PreparedHome

pytestmark = pytest.mark.trials


def ended(home: Path, **environment: str) -> tuple[int, str]:
    """The exit code of a start that fails, and what it says."""
    running = Installation(home, **environment)
    running.launch()
    assert running.process is not None
    try:
        code = running.process.wait(40)
    finally:
        running.stop()
    return code, running.told()


def one_sentence(told: str) -> str:
    assert "Traceback" not in told
    return told.strip().splitlines()[-1]


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, told = ended(tmp_path / "home", VUORO_PORT=port)
    assert code == 1
    assert one_sentence(told) == f"Port {port} is taken by another program. Set VUORO_PORT to a free one."


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    code, told = ended(tmp_path / "home", VUORO_PORT=port)
    assert code == 1
    assert "a port between 1 and 65535 is needed" in one_sentence(told)


def test_a_second_copy_on_the_same_home(installation: Installation) -> None:
    second = Installation(installation.home)
    second.output = installation.home.with_suffix(".second")
    second.launch()
    assert second.process is not None
    assert second.process.wait(30) == 1
    assert "already" in one_sentence(second.told())
    assert installation.slots()


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    url = "postgresql://booking:hunter2@127.0.0.1:1/booking"
    code, told = ended(tmp_path / "home", VUORO_BOOKING_DATABASE_URL=url)
    assert code == 1
    assert "The database of booking cannot be reached (VUORO_BOOKING_DATABASE_URL)" in one_sentence(told)
    assert "hunter2" not in told


def test_an_address_that_is_no_databases(tmp_path: Path) -> None:
    code, told = ended(tmp_path / "home", VUORO_NOTIFY_DATABASE_URL="mysql://x:hunter2@y/z")
    assert code == 1
    assert "The database of notify cannot be reached (VUORO_NOTIFY_DATABASE_URL)" in one_sentence(told)
    assert "hunter2" not in told


def test_a_migration_that_fails(tmp_path: Path, postgres: Postgres) -> None:
    url = fresh_database(postgres, "notify")
    as_owner(postgres, url, "UPDATE alembic_version SET version_num = '0000'")
    code, told = ended(tmp_path / "home", VUORO_NOTIFY_DATABASE_URL=url)
    assert code == 1
    assert "The database of notify could not be migrated" in one_sentence(told)


def test_a_child_that_crashes_and_a_home_that_is_reset(tmp_path: Path, prepared: PreparedHome) -> None:
    running = Installation(tmp_path / "home")
    prepared.copy_to(running.home)
    running.start()
    running.child("services.notify worker").kill()
    assert running.process is not None
    assert running.process.wait(30) == 1
    assert "notify-worker stopped unexpectedly (SIGKILL)" in one_sentence(running.told())
    reset = subprocess.run(
        [sys.executable, "-m", "vuoro", "reset", "--yes"],
        cwd=ROOT,
        env={**os.environ, **running.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "is empty" in reset.stdout
    assert not running.home.exists()


def test_a_setting_that_a_service_cannot_use(tmp_path: Path) -> None:
    """The service itself says so in its log, and the supervisor says it again."""
    code, told = ended(tmp_path / "home", VUORO_NOTIFY_LEASE_SECONDS="soon")
    assert code == 1
    sentence = "The settings cannot be used: VUORO_NOTIFY_LEASE_SECONDS: Input should be a valid integer"
    assert re.match(
        rf"notify(-worker)? stopped unexpectedly \(exit code 1\): {sentence}.*\. Its log: ", one_sentence(told)
    )
    logs = [path.read_text() for path in (tmp_path / "home" / "log").glob("notify*.log")]
    assert any(log.startswith(sentence) for log in logs)
    assert not any("Traceback" in log for log in logs)


def test_the_supervisor_does_nothing_until_something_happens(installation: Installation) -> None:
    assert installation.process is not None
    supervisor = psutil.Process(installation.process.pid)
    before = supervisor.num_ctx_switches().voluntary
    time.sleep(1)
    assert supervisor.num_ctx_switches().voluntary == before


def test_each_process_has_a_session_a_log_and_a_port_of_its_own(installation: Installation) -> None:
    names = ["services.providers api", "services.booking api", "services.booking worker", "deploy.local.mailbox"]
    children = [installation.child(name) for name in names]
    assert all(os.getsid(child.pid) == child.pid for child in children)
    logs = [os.readlink(f"/proc/{child.pid}/fd/1") for child in children]
    assert [Path(log).name for log in logs] == ["providers.log", "booking.log", "booking-worker.log", "mailbox.log"]
    # The lock on the home is the supervisor's alone: a child that outlives it must not keep the next start out.
    assert not any(file.path.endswith("/lock") for child in children for file in child.open_files())
    listening = [[c.laddr.port for c in child.net_connections() if c.status == "LISTEN"] for child in children]
    assert [len(ports) for ports in listening] == [1, 1, 0, 2]


def test_only_its_owner_can_read_what_is_kept(tmp_path: Path, prepared: PreparedHome) -> None:
    """Also what an older version left open, and whatever the umask is."""
    running = Installation(tmp_path / "home")
    prepared.copy_to(running.home)
    (running.home / "log").mkdir(parents=True, exist_ok=True)
    for name in ("log/booking.log", "mailbox.jsonl", "demo.json"):
        (running.home / name).touch()
        (running.home / name).chmod(0o644)
    (running.home / "log").chmod(0o755)
    before = os.umask(0o000)
    try:
        running.start()
    finally:
        os.umask(before)
    running.sign_in(running.demo()["coordinator"])
    running.stop()
    kept = [path for path in running.home.rglob("*") if not path.is_relative_to(running.home / "postgres" / "data")]
    assert {"booking.log", "gateway.log", "postgres.log", "mailbox.jsonl", "demo.json"} <= {path.name for path in kept}
    assert [str(path) for path in kept if path.stat().st_mode & 0o077] == []


def test_no_child_has_the_settings_of_another(tmp_path: Path, prepared: PreparedHome) -> None:
    """What a child could read of its own environment, as the kernel keeps it."""
    given = {"VUORO_NOTIFY_SMTP_PASSWORD": "hunter2", "VUORO_NOTIFY_SMTP_USERNAME": "vuoro"}
    running = Installation(tmp_path / "home", **given)
    prepared.copy_to(running.home)
    running.start()
    try:
        assert running.process is not None
        found = {
            " ".join(child.cmdline()): Path(f"/proc/{child.pid}/environ").read_bytes()
            for child in psutil.Process(running.process.pid).children()
        }
        assert [name for name, environment in found.items() if b"hunter2" in environment] == []
    finally:
        running.stop()


def test_ctrl_c_while_the_libraries_are_loaded(tmp_path: Path) -> None:
    running = Installation(tmp_path / "home")
    running.start()
    running.stop()
    postmaster = running.home / "postgres" / "data" / "postmaster.pid"
    running.launch()
    eventually(postmaster.exists)
    assert running.stop() == 0
    assert "PostgreSQL is ready" not in running.told()
    assert running.told().strip() == "Stopping."
    assert not postmaster.exists()


def test_ctrl_c_while_starting_leaves_nothing_running(tmp_path: Path) -> None:
    running = Installation(tmp_path / "home")
    running.launch()
    eventually(lambda: "PostgreSQL is ready" in running.told())
    assert running.stop(signal.SIGTERM) == 0
    assert not (running.home / "postgres" / "data" / "postmaster.pid").exists()


def run_vuoro(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vuoro", *arguments],
        cwd=ROOT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_from_the_command_line(installation: Installation, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("id,name,address,municipality\n1,Oulunsalon kirjasto,Tie 1,Oulu\n2,X,Tie 2,Nowhere\n")
    first, second = (run_vuoro(installation, "import", "points", str(points)) for _ in range(2))
    assert (first.returncode, first.stdout.splitlines()[-1].split(",")[0]) == (0, "1 created")
    assert "points.csv, line 3: municipality is no municipality's name or code" in first.stderr
    assert "0 created, 0 changed, 1 unchanged" in second.stdout
    found = installation.http.get("/api/providers/v1/service-points", params={"municipality": "564", "limit": 500})
    assert "Oulunsalon kirjasto" in found.text


def test_the_operators_first_accounts(installation: Installation) -> None:
    added = run_vuoro(installation, "add", "coordinator", "uusi@vuoro.example", "--region", "17")
    assert added.returncode == 0
    again = run_vuoro(installation, "add", "coordinator", "uusi@vuoro.example", "--region", "17")
    assert again.returncode == 1
    assert "Somebody else uses this contact" in again.stderr
    assert "Traceback" not in again.stderr
    headers = installation.sign_in("uusi@vuoro.example")
    assert installation.http.get("/api/providers/v1/me", headers=headers).json()["roles"][0]["role"] == "coordinator"
    client = run_vuoro(installation, "add", "client", "Testi", "--region", "17", "--scope", "events:read")
    assert "client_secret:" in client.stdout


def test_importing_without_a_running_installation(tmp_path: Path, installation: Installation) -> None:
    (tmp_path / "p.csv").write_text("id\n")
    environment = {**installation.environment, "VUORO_HOME": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "-m", "vuoro", "import", "points", str(tmp_path / "p.csv")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Start it with `make run` first" in done.stderr
