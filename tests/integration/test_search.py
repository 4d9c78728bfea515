"""Finding free times: areas, filters, pages, days, places, any helper, and nothing at all."""

import base64
import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.booking.actions import hours, spans
from services.booking.domain.wall_time import DAY
from services.booking.reads import search
from services.booking.store import search as store
from shared import db
from shared.db import driver
from shared.problems import InvalidInput
from shared.schemas import booking as wire
from shared.schemas import providers
from tests.conftest import as_owner
from tests.integration.plans import rows_read
from tests.integration.registry import (
    KUUSAMO,
    NAME,
    NOW,
    REGION,
    ZONE,
    Registry,
    acting,
    address_of,
    connected,
    context,
    found,
    free,
    helsinki,
    searched,
)

pytestmark = pytest.mark.anyio
HALF_AN_HOUR = dt.timedelta(minutes=30)
TEN = helsinki(8, 10)
POSIO = "614"


@pytest.fixture
async def registry(booking_db: db.Sessions) -> Registry:
    """Help in Kuusamo on Mondays; Posio, next to it, has none."""
    made = Registry()
    await made.seed(booking_db)
    for code, neighbours, lat, lon in ((KUUSAMO, [POSIO], 65.9646, 29.1887), (POSIO, [KUUSAMO], 66.1081, 28.1681)):
        state = providers.Municipality(
            code=code,
            name=NAME,
            region=REGION,
            region_name=NAME,
            languages=["fi"],
            lat=lat,
            lon=lon,
            sub_region="178",
            neighbours=neighbours,
        )
        async with db.transaction(booking_db) as session:
            await made.apply(session, "municipality.changed", state)
    return made


@pytest.mark.parametrize(
    ("area", "seen"),
    [
        ({}, True),
        ({"municipality": POSIO}, False),
        ({"municipality": POSIO, "neighbours": True}, True),
        ({"municipality": None, "sub_region": "178"}, True),
        ({"municipality": None, "sub_region": "171"}, False),
        ({"municipality": None, "region": REGION}, True),
        ({"municipality": None, "region": "01"}, False),
        ({"municipality": None}, True),
        ({"municipality": None, "near": "65.97,29.20", "radius": 5}, True),
        ({"municipality": None, "near": "65.97,28.20", "radius": 5}, False),
        ({"channel": "on_site"}, True),
        ({"channel": "video"}, False),
        ({"language": "sv"}, False),
        ({"topic": "security"}, False),
        ({"topic": None}, True),
        ({"duration": 60}, False),
        ({"weekday": [1]}, True),
        ({"weekday": [2, 3]}, False),
        ({"from_time": "10:00", "to_time": "10:30"}, True),
        ({"from_time": "14:00"}, False),
        ({"to_time": "10:00"}, False),
        ({"feature": ["wheelchair"]}, True),
        ({"feature": ["wheelchair", "hearing-loop"]}, False),
        ({"offering": str(uuid.uuid4())}, False),
        ({"tutor": str(uuid.uuid4())}, False),
        ({"service_point": str(uuid.uuid4())}, False),
    ],
)
async def test_a_search_narrowed(booking_db: db.Sessions, registry: Registry, area: dict[str, Any], seen: bool) -> None:
    await registry.change_point(booking_db, features=["wheelchair", "quiet-room"])
    await registry.catch_up(booking_db)
    assert (TEN in await free(booking_db, **area)) == seen


async def test_a_time_of_the_day_is_the_walls_on_both_sides_of_the_change(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.open(booking_db, 2, "09:00", "12:00")
    walls = {start.strftime("%H:%M") for start in await free(booking_db, from_time="09:15", to_time="10:30")}
    assert walls == {"09:30", "10:00"}


async def test_pages_of_the_search_miss_nothing_and_repeat_nothing(booking_db: db.Sessions) -> None:
    for _ in range(3):
        registry = Registry()
        await registry.seed(booking_db, other_durations_minutes=[60])
        await registry.open(booking_db, 3, "09:00", "17:00")
    hows: list[dict[str, Any]] = [{}, {"tutors": "any"}, {"from_time": "10:00", "to_time": "12:00"}]
    for how in hows:
        seen: list[str | None] = []
        starts: list[dt.datetime] = []
        after = None
        while True:
            page = await found(booking_db, limit=7, after=after, **how)
            seen += [slot.id for slot in page.items]
            starts += [slot.start for slot in page.items]
            if page.next is None:
                break
            after = page.next
        assert starts == sorted(starts)
        assert len(set(seen)) == len(seen) > 100
        async with db.transaction(booking_db) as session:
            wanted = wire.SlotSearch.model_validate({"topic": "e-services", "municipality": KUUSAMO, **how})
            wanted = wanted.model_copy(update={"limit": 100_000})
            page_of_all = await search.slots(await driver(session), wanted, now=NOW, zone=ZONE)
        whole = wire.Slots.model_validate_json(page_of_all.json)
        assert seen == [slot.id for slot in whole.items]


async def test_any_tutor_is_the_least_loaded_and_the_same_as_last_time_when_asked(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """alextselegidis/easyappointments#845: double bookings with "any provider"."""
    veikko = uuid.uuid4()
    await registry.change_tutor(booking_db, veikko, display_name="Veikko")
    await registry.open(booking_db, 1, "10:00", "14:00", tutor=veikko)
    [slot] = [slot for slot in (await found(booking_db, tutors="any")).items if slot.start == TEN]
    assert slot.tutor_id is None

    async def by(start: dt.datetime, **more: Any) -> uuid.UUID:
        booked = await registry.book(booking_db, start, slot_id=registry.any_tutor(start), **more)
        async with db.transaction(booking_db) as session:
            found = await session.scalar(sa.text("SELECT tutor_id FROM appointment WHERE id = :id"), {"id": booked})
            assert isinstance(found, uuid.UUID)
            return found

    first, second = await by(TEN), await by(TEN)
    assert {first, second} == {registry.tutor, veikko}
    third = await by(helsinki(8, 11))
    assert await by(helsinki(8, 11, 30)) != third  # the other one's turn
    assert await by(helsinki(8, 12), prefer=veikko) == veikko
    assert await by(helsinki(8, 12, 30), prefer=veikko) == veikko
    assert await by(helsinki(8, 13)) == registry.tutor


async def test_the_days_of_a_month_that_have_room(booking_db: db.Sessions, registry: Registry) -> None:
    """nextcloud/calendar#4678: a month view that does not show which days are free."""
    for start in [helsinki(15, hour, minute) for hour in (10, 11, 12, 13) for minute in (0, 30)]:
        await registry.book(booking_db, start)

    async def days(month: str, **more: Any) -> list[int]:
        wanted = wire.DaySearch.model_validate({"topic": "e-services", "municipality": KUUSAMO, "month": month, **more})
        async with db.transaction(booking_db) as session:
            return [day.day for day in (await search.days(await driver(session), wanted, now=NOW, zone=ZONE)).days]

    assert await days("2027-03") == [1, 8, 22]
    assert await days("2027-04") == [5, 12, 19, 26]
    assert await days("2027-03", from_time="14:00") == []
    assert await days("2027-03", from_time="13:00", to_time="13:30") == [1, 8, 22]


async def test_days_and_weekdays_are_those_of_each_start(booking_db: db.Sessions) -> None:
    """A tutor in New York helps by phone from 15:00 to 19:00, past midnight in Helsinki: one span, two dates."""
    registry = Registry()
    await registry.seed(booking_db, open=False, channels=["phone"])
    await registry.change_tutor(booking_db, channels=["phone"])
    tutor, theirs = context(registry.tutor_token()), wire.TutorTime(zone="America/New_York", holidays=None)
    await acting(booking_db, hours.set_tutor_time, tutor, tutor_id=registry.tutor, wanted=theirs)
    sunday_night: dict[str, Any] = {"service_point_id": None, "channels": ["phone"], "valid_from": "2027-02-28"}
    await registry.open(booking_db, 7, "15:00", "19:00", **sunday_night)
    midnight = helsinki(1, 2) - dt.timedelta(hours=2)
    before = midnight - dt.timedelta(days=1)
    async with db.transaction(booking_db) as session:
        await spans.refresh(await driver(session), [registry.tutor], now=before, zone=ZONE)

    by_phone = {"topic": "e-services", "municipality": KUUSAMO, "channel": "phone"}

    async def starts(**more: Any) -> list[dt.datetime]:
        wanted = wire.SlotSearch.model_validate({**by_phone, **more})
        async with db.transaction(booking_db) as session:
            page = await search.slots(await driver(session), wanted, now=before, zone=ZONE)
        return [slot.start for slot in wire.Slots.model_validate_json(page.json).items]

    async def days(month: str, **more: Any) -> list[int]:
        wanted = wire.DaySearch.model_validate({**by_phone, "month": month, **more})
        async with db.transaction(booking_db) as session:
            return [day.day for day in (await search.days(await driver(session), wanted, now=before, zone=ZONE)).days]

    assert (await starts(weekday=[1]))[0] == midnight
    assert (await starts(weekday=[7]))[3:5] == [midnight - HALF_AN_HOUR, midnight + 7 * DAY - 4 * HALF_AN_HOUR]
    assert (await starts(from_time="00:30", to_time="01:00"))[0] == midnight + HALF_AN_HOUR
    assert (await days("2027-02")) == [28]
    assert (await days("2027-03"))[:3] == [1, 7, 8]
    assert (await days("2027-03", weekday=[1]))[:2] == [1, 8]
    assert (await days("2027-03", from_time="23:00"))[:2] == [7, 14]


async def test_the_next_time_of_each_place(booking_db: db.Sessions, registry: Registry) -> None:
    other = Registry()
    await other.seed(booking_db, open=False)
    await other.change_point(booking_db, lat=65.90, lon=29.0)
    await other.open(booking_db, 2, "10:00", "12:00")

    async def places(**area: Any) -> list[tuple[uuid.UUID, dt.datetime]]:
        return [(item.service_point_id, item.slot.start) for item in (await places_of(booking_db, **area)).items]

    monday, tuesday = (registry.point, helsinki(1, 10)), (other.point, helsinki(2, 10))
    assert await places(municipality=KUUSAMO) == [monday, tuesday]
    assert await places(near="65.90,29.0") == [tuesday, monday]


@pytest.mark.parametrize("area", [{"municipality": KUUSAMO}, {"near": "65.9646,29.1887"}])
async def test_pages_of_places_miss_nothing_and_repeat_nothing(
    booking_db: db.Sessions, registry: Registry, area: dict[str, str]
) -> None:
    """Places that are as far and as soon are told apart, too."""
    others = [Registry() for _ in range(4)]
    for other in others:
        await other.seed(booking_db)
    found, after = [], None
    while True:
        page = await places_of(booking_db, **area, limit=2, after=after)
        found += [item.service_point_id for item in page.items]
        after = page.next
        if after is None:
            break
    assert (len(found), set(found)) == (5, {registry.point, *(other.point for other in others)})


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", base64.urlsafe_b64encode(b'["1", "2027-03-01", "x"]').decode()])
async def test_a_cursor_of_places_that_was_never_given_is_refused(
    booking_db: db.Sessions, registry: Registry, cursor: str
) -> None:
    with pytest.raises(InvalidInput):
        await places_of(booking_db, municipality=KUUSAMO, after=cursor)


async def test_however_many_places_are_nearer_the_one_with_time_is_found(
    booking_db: db.Sessions, registry: Registry
) -> None:
    """As around Helsinki, where hundreds lie within thirty kilometres."""
    async with db.transaction(booking_db) as session:
        await session.execute(MANY_POINTS, {"region": REGION, "municipality": POSIO})
    around: dict[str, Any] = {"near": "66.0,29.2"}
    assert [item.service_point_id for item in (await places_of(booking_db, **around)).items] == [registry.point]
    assert TEN in await free(booking_db, **around)
    nothing = await found(booking_db, municipality=POSIO)
    assert nothing.otherwise is not None
    assert nothing.otherwise.nearest is not None


async def test_no_place_is_named_that_lacks_what_somebody_needs(booking_db: db.Sessions, registry: Registry) -> None:
    nothing = await found(booking_db, municipality=POSIO, feature=["wheelchair"])
    assert nothing.otherwise is not None
    assert nothing.otherwise.nearest is None
    await registry.change_point(booking_db, features=["wheelchair"])
    await registry.catch_up(booking_db)
    nothing = await found(booking_db, municipality=POSIO, feature=["wheelchair"])
    assert nothing.otherwise is not None
    assert nothing.otherwise.nearest is not None


MANY_POINTS = sa.text(
    """
    INSERT INTO service_point (id, region, municipality, name, address, lat, lon, features, equipment, drop_in, active)
    SELECT gen_random_uuid(), :region, :municipality, '{}', '', lat, lon, '{}', '{}', '[]', true
    FROM generate_series(1, 600), (VALUES (66.0, 29.2), (66.1081, 28.1681)) AS place (lat, lon)
    """
)


async def places_of(sessions: db.Sessions, **wanted: Any) -> wire.PlaceTimes:
    async with db.transaction(sessions) as session:
        asked = wire.PlaceSearch.model_validate({"topic": "e-services", **wanted})
        return await search.places(await driver(session), asked, now=NOW, zone=ZONE)


async def test_nothing_found_is_an_answer_too(booking_db: db.Sessions, registry: Registry) -> None:
    await registry.change_point(
        booking_db,
        drop_in=[{"weekday": 3, "from": "12:00", "to": "14:00", "topics": ["e-services"], "languages": ["fi"]}],
    )
    await registry.catch_up(booking_db)
    await registry.open(booking_db, 4, "10:00", "11:00", service_point_id=None, channels=["phone"])
    page = await searched(booking_db, municipality=POSIO)
    answer = wire.Slots.model_validate_json(page.json)
    assert answer.items == []
    otherwise = answer.otherwise
    assert otherwise is not None
    assert otherwise.nearest is not None
    assert otherwise.nearest.slot.start == helsinki(1, 10)
    assert 45 <= (otherwise.nearest.km or 0) <= 52
    assert otherwise.remote is not None
    assert otherwise.remote.channel == "phone"
    assert otherwise.drop_in is not None
    assert otherwise.drop_in.start == helsinki(3, 12)
    assert page.in_vain


async def test_drop_in_windows_stand_among_the_times_until_they_end(
    booking_db: db.Sessions, registry: Registry
) -> None:
    window = {"weekday": 1, "from": "10:15", "to": "12:00", "topics": ["e-services"], "languages": ["fi", "sv"]}
    await registry.change_point(booking_db, drop_in=[window])
    items = (await found(booking_db)).items
    assert [(slot.start, slot.drop_in) for slot in items[:3]] == [
        (helsinki(1, 10), False),
        (helsinki(1, 10, 15), True),
        (helsinki(1, 10, 30), False),
    ]
    assert items[1].id is None
    assert items[1].end == helsinki(1, 12)
    assert await free(booking_db, now=helsinki(1, 11, 59), drop_in=True, limit=1) == [helsinki(1, 10, 15)]
    assert await free(booking_db, now=helsinki(1, 12, 1), drop_in=True, limit=1) == [helsinki(8, 10, 15)]
    assert (await found(booking_db, language="sv")).items[0].drop_in


async def test_help_by_phone_is_found_from_any_municipality_of_the_region(
    booking_db: db.Sessions, registry: Registry
) -> None:
    await registry.open(booking_db, 2, "10:00", "11:00", service_point_id=None, channels=["phone"])
    assert helsinki(2, 10) in await free(booking_db, channel="phone", municipality=POSIO)
    assert helsinki(2, 10) not in await free(booking_db)


@pytest.mark.parametrize("limit", [1, 20])
async def test_the_search_reads_little_more_than_it_shows(
    postgres: Postgres, booking_db: db.Sessions, registry: Registry, limit: int
) -> None:
    """calcom/cal.com#5277, #4007; betagouv/rdv-service-public#2542: slot pages of 10 to 40 s. What the plan reads is
    counted, not timed."""
    await many_spans(booking_db)
    as_owner(postgres, address_of(booking_db), "ANALYZE free_span")
    query = store.Query(topic="e-services", municipalities=(KUUSAMO,), zone=ZONE)
    statement, values = store.statement(query, after=None, each_place=False)
    values |= {"now": NOW, "start": None, "end": NOW + store.FAR, "limit": limit, "total": limit}
    async with connected(booking_db) as connection:
        assert await rows_read(connection, statement, values) < 60 + 3 * limit


async def many_spans(sessions: db.Sessions) -> None:
    """Twenty thousand spans in fifty days, a twentieth of them in Kuusamo."""
    async with db.transaction(sessions) as session:
        await session.execute(
            sa.text(
                """
                INSERT INTO free_span (first_start, last_start, free_from, tutor_id, offering_id, service_point_id,
                    step_minutes, duration_minutes, before_minutes, after_minutes, notice_minutes, lead, plain, channel,
                    topic, region, municipality, languages, features)
                SELECT first_start + make_interval(days => n % 50, mins => n / 50 % 7 * 60),
                       last_start + make_interval(days => n % 50, mins => n / 50 % 7 * 60), free_from, uuidv7(),
                       offering_id, service_point_id, step_minutes, duration_minutes, 0, 0, notice_minutes, lead, plain,
                       channel, topic, region, CASE WHEN n % 20 = 0 THEN municipality ELSE 'x' || n % 300 END,
                       languages, features
                FROM (SELECT * FROM free_span LIMIT 2) AS one, generate_series(1, 20000) AS n
                """
            )
        )


async def test_every_slot_found_can_be_booked(booking_db: db.Sessions, registry: Registry) -> None:
    slots = (await found(booking_db, to=helsinki(8, 20))).items[::5]
    assert len(slots) > 1
    for slot in slots:
        assert await registry.book(booking_db, slot.start, slot_id=slot.id)


async def test_many_days_without_a_start_in_those_hours_hide_none_that_has(
    booking_db: db.Sessions, registry: Registry
) -> None:
    for weekday in (2, 3, 4):
        await registry.open(booking_db, weekday, "09:00", "11:00")
    await registry.open(booking_db, 5, "17:00", "18:00")
    assert await free(booking_db, from_time="17:00", limit=1) == [helsinki(5, 17)]


@pytest.mark.parametrize(
    "parts", ['Infinity, ""', '30, "\\ud800"', '"30", "x"', '1e9, ""', 'null, ""', '"٣٠", ""', '"30", {}', '"30", []']
)
async def test_a_cursor_that_was_never_given_is_refused(
    booking_db: db.Sessions, registry: Registry, parts: str
) -> None:
    nil = str(uuid.UUID(int=0))
    text = f'["2027-03-01T10:00:00+00:00", "{nil}", "on_site", "{nil}", {parts}, "{nil}"]'
    with pytest.raises(InvalidInput):
        await found(booking_db, after=base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
