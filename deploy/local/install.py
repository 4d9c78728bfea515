"""`python -m deploy.local.install LIST`: install what a list of requirements names, and say how far it is.

pip's own words go to a log, since on some machines its warnings would hide all else. Only the standard library is used:
this runs before anything is installed.
"""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

EVERY = 20
LAST_LINES = 15
LOG = Path(sys.prefix) / "install.log"
# The list is whole. Were pip to look for what each package needs, it would try the newest version of one that is asked
# for with an extra, which no hash is known of, and fail on the day when that comes out.
OPTIONS = ["--disable-pip-version-check", "--progress-bar=off", "--require-hashes", "--no-deps"]
PIP = [sys.executable, "-m", "pip", "install", *OPTIONS]


def main(requirements: str) -> int:
    """Install them; return pip's exit code, after the end of its log if it failed."""
    count = sum(not line.startswith((" ", "#")) for line in Path(requirements).read_text().splitlines())
    print(f"Installing {count} packages into .venv, once; pip's log is {LOG}", flush=True)
    started = time.monotonic()
    code = _call([*PIP, "-r", requirements], count)
    if code == 0:
        print(f"  installed in {time.monotonic() - started:.0f} s")
    else:
        print("\n".join(LOG.read_text().splitlines()[-LAST_LINES:]), file=sys.stderr)
    return code


def _call(command: list[str], count: int) -> int:
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with pip, LOG.open("w") as log:
        assert pip.stdout is not None
        for text in steps(_logged(pip.stdout, log), count):
            print(text, flush=True)
    return pip.returncode


def _logged(lines: Iterable[str], log: TextIO) -> Iterator[str]:
    for line in lines:
        log.write(line)
        yield line


def steps(lines: Iterable[str], count: int) -> Iterator[str]:
    """Yield what to tell of pip's lines: how many packages of `count` it has looked at, and that it unpacks them."""
    seen = 0
    for line in lines:
        # Each requirement of the list has one such line, whether it is fetched, there already or not for this machine.
        if "(from -r " in line or line.startswith("Ignoring "):
            seen += 1
            if seen % EVERY == 0 or seen == count:
                yield f"  {seen} of {count} found"
        elif line.startswith("Installing collected packages"):
            yield "  unpacking"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
