"""Tools that others wrote in JavaScript, installed by `make test`. Without npm, tests of them say so; in CI that is a
failure."""

import os
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent / "tools"
BIN = TOOLS / "node_modules" / ".bin"
# They speak to nobody but whom a test asks about.
ENVIRONMENT = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def run(tool: str, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of them, or Node itself, to its end."""
    command = ["node" if tool == "node" else str(require(tool)), *map(str, arguments)]
    environment = os.environ | ENVIRONMENT
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def require(tool: str) -> Path:
    """Return where a tool is; the test is skipped where there is none."""
    return installed(BIN / tool)


def installed(path: Path) -> Path:
    """Return the path of something that npm installs, likewise."""
    if not path.exists():
        message = f"{path.name} is not installed: `make test` does it where npm is"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
