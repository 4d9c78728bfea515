"""The registry at national size: how fast places are found by words and by where they are, and how fast booking's
copies are made anew from the feed alone."""

import asyncio
import json
import random
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import httpx2
import psycopg

from deploy.local.home import Home
from services.booking.actions.recopying import recopy
from shared import db
from shared.clients import ProvidersClient
from shared.keys import SigningKey
from shared.schemas import providers as wire
from shared.schemas.common import Wire
from tests.load import client
from tests.load.national import municipalities

KINDS = ("kirjasto", "yhteispalvelupiste", "kylätalo", "digipaja", "seurakuntatalo", "opisto", "järjestötalo")
PLACES = ("Keskustan", "Rantakylän", "Koivikon", "Harjun", "Lehtolan", "Asemakylän", "Mäkelän", "Niemen", "Suvannon")
WORDS = ("kirjasto", "puhelimen", "verkkopankissa", "digipaja", "kylatalo", "tunnistautuminen", "rantakylan kirjasto")
FORMER_COLUMNS = {"tutors": "helpers"}
JSON_COLUMNS = {
    "name",
    "breaks",
    "description",
    "for_whom",
    "bring",
    "safety_promise",
    "not_done",
    "equipment",
    "drop_in",
    "weekly_hours",
}


def fill(url: str, tutors: int, seed: int) -> None:
    """As many service points as tutors, of a thousand organisations, each with the event that tells of it."""
    chance = random.Random(seed)
    towns = municipalities()
    organisations = [
        (uuid.UUID(int=chance.getrandbits(128)), chance.choice(towns)) for _ in range(max(10, tutors // 10))
    ]
    events: list[tuple[str, str, str]] = []
    with psycopg.connect(url) as connection:
        with connection.cursor() as cursor:
            for ident, town in organisations:
                _write(cursor, events, "organisation", _organisation(ident, town))
                _write(cursor, events, "offering", _offering(ident, town, chance))
            for n in range(tutors):
                owner, town = chance.choice(organisations)
                _write(cursor, events, "service_point", _point(owner, town, chance, n))
                _write(cursor, events, "tutor", _tutor(owner, town, chance))
        with connection.cursor().copy("COPY event (type, subject, data) FROM STDIN") as copy:
            for event in events:
                copy.write_row(event)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _write(cursor: Any, events: list[tuple[str, str, str]], table: str, state: Wire) -> None:
    row = state.model_dump(mode="json", by_alias=True)
    values = {
        FORMER_COLUMNS.get(name, name): json.dumps(value) if name in JSON_COLUMNS and value is not None else value
        for name, value in row.items()
    }
    names = ", ".join(values)
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f'%({name})s' for name in values)})", values)
    events.append((f"fi.vuoro.{table.replace('_', '-')}.changed", row["id"], json.dumps(row)))


def _organisation(ident: uuid.UUID, town: dict[str, str]) -> wire.Organisation:
    return wire.Organisation.model_validate(
        {"id": ident, "region": town["region"], "name": {"fi": f"{town['name_fi']} digi"}, "kind": "municipality",
         "municipality": town["code"]}
    )  # fmt: skip


def _offering(owner: uuid.UUID, town: dict[str, str], chance: random.Random) -> wire.Offering:
    topics = chance.sample(("e-services", "smart-devices", "online-bank", "computer", "security"), 3)
    return wire.Offering.model_validate(
        {"id": uuid.UUID(int=chance.getrandbits(128)), "region": town["region"], "organisation_id": owner,
         "name": {"fi": "Digituki"}, "topics": topics, "channels": ["on_site"]}
    )  # fmt: skip


def _point(owner: uuid.UUID, town: dict[str, str], chance: random.Random, number: int) -> wire.ServicePoint:
    return wire.ServicePoint.model_validate(
        {
            "id": uuid.UUID(int=chance.getrandbits(128)), "region": town["region"], "organisation_id": owner,
            "name": {"fi": f"{chance.choice(PLACES)} {chance.choice(KINDS)}"},
            "address": f"Tie {number}, {town['name_fi']}", "municipality": town["code"],
            "lat": min(70.9, max(59.1, float(town["lat"]) + chance.gauss(0, 0.1))),
            "lon": min(31.9, max(19.1, float(town["lon"]) + chance.gauss(0, 0.2))),
        }
    )  # fmt: skip


def _tutor(owner: uuid.UUID, town: dict[str, str], chance: random.Random) -> wire.Tutor:
    return wire.Tutor.model_validate(
        {"id": uuid.UUID(int=chance.getrandbits(128)), "region": town["region"], "organisation_id": owner,
         "display_name": "Aino", "languages": ["fi"], "topics": ["e-services"], "channels": ["on_site"],
         "status": "active"}
    )  # fmt: skip


def measure(home: Home, port: int, tutors: int, many: int, seed: int) -> dict[str, Any]:
    """Fill, make the copies anew, search."""
    fill(home.owner_url("providers"), tutors, seed)
    began = time.perf_counter()
    wrong = asyncio.run(_recopy(home))
    recopied = time.perf_counter() - began
    chance, towns = random.Random(seed), municipalities()

    def request() -> bytes:
        town = chance.choice(towns)
        asked = chance.choice(
            (
                {"q": f"{chance.choice(WORDS)} {town['name_fi']}"},
                {"q": chance.choice(WORDS), "near": f"{town['lat']},{town['lon']}", "radius": 30},
                {"near": f"{town['lat']},{town['lon']}", "radius": 30, "topic": "online-bank"},
            )
        )
        return client.get(f"/api/providers/v1/service-points?limit=20&{urlencode(asked)}")

    client.one_by_one(port, [request() for _ in range(20)])  # Voikko is loaded by the first
    found = client.one_by_one(port, [request() for _ in range(many)])
    return {
        "service_points": tutors,
        "search_p50_ms": round(found.p50, 2),
        "search_p95_ms": round(found.quantile(0.95), 2),
        "codes": dict(found.codes),
        "copies_seconds": round(recopied, 1),
        "copies_rows": sum(wrong.values()),
    }


async def _recopy(home: Home) -> dict[str, int]:
    key = SigningKey.from_file("booking", home.path / "keys" / "booking.pem")
    async with httpx2.AsyncClient() as http, db.pool(home.database_url("booking"), size=1) as pool:
        return await recopy(pool, ProvidersClient(http, home.gateway, key=key), lambda _events: None)
