"""Clients that nobody here wrote, made from the descriptions: they search, hold, book, move, cancel and follow."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.openapi import documents
from tests.contract.javascript import TOOLS, require, run
from tests.installation import Installation

pytestmark = pytest.mark.trials

# The tool knows no media type but the usual ones, unless it is told.
CONFIGURATION = "post_hooks: []\ncontent_type_overrides: {text/calendar: application/octet-stream}\n"
# As docs/integrating.md says: else what has a default must be given, and a field that is added breaks the caller.
AS_DOCUMENTED = ("--default-non-nullable", "false")
TOLD = ["held", "booked", "moved", "cancelled"]


@pytest.fixture(scope="module")
def soon() -> str:
    """A time after which there are free times, and none passes while the test runs."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)).isoformat()


def is_the_whole_story(told: str) -> bool:
    return told.split() == [f"fi.vuoro.appointment.{step}" for step in TOLD]


def test_a_python_client(installation: Installation, tmp_path: Path, soon: str) -> None:
    description = tmp_path / "booking.json"
    description.write_text(json.dumps(documents()["booking"]), encoding="utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(CONFIGURATION, encoding="utf-8")
    generate = [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none"]
    generate += ["--path", str(description), "--config", str(config), "--fail-on-warning"]
    generate += ["--output-path", str(tmp_path / "vuoro_booking_client")]
    made = subprocess.run(generate, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    command = [sys.executable, str(TOOLS / "walk.py"), installation.gateway, installation.client_token(), soon]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    walked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert is_the_whole_story(walked.stdout), walked.stdout + walked.stderr


def test_a_typescript_client(installation: Installation, tmp_path: Path, soon: str) -> None:
    require("tsc")
    (tmp_path / "node_modules").symlink_to(TOOLS / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for name in ("walk.ts", "tsconfig.json"):
        shutil.copy(TOOLS / name, tmp_path)
    for service in ("booking", "providers"):
        description = tmp_path / f"{service}.json"
        description.write_text(json.dumps(documents()[service]), encoding="utf-8")
        made = run("openapi-typescript", description, "-o", tmp_path / f"{service}.d.ts", *AS_DOCUMENTED, cwd=tmp_path)
        assert made.returncode == 0, made.stdout + made.stderr
    compiled = run("tsc", "-p", ".", cwd=tmp_path)
    assert compiled.returncode == 0, compiled.stdout
    demo = installation.demo()
    walked = run("node", "walk.js", installation.gateway, demo["client_id"], demo["client_secret"], soon, cwd=tmp_path)
    assert is_the_whole_story(walked.stdout), walked.stdout + walked.stderr
