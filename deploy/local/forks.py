"""Children that are forks of this process and share the memory of all that it has loaded.

Only a process with one thread, no event loop and no open connections may fork like this: a copied lock could stay
locked for ever, and two processes would speak over one connection.
"""

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from deploy.local.children import Failure, die_with_parent

SUPERVISED = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
SECONDS_BETWEEN_LOOKS = 0.01


class ForkedProcess:
    """A fork of this process, as `children.Process`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs."""
        if self._code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it has ended; raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout or 0)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return code

    def send_signal(self, sig: int) -> None:
        """Send a signal, if it still runs: the number of a child that was waited for may be somebody else's by now."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """Send SIGKILL, if it still runs."""
        self.send_signal(signal.SIGKILL)


def fork(act: Callable[[], None], *, keep: int = 2) -> ForkedProcess:
    """Run `act` in a fork, whose exit code is 0 when `act` returns and 1 when it raises; of SystemExit, as always.

    Of the open files, the fork has the standard ones and `keep`.
    """
    sys.stdout.flush()  # or the fork would write what is buffered a second time
    sys.stderr.flush()
    arrange = die_with_parent(signal.SIGTERM)
    # A signal that came right after the fork would run the supervisor's handler in the child, which would then stop
    # its own siblings. So none comes until the child has handlers of its own.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SUPERVISED)
    try:
        pid = os.fork()
        if pid == 0:
            _live(act, arrange, keep)
        return ForkedProcess(pid)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _live(act: Callable[[], None], arrange: Callable[[], None], keep: int) -> NoReturn:
    """Run a fork to its end. It never returns: the callers up the stack are the supervisor's."""
    code = 1
    try:
        arrange()
        _leave_the_supervisor(keep)
        act()
        code = 0
    except SystemExit as ended:
        code = _exit_code(ended)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        sys.stdout.flush()
        os._exit(code)  # the supervisor's atexit handlers are not ours


def _exit_code(ended: SystemExit) -> int:
    """Return the exit code, and print the sentence that it may have instead, as the interpreter does."""
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    os.write(2, f"{ended.code}\n".encode())
    return 1


def _leave_the_supervisor(keep: int) -> None:
    """A session, handlers of signals and files of its own, as a program that was started has them."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SUPERVISED)
    # The lock on the home among them: it would outlive a supervisor that was killed.
    os.closerange(3, keep)
    os.closerange(max(keep, 2) + 1, os.sysconf("SC_OPEN_MAX"))


def run_aside(act: Callable[[], None]) -> None:
    """Do what only the first start needs in a fork, which takes with it what it loaded; raises what `Failure` it
    raised."""
    reader, writer = os.pipe()
    child = fork(partial(_report, act, writer), keep=writer)
    os.close(writer)
    try:
        with open(reader, encoding="utf-8") as report:
            sentence = report.read()
        code = child.wait()
    finally:
        child.kill()  # when we are stopped meanwhile
    if sentence or code:
        raise Failure(sentence or f"The first start could not be finished (exit code {code}).")


def _report(act: Callable[[], None], writer: int) -> None:
    try:
        act()
    except Failure as failure:
        os.write(writer, str(failure).encode())
