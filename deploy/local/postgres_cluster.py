"""The data directory of the embedded server: made, given to the account that the server runs as, and locked.

Each role has a password of its own (SCRAM-SHA-256, RFC 7677), which lies among the keys of the home.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from psycopg.pq import PGconn, Ping

from deploy.local.children import Failure, plain_environment
from deploy.local.keys import KeyFolder
from deploy.local.postgres_programs import account, programs, reachable_programs

SOCKET_PATH_MOST = 90  # sun_path holds 107 bytes, and PostgreSQL adds the socket's name
SUPERUSER = "postgres"
WHO_MAY_ENTER = "# Written by Vuoro: whoever has the password of a role.\nlocal all all scram-sha-256\n"


@dataclass(frozen=True)
class Folders:
    """How a program of PostgreSQL calls the data directory's parent and the socket's folder, and the open files that it
    needs for that."""

    cluster: Path
    sockets: Path
    files: tuple[int, ...] = ()


class Cluster:
    """The data below `home/postgres`."""

    def __init__(self, home: Path) -> None:
        self.data = home / "postgres" / "data"
        self.sockets = home / "postgres" / "socket"
        if len(str(self.sockets)) > SOCKET_PATH_MOST:
            name = sha256(str(home).encode()).hexdigest()[:12]
            self.sockets = Path(tempfile.gettempdir()) / f"vuoro-{os.getuid()}-{name}"
        self.keys = KeyFolder(home / "keys")

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """The account that the server steps down to, since it will not run as root; None when we are not root."""
        return account() if os.geteuid() == 0 else None

    @cached_property
    def programs(self) -> Path:
        """Where the account finds PostgreSQL's programs."""
        return programs() if self.account is None else reachable_programs()

    def url(self, role: str, database: str) -> str:
        """Return the address of a database; without a password as long as there is none, in a home of before."""
        file = self.keys.password(role)
        password = f":{file.read_text()}" if file.exists() else ""
        return f"postgresql://{role}{password}@/{database}?host={self.sockets}"

    def prepare(self) -> None:
        """Make the data directory, if there is none yet, and lock it, if that was not done. Raises `Failure`."""
        self.data.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._own_folders()
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._lock()

    def _own_folders(self) -> None:
        """Give its folders to the server's account. One that lies among everybody's could be another's."""
        owner = self.account.pw_uid if self.account else os.getuid()
        for folder in (self.data.parent, self.sockets):
            found = folder.lstat()
            if folder.is_symlink() or found.st_uid not in {os.getuid(), owner}:
                raise Failure(f"The folder {folder} is not ours. Delete it, or give another VUORO_HOME.")
            if self.account is not None:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def _make(self) -> None:
        self.keys.password(SUPERUSER).unlink(missing_ok=True)
        fresh = self.data.with_name("data.new")  # renamed when whole: an initdb that was killed leaves nothing behind
        shutil.rmtree(fresh, ignore_errors=True)
        with self.folders() as folders:
            kind = ["--auth=reject", "--encoding=UTF8", "--locale=C.UTF-8", "-U", SUPERUSER]
            self._call("initdb", "-D", str(folders.cluster / fresh.name), *kind, files=folders.files)
        fresh.rename(self.data)

    def _lock(self) -> None:
        """Let nobody in without a password. What was made before there were any, or whose password is lost, gets one
        before the server is started."""
        rules = self.data / "pg_hba.conf"
        if self.keys.password(SUPERUSER).exists() and rules.read_text() == WHO_MAY_ENTER:
            return
        rules.write_text("")  # nobody may enter; if we are killed here, the next start begins again
        self._set_password(self.keys.make_password(SUPERUSER))
        rules.write_text(WHO_MAY_ENTER)

    def _set_password(self, password: str) -> None:
        """Set the password of the cluster's owner, without a server (`postgres --single`)."""
        statement = f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'\n"
        options = ["-c", "log_min_error_statement=panic", "-c", "password_encryption=scram-sha-256"]
        self._wait_until_stopped()
        with self.folders() as folders:
            data = str(folders.cluster / self.data.name)
            self._call("postgres", "--single", "-D", data, *options, SUPERUSER, files=folders.files, typed=statement)

    def _wait_until_stopped(self) -> None:
        """After a kill -9, the processes of the run before may take a moment to go."""
        for _ in range(20):
            if PGconn.ping(self.url(SUPERUSER, SUPERUSER).encode()) == Ping.NO_RESPONSE:
                return
            time.sleep(0.5)

    @contextmanager
    def folders(self) -> Iterator[Folders]:
        """Yield how the server finds its folders. That of root steps down to another account, to which it hands them as
        open files: so the account needs no way through the folders above, and those are left as they are."""
        if self.account is None:
            yield Folders(self.data.parent, self.sockets)
            return
        files = tuple(os.open(folder, os.O_RDONLY | os.O_DIRECTORY) for folder in (self.data.parent, self.sockets))
        try:
            cluster, sockets = (Path(f"/proc/self/fd/{file}") for file in files)
            yield Folders(cluster, sockets, files)
        finally:
            for file in files:
                os.close(file)

    def _call(self, program: str, *arguments: str, files: tuple[int, ...], typed: str = "") -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
            env=plain_environment(),
            input=typed,
            pass_fds=files,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Failure(f"PostgreSQL's {program} failed: {last}")
