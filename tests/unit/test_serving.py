"""Serving a process: it rests while nobody asks, and is woken by the signal that stops it."""

import os
import signal
import subprocess
import sys
import urllib.request

from deploy.local.home import free_ports
from tests.conftest import ROOT
from tests.installation import eventually

SCRIPT = """
from fastapi import FastAPI
from shared import serving
serving.SECONDS_BETWEEN_TICKS = 3600
serving.serve(FastAPI())
"""


def test_a_signal_stops_what_would_not_look_for_an_hour() -> None:
    port = free_ports(["served"])["served"]
    environment = {**os.environ, "VUORO_LISTEN_PORT": str(port)}
    with subprocess.Popen([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment) as serving:

        def served_date() -> str | None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json") as answer:
                    return str(answer.headers["Date"])
            except OSError:
                return None

        assert "GMT" in eventually(served_date)
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(10) == -signal.SIGTERM
