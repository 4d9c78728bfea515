"""Two ways of starting the parts: as forks of this process, which share its memory, or each by its module, as on a
machine that runs one of them."""

import os
import runpy
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI
from setproctitle import getproctitle, setproctitle

from deploy.local.children import Child
from deploy.local.forks import fork
from deploy.local.parts import ROOT, Part

EnvironmentOf = Callable[[Part], dict[str, str]]


class Launcher(Protocol):
    """A way of starting parts."""

    def prepare(self, environment_of: EnvironmentOf) -> None:
        """Do what can be done before the databases are there."""

    def start(self, part: Part, environment: dict[str, str], log: Path) -> Child:
        """Start a part, with this environment alone."""


class ModuleLauncher:
    """Start each part with an interpreter of its own."""

    def prepare(self, environment_of: EnvironmentOf) -> None:
        """Nothing is shared."""

    def start(self, part: Part, environment: dict[str, str], log: Path) -> Child:
        """Run `python -m`."""
        command = [sys.executable, *part.command]
        return Child.start(part.name, command, log=log, env=environment | {"PYTHONPATH": str(ROOT)})


class ForkLauncher:
    """Load everything once and fork the parts from here."""

    def __init__(self) -> None:
        self._apps: dict[str, FastAPI] = {}

    def prepare(self, environment_of: EnvironmentOf) -> None:
        """Load what the parts share, and make the apps of the services."""
        getproctitle()  # finds where the command line is by the environment that we started with, so before it changes
        from deploy.local.preloading import preload  # PostgreSQL starts meanwhile, so not before

        self._apps = preload(environment_of)

    def start(self, part: Part, environment: dict[str, str], log: Path) -> Child:
        """Fork a process that does what `python -m` does."""
        log.parent.mkdir(parents=True, exist_ok=True)
        return Child(part.name, fork(partial(_become, part, environment, log, self._apps.get(part.name))), log)


def _become(part: Part, environment: dict[str, str], log: Path, app: FastAPI | None) -> None:
    """Be the part from here on."""
    setproctitle(" ".join([sys.executable, *part.command]))
    _redirect(log)
    os.environ.clear()
    os.environ.update(environment)
    if app is None:
        sys.argv = [part.module, *part.arguments]
        runpy.run_module(part.module, run_name="__main__", alter_sys=True)
    else:
        from shared.serving import serve

        serve(app)


def _redirect(log: Path) -> None:
    """Append what is printed to the log; nothing can be typed in."""
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)
