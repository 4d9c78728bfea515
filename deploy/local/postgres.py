"""The embedded PostgreSQL server, behind this one file, so that another source can take its place.

Only the programs of a wheel are used. The server is our own child: it stops with us, survives kill -9 as PostgreSQL
does, and listens on a Unix socket alone, so it takes no port; whoever enters needs the password of a role.
"""

import time
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.pq import PGconn, Ping

from deploy.local.children import Child, Failure
from deploy.local.keys import owner_of
from deploy.local.postgres_cluster import SUPERUSER, Cluster

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    # Its processes that read ahead and that replicate: 8 MB, of no use to data that fits into memory on one machine.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "wal_compression": "on",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",  # personal data never reaches a log
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
OWNED_BY = "SELECT 1 FROM pg_database WHERE datname = %s AND pg_get_userbyid(datdba) = %s"
OPTIONS = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]


class Postgres:
    """The server whose data lies in `home/postgres`."""

    def __init__(self, home: Path) -> None:
        self._cluster = Cluster(home)
        self.data, self.sockets = self._cluster.data, self._cluster.sockets
        self._log = home / "log" / "postgres.log"

    def url(self, role: str, database: str) -> str:
        """Return the address of a database."""
        return self._cluster.url(role, database)

    def prepare(self) -> None:
        """Make the data directory, if there is none yet, and lock it, if that was not done. Raises `Failure`."""
        self._cluster.prepare()

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
        with self._cluster.folders() as folders:
            places = ["-D", str(folders.cluster / self.data.name), "-k", str(folders.sockets), "-p", "5432"]
            return Child.start(
                "postgres",
                [str(self._cluster.programs / "postgres"), *places, *OPTIONS],
                log=self._log,
                account=self._cluster.account,
                files=folders.files,
                fast_stop=True,
            )

    def _answers(self, child: Child) -> bool:
        while child.process.poll() is None:
            if PGconn.ping(self.url(SUPERUSER, SUPERUSER).encode()) == Ping.OK:
                return True
            time.sleep(0.02)
        return False

    def create(self, service: str) -> None:
        """Make the database of a service, which no other's roles may enter, and its two roles: one owns the tables, by
        one the service runs. Raises `Failure`."""
        names = {"service": sql.Identifier(service), "owner": sql.Identifier(owner_of(service))}
        with self._connect(SUPERUSER) as connection:
            for role in (owner_of(service), service):
                self._make_role(connection, role)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [service]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {service} OWNER {owner}").format(**names))
                connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {service} FROM PUBLIC").format(**names))
            if connection.execute(OWNED_BY, [service, service]).fetchone():
                self._give_to_owner(service)
            connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {service} TO {service}").format(**names))

    def _give_to_owner(self, service: str) -> None:
        """In a home of before, the service owned its tables. What it may do with them, the next migration says."""
        names = {"service": sql.Identifier(service), "owner": sql.Identifier(owner_of(service))}
        with self._connect(service) as connection, connection.transaction():
            connection.execute(sql.SQL("REASSIGN OWNED BY {service} TO {owner}").format(**names))

    def _make_role(self, connection: psycopg.Connection, role: str) -> None:
        name, password = sql.Identifier(role), self._cluster.keys.make_password(role)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        # Each time: the role may be of before there were passwords, or its password may have been lost.
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password)))

    def _connect(self, database: str) -> psycopg.Connection:
        try:
            return psycopg.connect(self.url(SUPERUSER, database), autocommit=True)
        except psycopg.OperationalError:
            file = self._cluster.keys.password(SUPERUSER)
            raise Failure(f"PostgreSQL refuses its own password. Delete {file} and start again.") from None
