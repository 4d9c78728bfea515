"""Child processes: started in sessions of their own, stopped in order, and gone when we are gone."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10
TAIL = 4096


class Failure(Exception):
    """Something that ends the run, in one sentence for the person at the terminal."""


class Process(Protocol):
    """What `subprocess.Popen` and `forks.ForkedProcess` have in common."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it has ended; raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Send a signal, if it still runs."""

    def kill(self) -> None:
        """Send SIGKILL, if it still runs."""


@dataclass(frozen=True)
class Child:
    """A running child."""

    name: str
    process: Process
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    @classmethod
    def start(
        cls,
        name: str,
        command: list[str],
        *,
        log: Path,
        env: dict[str, str] | None = None,
        account: pwd.struct_passwd | None = None,
        files: Collection[int] = (),
        fast_stop: bool = False,
    ) -> "Child":
        """Start `command`, its output appended to `log`: as another account, if one is given, with these open files.
        Without `env` it finds no setting of ours; `fast_stop` stops it by PostgreSQL's SIGINT."""
        stop_signal = signal.SIGINT if fast_stop else signal.SIGTERM
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=plain_environment() if env is None else env,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                cwd="/" if account else None,
                pass_fds=files,
                start_new_session=True,
                preexec_fn=die_with_parent(stop_signal),
            )
        return cls(name, process, log, stop_signal)

    def ask_to_stop(self) -> None:
        """Send the signal that stops it, if it runs."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop it; kill it when it has not ended after `GRACE_SECONDS`."""
        self.ask_to_stop()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def check(self) -> None:
        """Raise `Failure` when it has ended."""
        if (code := self.process.poll()) is not None:
            how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
            said = _last_sentence(self.log) if code == 1 else ""
            raise Failure(f"{self.name} stopped unexpectedly ({how}){said}. Its log: {self.log}")


def _last_sentence(log: Path) -> str:
    """Return what a process that gave up has said last, to be appended; nothing when it was no sentence."""
    with log.open("rb") as output:
        output.seek(max(0, log.stat().st_size - TAIL))
        last = output.read().decode(errors="replace").strip().rpartition("\n")[2]
    return "" if not last or last.startswith("{") else f": {last.removesuffix('.')}"  # JSON is the log's own


def plain_environment() -> dict[str, str]:
    """Return our own environment without the settings of Vuoro, which are secrets among others: for programs of others,
    which read none of them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VUORO_")}


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child calls first, so that it is stopped when this process is killed without a chance to stop it
    (Linux; elsewhere the child lives on)."""
    parent = os.getpid()
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # killed before prctl: no signal will come any more
            os._exit(1)

    return arrange
