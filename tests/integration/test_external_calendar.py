"""Reading tutors' external calendars from a real HTTP server."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
import sqlalchemy as sa

from services.booking.actions import external_calendar, hours
from services.booking.calendars.busy import Busy, busy_times
from services.booking.calendars.reading import Read, calendar_processes
from services.booking.domain.wall_time import whole_days
from services.booking.jobs import Worker
from services.booking.models import ExternalCalendar
from services.booking.reads import external_calendar as reads
from services.booking.settings import Settings
from services.booking.store import external_calendar as store
from shared import db
from shared.intervals import Interval
from shared.problems import InvalidInput
from shared.schemas.booking import ExternalCalendar as ExternalCalendarShown
from shared.schemas.booking import TutorTime
from tests.integration.registry import NOW, ZONE, Registry, acting, address_of, connected, context, free, helsinki
from tests.serving import serving

pytestmark = pytest.mark.anyio
TEN = helsinki(8, 10)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
    "DTSTART:20270308T080000Z\r\nDTEND:20270308T083000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Server:
    """A calendar's server: what it answers can be changed."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, CALENDAR.encode())
        self.asked: list[str] = []
        self.before_answering: Callable[[], object] = lambda: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.headers["Host"])
                outer.before_answering()
                code, headers, body = outer.answer
                self.send_response(code)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.http.server_port}/private-f3a9.ics"


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    with serving(found.http):
        yield found


async def read(sessions: db.Sessions, registry: Registry, now: dt.datetime = NOW, *, private: bool = True) -> None:
    async with calendar_processes() as read:
        await read_by(sessions, registry, read, now, private=private)


async def read_by(
    sessions: db.Sessions, registry: Registry, read: Read, now: dt.datetime = NOW, *, private: bool = True
) -> None:
    async with db.pool(address_of(sessions), size=1) as pool, httpx2.AsyncClient() as http:
        await external_calendar.read_calendar(
            pool, registry.tutor, http=http, read=read, private=private, zone=ZONE, now=now
        )


async def state(sessions: db.Sessions, registry: Registry) -> ExternalCalendar:
    async with db.transaction(sessions) as session:
        return await session.get_one(ExternalCalendar, registry.tutor)


async def shown(sessions: db.Sessions, registry: Registry) -> ExternalCalendarShown:
    async with connected(sessions) as connection:
        return await reads.require_calendar(connection, registry.tutor)


@pytest.fixture
async def registry(booking_db: db.Sessions, server: Server) -> Registry:
    made = Registry()
    await made.seed(booking_db)
    tutor = context(made.tutor_token())
    await acting(booking_db, external_calendar.set_calendar, tutor, tutor_id=made.tutor, url=server.url)
    return made


async def test_nothing_is_offered_while_the_tutor_is_busy_there(
    booking_db: db.Sessions, registry: Registry, server: Server
) -> None:
    assert TEN in await free(booking_db)
    await read(booking_db, registry)
    assert TEN not in await free(booking_db)
    assert helsinki(8, 10, 30) in await free(booking_db)
    assert server.asked[0].startswith("localhost:")
    assert (await state(booking_db, registry)).fresh_at == NOW


async def test_a_calendar_that_fails_keeps_the_last_known_picture_and_says_since_when(
    booking_db: db.Sessions, registry: Registry, server: Server
) -> None:
    await read(booking_db, registry)
    later, latest = NOW + dt.timedelta(minutes=15), NOW + dt.timedelta(minutes=30)
    answers: list[tuple[dt.datetime, tuple[int, dict[str, str], bytes]]] = [
        (later, (500, {}, b"")),
        (latest, (200, {}, b"<html>sign in</html>")),
    ]
    for at, answer in answers:
        server.answer = answer
        await read(booking_db, registry, at)
    assert TEN not in await free(booking_db)
    row = await state(booking_db, registry)
    assert (row.fresh_at, row.failing_since) == (NOW, later)
    assert row.failure == "it is not a calendar"
    server.answer = (200, {}, CALENDAR.replace("20270308T08", "20270308T09").encode())
    await read(booking_db, registry, latest + dt.timedelta(minutes=15))
    assert TEN in await free(booking_db)
    assert (await state(booking_db, registry)).failing_since is None


@pytest.mark.parametrize(("zone", "starts"), [("Europe/Stockholm", 9), ("Europe/Helsinki", 10)])
async def test_what_has_no_zone_is_read_on_the_tutors_wall(
    booking_db: db.Sessions, registry: Registry, server: Server, zone: str, starts: int
) -> None:
    wanted, tutor = TutorTime(zone=zone, holidays=None), context(registry.tutor_token())
    await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=wanted)
    ten, day = f"DTSTART:20270308T{starts:02}0000\r\nDURATION:PT30M", "DTSTART;VALUE=DATE:20270307"
    utc = "DTSTART:20270308T080000Z\r\nDTEND:20270308T083000Z"
    for lines, at, expected in [
        (ten, NOW, Interval(TEN, helsinki(8, 10, 30))),
        (day, NOW + dt.timedelta(hours=1), whole_days(dt.date(2027, 3, 7), dt.date(2027, 3, 7), zone)),
    ]:
        server.answer = (200, {}, CALENDAR.replace(utc, lines).encode())
        await read(booking_db, registry, at)
        async with connected(booking_db) as connection:
            assert await store.busy(connection, registry.tutor) == [expected]


async def test_the_owner_is_told_what_could_not_be_read_of_it(
    booking_db: db.Sessions, registry: Registry, server: Server
) -> None:
    server.answer = (200, {}, CALENDAR.replace("DTEND:20270308T083000Z", "DTEND:soon").encode())
    await read(booking_db, registry)
    assert (await shown(booking_db, registry)).doubts == {"no_end": 1}
    server.answer = (200, {}, CALENDAR.replace("DTEND:", "RRULE:FREQ=SECONDLY\r\nDTEND:").encode())
    await read(booking_db, registry, NOW + dt.timedelta(minutes=15))
    assert (await shown(booking_db, registry)).failure == "something in it repeats too often"
    assert TEN not in await free(booking_db)


async def test_calendars_are_read_several_at_once(booking_db: db.Sessions, registry: Registry, server: Server) -> None:
    """The first waits for the second, which is asked meanwhile."""
    other, both_asked = uuid.uuid4(), threading.Barrier(2, timeout=15)
    await registry.change_tutor(booking_db, other)
    tutor = context(registry.tutor_token(other))
    await acting(booking_db, external_calendar.set_calendar, tutor, tutor_id=other, url=server.url)
    server.before_answering = both_asked.wait
    settings = Settings.model_construct(zone=ZONE, private_calendars=True)
    async with db.pool(address_of(booking_db), size=2) as pool, httpx2.AsyncClient() as http:
        await Worker(pool, settings, http, clock=lambda: NOW).read_calendars()
    assert not both_asked.broken
    for each in (registry.tutor, other):
        async with connected(booking_db) as connection:
            assert await store.busy(connection, each)


@pytest.mark.parametrize("redirected", [False, True])
async def test_an_address_inside_the_network_is_not_asked(
    booking_db: db.Sessions, registry: Registry, server: Server, redirected: bool
) -> None:
    if redirected:
        server.answer = (302, {"Location": "http://169.254.169.254/latest/meta-data"}, b"")
    await read(booking_db, registry, private=redirected)
    row = await state(booking_db, registry)
    assert row.fresh_at is None
    assert row.failure is not None
    assert len(server.asked) == (1 if redirected else 0)
    assert "127.0.0.1" not in row.failure
    assert "private-f3a9" not in row.failure


async def test_a_calendar_without_an_end_is_not_read_to_its_end(
    booking_db: db.Sessions, registry: Registry, server: Server
) -> None:
    server.answer = (200, {}, b"x" * 6_000_000)
    await read(booking_db, registry)
    assert (await state(booking_db, registry)).failure == "it is larger than 5 MB"


async def test_a_calendar_that_is_forgotten_takes_no_more_time(
    booking_db: db.Sessions, registry: Registry, server: Server
) -> None:
    await read(booking_db, registry)
    await acting(
        booking_db, external_calendar.remove_calendar, context(registry.tutor_token()), tutor_id=registry.tutor
    )
    assert TEN in await free(booking_db)
    async with db.transaction(booking_db) as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM own_calendar")) == 0


async def test_what_a_calendar_says_that_is_removed_meanwhile_is_not_kept(
    booking_db: db.Sessions, registry: Registry
) -> None:
    async def read(text: bytes, within: Interval, zone: str) -> Busy:
        tutor = context(registry.tutor_token())
        await acting(booking_db, external_calendar.remove_calendar, tutor, tutor_id=registry.tutor)
        return busy_times(text, within, zone)

    await read_by(booking_db, registry, read)
    assert TEN in await free(booking_db)
    async with connected(booking_db) as connection:
        assert await store.busy(connection, registry.tutor) == []


@pytest.mark.parametrize("readable", [True, False])
async def test_what_a_calendar_says_is_not_kept_as_that_of_another_set_meanwhile(
    booking_db: db.Sessions, registry: Registry, server: Server, readable: bool
) -> None:
    async def read(text: bytes, within: Interval, zone: str) -> Busy:
        tutor, another = context(registry.tutor_token()), server.url.replace("f3a9", "b7c1")
        await acting(booking_db, external_calendar.set_calendar, tutor, tutor_id=registry.tutor, url=another)
        return busy_times(text if readable else b"", within, zone)

    await read_by(booking_db, registry, read)
    assert TEN in await free(booking_db)
    row = await state(booking_db, registry)
    assert (row.checked_at, row.fresh_at, row.failing_since) == (None, None, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@x.example/a.ics",
        "https://user@x.example/a.ics",
        "https://",
        "http://[",
        "https://x.example:abc/",
        "ftp://x.example/a.ics",
        "https://x.example/\u202e.ics",
    ],
)
async def test_an_address_that_could_never_be_read_is_refused(
    booking_db: db.Sessions, registry: Registry, url: str
) -> None:
    tutor = context(registry.tutor_token())
    with pytest.raises(InvalidInput):
        await acting(booking_db, external_calendar.set_calendar, tutor, tutor_id=registry.tutor, url=url)


async def test_of_an_address_with_a_password_that_was_let_in_before_only_the_host_is_shown(
    booking_db: db.Sessions, registry: Registry
) -> None:
    async with db.transaction(booking_db) as session:
        connection = await db.driver(session)
        await connection.execute("UPDATE own_calendar SET url = 'https://user:secret@x.example/a.ics'")
        shown = await reads.require_calendar(connection, registry.tutor)
    assert shown.host == "x.example"
