"""The embedded server: who may enter, and whose folders are left alone."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from alembic import command

from deploy.local import postgres_programs
from deploy.local.children import Failure
from deploy.local.keys import owner_of
from deploy.local.postgres import Postgres
from deploy.local.postgres_cluster import Cluster
from deploy.local.postgres_programs import programs, reachable_programs
from shared.migrations import configured, migrate
from tests.conftest import ROOT, fresh_database

pytestmark = pytest.mark.trials

TRUSTING = "local all all trust\n"


@contextmanager
def running(home: Path) -> Iterator[Postgres]:
    """A server in `home`, with the database of booking, as `make run` starts it."""
    server = Postgres(home)
    server.prepare()
    child = server.start()
    try:
        server.create("booking")
        yield server
    finally:
        child.stop()


def enters(server: Postgres, role: str, database: str, password: str | None = None) -> bool:
    """Whether `role` gets in with that password."""
    try:
        psycopg.connect(host=str(server.sockets), user=role, dbname=database, password=password or "").close()
    except psycopg.OperationalError:
        return False
    return True


def enters_with_its_own(server: Postgres, role: str, database: str) -> bool:
    try:
        psycopg.connect(server.url(role, database)).close()
    except psycopg.OperationalError:
        return False
    return True


def test_nobody_enters_without_a_password_and_a_service_only_its_own_database(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.create("notify")
        assert not enters(server, "postgres", "postgres")
        assert not enters(server, "booking", "booking")
        assert not enters(server, "booking", "booking", "guessed")
        assert enters_with_its_own(server, "postgres", "postgres")
        assert enters_with_its_own(server, "booking", "booking")
        assert not enters_with_its_own(server, "booking", "notify")
    passwords = sorted((tmp_path / "keys").glob("*.password"))
    roles = ["booking", "booking_owner", "notify", "notify_owner", "postgres"]
    assert [path.name for path in passwords] == [f"{role}.password" for role in roles]
    assert {oct(path.stat().st_mode & 0o777) for path in passwords} == {"0o600"}


def test_a_home_of_before_goes_on_and_is_locked(tmp_path: Path) -> None:
    with running(tmp_path) as server, psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as boss:
        boss.execute("CREATE TABLE kept AS SELECT 7 AS number")
        for role in ("postgres", "booking"):
            boss.execute(f"ALTER ROLE {role} PASSWORD NULL".encode())
    (server.data / "pg_hba.conf").write_text(TRUSTING)
    for password in (tmp_path / "keys").glob("*.password"):
        password.unlink()
    with running(tmp_path) as server:
        assert not enters(server, "postgres", "postgres")
        assert not enters(server, "booking", "booking")
        assert enters_with_its_own(server, "booking", "booking")
        with psycopg.connect(server.url("postgres", "postgres")) as boss:
            assert boss.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_home_of_before_gets_an_owner_for_its_tables(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as boss:
            boss.execute("ALTER DATABASE booking OWNER TO booking")
        config = configured(ROOT / "services" / "booking" / "migrations", *2 * (server.url("booking", "booking"),))
        command.upgrade(config, "0011")  # the last before there were owners
    with running(tmp_path) as server:
        migrate(ROOT / "services" / "booking" / "migrations", *urls(server, "booking"))
        with psycopg.connect(server.url("booking", "booking")) as service:
            assert service.execute("SELECT count(*) FROM appointment").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute("ALTER TABLE event DISABLE TRIGGER event_is_append_only")


def urls(server: Postgres, service: str) -> tuple[str, str]:
    """How the owner of a service's tables reaches its database, and how the service does."""
    return server.url(owner_of(service), service), server.url(service, service)


@pytest.mark.parametrize("service", ["providers", "booking", "notify"])
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE event DISABLE TRIGGER event_is_append_only",
        "DROP TRIGGER event_is_append_only ON event",
        "DELETE FROM event",
        "TRUNCATE event",
        "UPDATE event SET type = 'another'",
        "UPDATE alembic_version SET version_num = '0001'",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
    ],
)
def test_a_service_cannot_undo_what_keeps_its_tables(postgres: Postgres, service: str, statement: str) -> None:
    with (
        psycopg.connect(fresh_database(postgres, service)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_a_password_that_is_lost_is_made_anew(tmp_path: Path) -> None:
    with running(tmp_path):
        pass
    for password in (tmp_path / "keys").glob("*.password"):
        password.unlink()
    with running(tmp_path) as server:
        assert enters_with_its_own(server, "booking", "booking")


def test_a_password_that_is_wrong_ends_in_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with running(tmp_path):
        (tmp_path / "keys" / "postgres.password").write_text("other")
    with pytest.raises(Failure, match=r"Delete .*postgres\.password and start again"), running(tmp_path):
        pass


def test_the_folders_above_the_home_stay_as_closed_as_they_are(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with running(closed / "home") as server:
        assert enters_with_its_own(server, "booking", "booking")
    with running(closed / "home"):  # and once more, with the data that is there
        pass
    assert closed.stat().st_mode & 0o777 == 0o700
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_home_whose_path_is_too_long_for_a_socket(tmp_path: Path) -> None:
    with running(tmp_path / ("long" * 25)) as server:
        assert enters_with_its_own(server, "booking", "booking")
        assert server.sockets.stat().st_mode & 0o777 == 0o700


def test_a_socket_folder_that_is_somebody_elses_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cluster = Cluster(tmp_path / ("long" * 25))
    cluster.sockets.symlink_to(tmp_path)
    with pytest.raises(Failure, match="is not ours"):
        cluster.prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server has an account of its own")
def test_programs_in_a_closed_folder_are_copied_for_the_servers_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that the account can reach are used where they are."""
    assert reachable_programs() in (programs(), next(postgres_programs.COPIES.glob("*/bin"), None))
    hidden = tmp_path / "hidden"
    (hidden / "bin").mkdir(parents=True)
    (hidden / "bin" / "postgres").write_text("#!/bin/sh\necho 18\n")
    (hidden / "bin" / "postgres").chmod(0o700)
    monkeypatch.setattr(postgres_programs, "programs", lambda: hidden / "bin")
    monkeypatch.setattr(postgres_programs, "COPIES", tmp_path / "copies")
    found = reachable_programs()
    assert found == reachable_programs()
    assert found.is_relative_to(tmp_path / "copies")
    assert (found / "postgres").stat().st_mode & 0o777 == 0o755
    assert hidden.stat().st_mode & 0o777 == (hidden / "bin").stat().st_mode & 0o777
    assert subprocess.run([found / "postgres"], capture_output=True, check=True).stdout == b"18\n"
