"""The floor: the same SQL by pgbench, with nothing around it."""

import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.postgres_programs import programs

PGBENCH = programs() / "pgbench"


@dataclass(frozen=True)
class Floor:
    """Of a transaction: the median in milliseconds, and how many there were in a second."""

    p50: float
    per_second: float


def script(statement: str, types: Mapping[str, str]) -> str:
    """A statement of ours as pgbench takes it: its parameters as typed variables, on one line."""
    flat = re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", statement)).strip()
    flat = re.sub(r"(?<=\w):(?=[a-z])", "'||chr(58)||'", flat)  # pgbench sees variables inside quotes, too
    return re.sub(r"%\((\w+)\)s", lambda name: f":{name[1]}::{types[name[1]]}", flat) + ";"


def measure(url: str, lines: Sequence[str], values: Mapping[str, Any], *, clients: int, transactions: int) -> Floor:
    """Run a script so many times; the values are given to all of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text("\n".join(lines) + "\n")
        command = [str(PGBENCH), url, "-n", "-M", "prepared", "-f", str(path), "-c", str(clients), "-j", "1"]
        command += ["-t", str(transactions // clients), "-l", f"--log-prefix={folder}/log"]
        command += [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        took = [
            int(line.split()[2]) / 1000 for log in Path(folder).glob("log*") for line in log.read_text().splitlines()
        ]
        tps = re.search(r"tps = ([\d.]+)", done.stdout)
        assert tps
        return Floor(statistics.median(took), float(tps[1]))
