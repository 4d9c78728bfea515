"""Forks of the supervisor: what they take with them and what they leave."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from deploy.local.children import Failure
from deploy.local.forks import ForkedProcess, fork, run_aside
from tests.conftest import ROOT


def answer_of(act: Callable[[], object], path: Path) -> str:
    """What `act` returns in a fork."""

    def write() -> None:
        path.write_text(str(act()))

    assert fork(write).wait(10) == 0
    return path.read_text()


def fail() -> None:
    raise ValueError("not meant to be seen")


def test_exit_codes(capfd: pytest.CaptureFixture[str]) -> None:
    assert fork(lambda: None).wait(10) == 0
    assert fork(fail).wait(10) == 1
    assert "ValueError" in capfd.readouterr().err


def test_who_ends_with_a_sentence_says_it_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    codes = [fork(partial(sys.exit, said)).wait(10) for said in ("It cannot be.", 3, None)]
    assert codes == [1, 3, 0]
    assert capfd.readouterr().err == "It cannot be.\n"


def test_a_signal_is_a_negative_exit_code_and_none_is_sent_to_who_has_ended() -> None:
    asleep = fork(partial(signal.pause))
    assert asleep.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        asleep.wait(0.05)
    asleep.kill()
    assert asleep.wait(10) == -signal.SIGKILL
    asleep.send_signal(signal.SIGTERM)


def test_the_supervisors_handlers_stay_behind() -> None:
    """A fork that is told to stop must end, and not do what the supervisor does then."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(77))
    try:
        asleep = fork(partial(signal.pause))
        asleep.send_signal(signal.SIGTERM)
        assert asleep.wait(10) == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_session_of_its_own(tmp_path: Path) -> None:
    assert answer_of(partial(os.getsid, 0), tmp_path / "session") != str(os.getsid(0))


def test_files_of_the_supervisor_are_closed_but_for_the_one_that_is_kept(tmp_path: Path) -> None:
    files = [os.open(tmp_path / name, os.O_CREAT | os.O_WRONLY) for name in ("lock", "kept", "other")]
    found = tmp_path / "found"
    writes = partial(_write_what_is_open, files, found)
    assert fork(writes, keep=files[1]).wait(10) == 0
    assert found.read_text() == str([False, True, False])
    for file in files:
        os.close(file)


def _write_what_is_open(files: list[int], found: Path) -> None:
    found.write_text(str([os.path.exists(f"/proc/self/fd/{file}") for file in files]))


def test_what_is_done_aside_fails_with_its_own_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise Failure("Ääni ei kuulu.")

    run_aside(lambda: None)
    with pytest.raises(Failure, match="Ääni ei kuulu"):
        run_aside(refuse)
    with pytest.raises(Failure, match="could not be finished"):
        run_aside(fail)
    assert "ValueError" in capfd.readouterr().err


def test_somebody_who_ended_long_ago_is_still_known() -> None:
    ended = fork(lambda: None)
    assert isinstance(ended, ForkedProcess)
    assert [ended.wait(10), ended.wait(), ended.poll()] == [0, 0, 0]


def test_preloading_starts_no_thread_and_leaves_nothing_open(tmp_path: Path) -> None:
    """Only then may the process fork: a lock that a thread holds would stay locked in the fork for ever."""
    script = """
import os
from deploy.local.home import Home
from deploy.local.preloading import preload
from pathlib import Path
home = Home(Path(os.environ["VUORO_HOME"]), 8080)
home.make_keys()
ports = dict.fromkeys(["providers", "booking", "notify", "web", "mailbox", "smtp"], 1)
before = dict(os.environ)
apps = preload(lambda part: home.environment(ports, part.service))
files = [os.readlink(f"/proc/self/fd/{file}") for file in os.listdir("/proc/self/fd") if int(file) > 2
    and os.path.exists(f"/proc/self/fd/{file}")]
print(sorted(apps), len(os.listdir("/proc/self/task")), files, os.environ == before)
"""
    home = str(tmp_path / "home")
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "VUORO_HOME": home},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "['booking', 'mailbox', 'notify', 'providers', 'web'] 1 [] True", done.stderr
