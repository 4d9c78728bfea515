"""`make run`: an installation is started, watched over and stopped."""

import json
import os
import select
import signal
import sys
from types import FrameType

from deploy.local.children import Failure
from deploy.local.demonstration import REGION
from deploy.local.home import Home
from deploy.local.launchers import ForkLauncher, Launcher, ModuleLauncher
from deploy.local.run import Run

GREETING = """
Vuoro is ready: {gateway}

  Book a time           {gateway}/
  Messages sent         {gateway}/dev/mailbox
{how_to_begin}

Stop with Ctrl-C; everything is kept in {home}.
"""

DEMONSTRATION = """\
  Sign in               {passkeys}/sign-in   as {tutor} (tutor),
                        {staff} (service point) or {coordinator} (coordinator{passkey});
                        the six-digit code comes to the mailbox above
  For scripts           {demo}"""
ACCOUNTS_OF_ONES_OWN = """\
  Sign in               {passkeys}/sign-in   as somebody with an account;
                        the first ones: docs/operating.md, "First accounts\""""


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM. No `except Exception` on the way may take it for a fault of its own."""


class Signals:
    """The signals that end the run, and those of children that end."""

    def __init__(self) -> None:
        # A signal that comes just before `select` is not lost: its byte waits in the pipe.
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _raise_stopped)

    def wait(self) -> None:
        """Wait, without any work, until a signal comes; raises `Stopped`."""
        select.select([self._reader], [], [])
        os.read(self._reader, 512)

    def ignore(self) -> None:
        """Be deaf to whoever wants to stop us, since we are stopping."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def default_launcher() -> Launcher:
    """Forks on Linux. Elsewhere a process may not go on after a fork: macOS's own libraries start threads."""
    return ForkLauncher() if sys.platform.startswith("linux") else ModuleLauncher()


def main(launcher: Launcher) -> int:
    """Run until Ctrl-C, SIGTERM or a failure; return the exit code."""
    os.umask(0o077)  # of the parts too: whatever is written is read by this account alone
    signals, run = Signals(), None
    try:
        home = Home.from_environment()
        home.lock()
        run = Run(home, launcher)
        run.start()
        _greet(home)
        while True:
            run.check_children()
            signals.wait()
    except Stopped:
        print("\nStopping.", flush=True)
        return 0
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr, flush=True)
        return 1
    finally:
        signals.ignore()
        if run is not None:
            run.stop()


def _greet(home: Home) -> None:
    print(GREETING.format(gateway=home.gateway, home=home.path, how_to_begin=how_to_begin(home)), flush=True)


def how_to_begin(home: Home) -> str:
    """Return who can sign in, and where, on this home."""
    passkeys = home.gateway.replace("127.0.0.1", "localhost")  # they cannot be bound to a number
    if not home.demo.exists():
        return ACCOUNTS_OF_ONES_OWN.format(passkeys=passkeys)
    people = json.loads(home.demo.read_text())
    names = {name: people[name] for name in ("tutor", "staff", "coordinator")}
    passkey = ", who makes a passkey: only at localhost" if _coordinators_need_a_passkey() else ""
    return DEMONSTRATION.format(passkeys=passkeys, demo=home.demo, passkey=passkey, **names)


def _coordinators_need_a_passkey() -> bool:
    strong = json.loads(os.environ.get("VUORO_PROVIDERS_STRONG_SIGN_IN") or "{}")
    return "coordinator" in strong.get(REGION, ["coordinator"])
