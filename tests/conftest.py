"""What all tests share: a real PostgreSQL with a fresh database for whoever asks, and a whole installation."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import settings as hypothesis_settings

from deploy.local.keys import owner_of
from deploy.local.postgres import Postgres
from shared import db
from shared.migrations import migrate
from tests.identity_provider import IdentityProvider
from tests.installation import Installation
from tests.prepared_home import PreparedHome

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
FOUND = ROOT.parent / "shared" / "found"
# Hypothesis prints the seed of a failure; a fixed profile keeps runs alike in length, not in examples.
hypothesis_settings.register_profile("vuoro", deadline=None, print_blob=True)
hypothesis_settings.load_profile("vuoro")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server with the migrated databases of all services, to be copied from."""
    server = Postgres(tmp_path_factory.mktemp("pg"))
    server.prepare()
    # Nothing here outlives the tests, so nothing waits for the disk. Tests that kill a server have one of their own,
    # with the settings of `make run`.
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n")
    child = server.start()
    for service in ("providers", "booking", "notify"):
        server.create(service)
        owner = server.url(owner_of(service), service)
        migrate(ROOT / "services" / service / "migrations", owner, server.url(service, service))
    yield server
    child.stop()


def fresh_database(server: Postgres, service: str, template: str | None = None) -> str:
    """The address of a new copy of a service's migrated database, or of another one that nobody is connected to."""
    name = f"{service}_{secrets.token_hex(4)}"
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        copied = f'CREATE DATABASE {name} TEMPLATE "{template or service}" STRATEGY file_copy'
        connection.execute(f"{copied} OWNER {owner_of(service)}".encode())
    return server.url(service, name)


def migrate_again(server: Postgres, service: str, url: str) -> None:
    """Migrate the database at `url`, as its owner."""
    owner = server.url(owner_of(service), str(sa.make_url(url).database))
    migrate(ROOT / "services" / service / "migrations", owner, url)


def as_owner(server: Postgres, url: str, *statements: str) -> None:
    """Carry out statements in the database at `url` as the role that owns its tables; each stands alone."""
    found = sa.make_url(url)
    owner = server.url(owner_of(str(found.username)), str(found.database))
    with psycopg.connect(owner, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def _sessions(server: Postgres, service: str) -> AsyncIterator[db.Sessions]:
    engine, sessions = db.connect(fresh_database(server, service), pool_size=60)
    yield sessions
    await engine.dispose()


@pytest.fixture
async def booking_db(postgres: Postgres) -> AsyncIterator[db.Sessions]:
    async for sessions in _sessions(postgres, "booking"):
        yield sessions


@pytest.fixture
async def providers_db(postgres: Postgres) -> AsyncIterator[db.Sessions]:
    async for sessions in _sessions(postgres, "providers"):
        yield sessions


@pytest.fixture
async def notify_db(postgres: Postgres) -> AsyncIterator[db.Sessions]:
    async for sessions in _sessions(postgres, "notify"):
        yield sessions


@pytest.fixture(scope="session")
def identity_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    """A municipality's own identity provider, a real OpenID Connect provider of PyPI in its own process."""
    running = IdentityProvider(tmp_path_factory.mktemp("identity"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedHome:
    """What installations begin from; tests of a first start do without."""
    return PreparedHome(tmp_path_factory.getbasetemp().parent)


@pytest.fixture(scope="session")
def installation(
    tmp_path_factory: pytest.TempPathFactory, identity_provider: IdentityProvider, prepared: PreparedHome
) -> Iterator[Installation]:
    """Everything, as `make run` starts it. Tests that stop parts of it make their own."""
    yield from run_installation(tmp_path_factory.mktemp("home"), identity_provider, prepared)


def run_installation(home: Path, identity_provider: IdentityProvider, prepared: PreparedHome) -> Iterator[Installation]:
    """Run everything in a home, from the demonstration region on, for as long as it is asked for."""
    settings = {"VUORO_PROVIDERS_IDENTITY_PROVIDERS": str(identity_provider.described)}
    running = Installation(home, **settings)
    prepared.copy_to(running.home)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def data() -> Path:
    """The real data, which lies beside the repository. CI has it; a lone clone may not."""
    return beside(DATA)


@pytest.fixture
def found() -> Path:
    """Small inputs that people have tried, which lie beside the repository as the real data does."""
    return beside(FOUND)


def beside(folder: Path) -> Path:
    """A folder beside the repository, or the end of the test."""
    if not folder.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{folder.name} is missing beside this clone")
        pytest.skip(f"{folder.name} is not beside this clone")
    return folder


def tried(kind: str, *, but: str = "") -> list[object]:
    """What lies in a folder of `FOUND`, but for the file that says what is right, as parameters of a test: what is
    added there is tried too."""
    files = sorted(path for path in (FOUND / kind).glob("*") if path.name != but)
    return [pytest.param(path, id=path.name) for path in files] or [pytest.param(FOUND / kind, id="missing")]
