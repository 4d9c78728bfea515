"""Finding topics and service points among all the real libraries, by words, by place, page by page."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.local.postgres import Postgres
from services.providers.actions.code_lists import write_topic
from services.providers.actions.importing import import_files
from services.providers.domain.completeness import completeness
from services.providers.models import Municipality, Offering, Organisation, ServicePoint
from services.providers.search.points import find_points
from services.providers.search.topics import find_topics
from services.providers.store.service_points import known_of
from shared import db
from shared.auth import Principal
from shared.db import Connection, driver
from shared.problems import InvalidInput
from shared.schemas import providers as wire
from shared.schemas.common import LocalisedText
from tests.conftest import fresh_database

pytestmark = pytest.mark.anyio
COORDINATOR = Principal("client", scopes=frozenset({"registry:write"}))


@pytest.fixture(scope="module")
def libraries(postgres: Postgres, data: Path) -> str:
    """The name of a database with all libraries, to be copied from: bringing them in takes seconds."""
    url = fresh_database(postgres, "providers")

    async def bring_in() -> None:
        engine, sessions = db.connect(url)
        async with db.transaction(sessions) as session:
            points = data / "libraries" / "libraries.csv"
            await import_files(
                session, source="libraries", points=points, hours=None, start=lambda _n: lambda _done: None
            )
        await engine.dispose()

    asyncio.run(bring_in())
    return str(sa.make_url(url).database)


@pytest.fixture
async def connection(postgres: Postgres, libraries: str) -> AsyncIterator[Connection]:
    engine, sessions = db.connect(fresh_database(postgres, "providers", libraries))
    async with db.transaction(sessions) as session:
        yield await driver(session)
    await engine.dispose()


async def names(connection: Connection, **wanted: object) -> list[str]:
    found = await find_points(connection, wire.ServicePointSearch.model_validate(wanted))
    return [item.name.fi or "" for item in found.items]


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("kännykkä", "smart-devices"),
        ("puhelimen", "smart-devices"),
        ("Puhelimessani", "smart-devices"),
        ("puheln", "smart-devices"),
        ("kannykka", "smart-devices"),
        ("tabletilla", "smart-devices"),
        ("verkkopankissa", "online-bank"),
        ("laskujen maksaminen", "online-bank"),
        ("nätbanken", "online-bank"),
        ("lösenord", "e-identification"),
        ("tunnistautumisessa", "e-identification"),
        ("veroilmoituksen", "tax"),
        ("kelan eläke", "kela"),
        ("valokuvien siirtäminen", "photos"),
        ("huijausviestejä", "scams"),
        ("printer", "printing"),
        ("whatsapp", "video-calls"),
    ],
)
async def test_what_a_person_says_finds_the_topic(providers_db: db.Sessions, said: str, topic: str) -> None:
    async with db.transaction(providers_db) as session:
        assert topic in (await find_topics(await driver(session), said))[:4]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("verokortti", "tax"),  # and no other card
        ("huijausviesti", "security"),  # and no other message
        ("whatsapp", "video-calls"),
        ("kännykkä", "smart-devices"),
        ("resepti", "health"),
        ("salasana unohtui", "passwords"),
        ("whatsapp ei toimi", "video-calls"),
        ("tulostin ei toimi", "computer"),
        ("netti ei toimi", "connection"),
        ("ei toimi", "connection"),  # there is nothing else to go by
    ],
)
async def test_a_whole_word_counts_more_than_its_last_part(providers_db: db.Sessions, said: str, first: str) -> None:
    async with db.transaction(providers_db) as session:
        assert (await find_topics(await driver(session), said))[0] == first


async def test_words_that_nobody_means_find_nothing(providers_db: db.Sessions) -> None:
    async with db.transaction(providers_db) as session:
        for said in ("", "???", "qqqqqq", "%_%", "'; DROP SCHEMA --", "\u202e"):
            assert await find_topics(await driver(session), said) == []


async def test_a_renamed_topic_is_found_by_its_new_words(providers_db: db.Sessions) -> None:
    async with db.transaction(providers_db) as session:
        assert await find_topics(await driver(session), "dronella") == []
    wanted = wire.TopicInput(
        name=LocalisedText(fi="Lentävät laitteet"), parent="smart-devices", synonyms=wire.Synonyms(fi=["drone"])
    )
    async with db.transaction(providers_db) as session:
        await write_topic(session, caller=COORDINATOR, code="drones", wanted=wanted)
    async with db.transaction(providers_db) as session:
        assert await find_topics(await driver(session), "dronella") == ["drones"]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("Kallion kirjasto", "Kallion kirjasto"),
        ("kalion kirjasto", "Kallion kirjasto"),
        ("Kuusamossa", "Kuusamon pääkirjasto"),
        ("ahtari", "Ähtärin kaupunginkirjasto"),
        ("porvoon paakirjasto", "Porvoon pääkirjasto"),
        ("Pietarsaaressa", "Pietarsaaren kirjasto"),
    ],
)
async def test_a_place_is_found_however_it_is_written(connection: Connection, said: str, first: str) -> None:
    assert (await names(connection, q=said))[:3].count(first) == 1


async def test_a_trouble_and_a_town_are_understood_together(connection: Connection) -> None:
    found = await find_points(connection, wire.ServicePointSearch(q="verkkopankki Kuusamossa"))
    assert found.understood is not None
    assert (found.understood.topics, found.understood.municipality) == (["online-bank"], "305")
    assert found.items == []  # nobody offers it there yet
    point = await (
        await connection.execute("SELECT organisation_id, region FROM service_point WHERE municipality = '305'")
    ).fetchone()
    assert point
    await connection.execute(
        "INSERT INTO offering (region, organisation_id, name, topics, channels, duration_minutes,"
        " buffer_before_minutes, buffer_after_minutes, grid_minutes, notice_minutes, horizon_days, status)"
        " VALUES (%s, %s, '{\"fi\": \"Digituki\"}', '{online-bank}', '{on_site}', 30, 0, 0, 15, 60, 56, 'active')",
        (point[1], point[0]),
    )
    assert await names(connection, q="verkkopankki Kuusamossa") == ["Kuusamon pääkirjasto"]
    assert await names(connection, topic="online-bank") == ["Kuusamon pääkirjasto"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Tietokone- ja puhelinpaja", "tietokone- ja puhelinpaja"),
        ("Kuusamon mökkiläisten piste", "Kuusamon mökkiläisten piste"),
        ("Verkkopankki-ilta", "verkkopankki-ilta"),
        ("Puhelinneuvonta Salo", "puhelinneuvonta salo"),
        ("Digituki Turku", "Digituki Turku"),
        ("Datorhjälpen Esbo", "datorhjälpen esbo"),
    ],
)
async def test_a_place_is_found_by_its_own_name_whatever_its_words_mean(
    connection: Connection, name: str, said: str
) -> None:
    """It lies in Oulu, whatever town its name has, and nobody offers any help there yet."""
    await connection.execute(
        "UPDATE service_point SET name = jsonb_build_object('fi', %s::text) WHERE id = (SELECT id FROM service_point"
        " WHERE municipality = '564' ORDER BY id DESC LIMIT 1)",
        (name,),
    )
    assert (await names(connection, q=said))[:1] == [name]
    assert name in await names(connection, q=said, municipality="564")
    assert name not in await names(connection, q=said, municipality="091")


async def test_words_that_mean_something_narrow_the_search_where_no_name_has_them(connection: Connection) -> None:
    found = await find_points(connection, wire.ServicePointSearch(q="kirjasto Kuusamossa"))
    assert {item.municipality for item in found.items} == {"305"}
    assert await names(connection, q="tietokone", topic="photos") == []


async def test_the_nearest_come_first_page_by_page_and_none_twice(connection: Connection) -> None:
    whole = await find_points(connection, wire.ServicePointSearch(near="65.01,25.47", radius=60, limit=500))
    distances = [item.km or 0 for item in whole.items]
    assert distances == sorted(distances)
    assert len(distances) > 20
    paged, after = [], None
    while True:
        page = await find_points(
            connection, wire.ServicePointSearch(near="65.01,25.47", radius=60, limit=7, after=after)
        )
        paged += [item.id for item in page.items]
        if (after := page.next) is None:
            break
    assert paged == [item.id for item in whole.items]


async def test_every_library_comes_once_in_order_of_id(connection: Connection) -> None:
    seen, after = [], None
    while True:
        page = await find_points(connection, wire.ServicePointSearch(limit=100, after=after))
        seen += [item.id for item in page.items]
        if (after := page.next) is None:
            break
    assert len(seen) == len(set(seen)) == 720


async def test_drafts_and_what_was_withdrawn_are_not_found(connection: Connection) -> None:
    assert "Kallion kirjasto" in await names(connection, q="Kallion kirjasto")
    for publishing in ("draft", "withdrawn"):
        await connection.execute(
            "UPDATE service_point SET publishing = %s WHERE name->>'fi' = 'Kallion kirjasto'", (publishing,)
        )
        assert "Kallion kirjasto" not in await names(connection, q="Kallion kirjasto")


@pytest.mark.parametrize("cursor", ["x", "WzFd", "bm9uc2Vuc2U", "W251bGwsIG51bGxd"])
async def test_a_cursor_that_never_was_is_refused(connection: Connection, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        await find_points(connection, wire.ServicePointSearch(after=cursor))


async def test_what_is_missing_for_a_citizen_is_told(providers_db: db.Sessions, data: Path) -> None:
    async with db.transaction(providers_db) as session:
        municipality = await session.get_one(Municipality, "305")
        organisation = Organisation(region="17", name={"fi": "X"}, kind="library", municipality="305", status="active")
        session.add(organisation)
        await session.flush()
        point = ServicePoint(
            region="17", organisation_id=organisation.id, name={"fi": "Y"}, address="Tie 1",
            municipality=municipality.code, status="active",
        )  # fmt: skip
        session.add(point)
        await session.flush()
        await session.refresh(point)
        score, missing = completeness(await known_of(session, point), ["fi"])
        assert (score, missing[:4]) == (8, ["help", "hours", "contact", "coordinates"])
        point.phone, point.lat, point.lon = "+358406854048", 65.9, 29.1
        session.add(
            Offering(
                region="17", organisation_id=organisation.id, name={"fi": "Digituki"}, topics=["computer"],
                channels=["on_site"], duration_minutes=30, other_durations_minutes=[], buffer_before_minutes=0,
                buffer_after_minutes=0, grid_minutes=15, notice_minutes=0, horizon_days=56, breaks=[], capacity=1,
                tutors=1, needs=[], status="active",
            )
        )  # fmt: skip
        await session.flush()
        assert completeness(await known_of(session, point), ["fi"])[0] == 58
        await session.execute(sa.delete(Offering))
