"""The Python processes of an installation, and two ways of starting them: as forks of the supervisor, which share its
memory, or each by its module, as on a machine that runs one of them."""

import gc
import importlib
import os
import runpy
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from setproctitle import setproctitle
from sqlalchemy.orm import configure_mappers

from deploy.local.children import Child
from deploy.local.forks import fork
from deploy.local.home import DATABASES
from shared.tls import tls_context

ROOT = Path(__file__).parent.parent.parent
APIS = (*DATABASES, "web")
WORKERS = ("booking", "notify")


@dataclass(frozen=True)
class Part:
    """A process that `python -m module arguments` runs too."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    ready: str = ""
    """The path that answers 200 when it can serve; none, when it does not listen."""

    @property
    def listens(self) -> bool:
        """Whether it needs a port."""
        return bool(self.ready)


PARTS = (
    *(Part(name, f"services.{name}", ("api",), f"/api/{name}/readyz") for name in DATABASES),
    Part("web", "services.web", ("api",), "/readyz"),
    *(Part(f"{name}-worker", f"services.{name}", ("worker",)) for name in WORKERS),
    Part("mailbox", "deploy.local.mailbox", ready="/healthz"),
)
# What two processes or more load, ours and the libraries below it; with what one of them alone needs and what is
# slow to load (the mailbox's SMTP server), when that is loaded while PostgreSQL starts. Not Twilio's client and
# aiohttp, which are a tenth of all and only the worker of notify has.
PRELOADED = (
    "services.providers.app",
    "services.booking.app",
    "services.booking.jobs",
    "services.notify.app",
    "services.web.app",
    "deploy.local.mailbox.app",
    "shared.serving",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.lifespan.on",
    "sqlalchemy.dialects.postgresql.psycopg",
)


class Launcher(Protocol):
    """A way of starting parts."""

    def prepare(self) -> None:
        """Do what can be done before the databases are there."""

    def start(self, part: Part, environment: dict[str, str], log: Path) -> Child:
        """Start a part, with this environment alone."""


class ForkLauncher:
    """Load everything once and fork the parts from here."""

    def prepare(self) -> None:
        """Load what the parts share. Loading makes no rubbish worth collecting, and a collection in a fork would write
        to every page that it has in common with the others."""
        gc.disable()
        for module in PRELOADED:
            importlib.import_module(module)
        configure_mappers()  # SQLAlchemy does it at the first query, on all models that are loaded
        tls_context()
        gc.freeze()

    def start(self, part: Part, environment: dict[str, str], log: Path) -> Child:
        """Fork a process that does what `python -m` does."""
        log.parent.mkdir(parents=True, exist_ok=True)
        return Child(part.name, fork(partial(_become, part, environment, log)), log)


class ModuleLauncher:
    """Start each part with an interpreter of its own."""

    def prepare(self) -> None:
        """Nothing is shared."""

    def start(self, part: Part, environment: dict[str, str], log: Path) -> Child:
        """Run `python -m`."""
        command = [sys.executable, "-m", part.module, *part.arguments]
        return Child.start(part.name, command, log=log, env=environment | {"PYTHONPATH": str(ROOT)})


def _become(part: Part, environment: dict[str, str], log: Path) -> None:
    """Be `python -m module arguments` from here on."""
    # First, since it finds where the command line is by where the environment that we started with is.
    setproctitle(" ".join([sys.executable, "-m", part.module, *part.arguments]))
    _redirect(log)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [part.module, *part.arguments]
    gc.enable()
    runpy.run_module(part.module, run_name="__main__", alter_sys=True)


def _redirect(log: Path) -> None:
    """Append what is printed to the log; nothing can be typed in."""
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)
