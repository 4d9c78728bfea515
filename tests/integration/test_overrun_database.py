"""A database that refuses is answered as 503, and told in the log by what it refused and where, without a value."""

from collections.abc import AsyncIterator

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from shared import db
from shared.db import Direct, Session
from shared.http import answers
from shared.telemetry import JsonLines
from tests.integration.registry import address_of, connected

pytestmark = pytest.mark.anyio
SECRET = "Aili Mäkelä"
IMPATIENT = "SET LOCAL lock_timeout = '50ms'"
LOCK = "SELECT pg_advisory_xact_lock(7), CAST({} AS text)"


@pytest.fixture
async def http(booking_db: db.Sessions) -> AsyncIterator[httpx2.AsyncClient]:
    """An app whose two routes wait for a lock, by SQLAlchemy and by the driver alone."""
    app = FastAPI()
    answers.install(app)
    db.install(app)
    app.state.sessions, app.state.pool = booking_db, db.pool(address_of(booking_db), size=1)

    @app.get("/session")
    async def by_session(session: Session) -> None:
        await session.execute(sa.text(IMPATIENT))
        await session.execute(sa.text(LOCK.format(":who")), {"who": SECRET})

    @app.get("/driver")
    async def by_driver(connection: Direct) -> None:
        async with connection.transaction():
            await connection.execute(IMPATIENT)
            await connection.execute(LOCK.format("%(who)s").encode(), {"who": SECRET})

    transport = httpx2.ASGITransport(app=app)
    async with app.state.pool, httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        yield client


@pytest.mark.parametrize("path", ["/session", "/driver"])
async def test_a_lock_that_is_waited_for_in_vain_is_told(
    booking_db: db.Sessions, http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.handler.setFormatter(JsonLines())
    async with connected(booking_db) as holder, holder.transaction():
        await holder.execute("SELECT pg_advisory_xact_lock(7)")
        answer = await http.get(path)
    assert answer.status_code == 503
    (told,) = [line for line in caplog.text.splitlines() if '"shared.db"' in line]
    assert "LockNotAvailable" in told
    assert '"at": ["' in told
    assert SECRET not in told
