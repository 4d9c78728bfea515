"""Child processes: started in sessions of their own, stopped in order, and gone when we are gone."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10


class Failure(Exception):
    """Something that ends the run, in one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Child:
    """A running child."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @classmethod
    def start(
        cls,
        name: str,
        command: list[str],
        *,
        log: Path,
        env: dict[str, str] | None = None,
        user: str | None = None,
        fast_stop: bool = False,
    ) -> "Child":
        """Start `command`, its output added to `log`; `fast_stop` is PostgreSQL's SIGINT."""
        stop_signal = signal.SIGINT if fast_stop else signal.SIGTERM
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                cwd="/" if user else None,
                start_new_session=True,
                preexec_fn=_die_with_parent(stop_signal, os.getpid()),
            )
        return cls(name, process, log, stop_signal)

    def ask_to_stop(self) -> None:
        """Ask it to stop, if it runs."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask it to stop, and make it stop when it does not listen."""
        self.ask_to_stop()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _die_with_parent(stop_signal: signal.Signals, parent: int) -> Callable[[], None] | None:
    """What makes a child stop when we are killed without a chance to stop it (Linux; elsewhere it lives on)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # killed in between
            os._exit(1)

    return arrange
