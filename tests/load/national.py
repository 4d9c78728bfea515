"""A country's worth of digital support, from a seeded generator: the copies of the registry, hours and appointments.

Regions, municipalities and their coordinates are the real ones; people, places and visits are invented. The free spans
are not invented: the engine works them out from the rules.
"""

import asyncio
import csv
import datetime as dt
import json
import random
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from services.booking.actions import spans
from services.booking.domain.grid import aligned, each
from services.booking.domain.slot_rules import SlotRule
from services.booking.domain.wall_time import DAY, Recurrence, WeeklyHours, local_date
from shared.intervals import Interval

ROOT = Path(__file__).parents[2]
ZONE = "Europe/Helsinki"
PUBLISHED = ["e-services", "smart-devices", "online-bank"]
"""Topics that the registry has, and so the pages."""
TOPICS = [*PUBLISHED, *(f"topic-{n:02}" for n in range(len(PUBLISHED), 20))]
TOPICS_EACH = 3
DAYS = 56
VISITS_EACH = 40
NOTICES = (60, 120, 1440)
WORKERS = 2


@dataclass(frozen=True)
class Size:
    """How much. The rest follows: three places for ten tutors, forty visits each, an organisation for each place."""

    tutors: int
    first: int = 0

    @property
    def places(self) -> range:
        return range(self.first * 3 // 10, max(1, self.tutors * 3 // 10))


def ident(kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{number}")


def municipalities() -> list[dict[str, str]]:
    with (ROOT / "services/providers/migrations/data/0001_municipalities.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        return list(csv.DictReader(lines))


def fill(url: str, size: Size, seed: int, now: dt.datetime) -> float:
    """Write it all; answers how many tutors' free spans were worked out in a second."""
    chance = random.Random(seed + size.first)
    known = municipalities()
    with psycopg.connect(url) as connection:
        for table, columns, rows in _registry(size, known, chance):
            _copy(connection, table, columns, rows)
        hours = list(_hours(size, known, chance, now))
        _copy(
            connection,
            "availability",
            "id, region, tutor_id, service_point_id, channels, opens, closes, zone, starts_on, recurrence",
            (row for row, _weekly in hours),
        )
        _visits(connection, hours, chance, now)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    tutors = [ident("tutor", n) for n in range(size.first, size.tutors)]
    began = time.perf_counter()
    asyncio.run(_work_out(url, tutors, now))
    took = time.perf_counter() - began
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE free_span")
        connection.execute("VACUUM ANALYZE appointment")
        connection.execute("VACUUM ANALYZE claim")
    return len(tutors) / took


def _copy(
    connection: psycopg.Connection[Any], table: LiteralString, columns: LiteralString, rows: Iterable[Any]
) -> None:
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _registry(
    size: Size, known: Sequence[dict[str, str]], chance: random.Random
) -> Iterator[tuple[LiteralString, LiteralString, Iterable[Any]]]:
    places = [(n, known[n % len(known)]) for n in size.places]
    yield (
        "service_point",
        "id, region, organisation_id, municipality, name, address, lat, lon, active, refreshed_on",
        (
            (
                ident("place", n),
                row["region"],
                ident("organisation", n),
                row["code"],
                json.dumps({"fi": f"Paikka {n}"}),
                f"Tie {n}",
                float(row["lat"]) + chance.uniform(-0.1, 0.1),
                float(row["lon"]) + chance.uniform(-0.2, 0.2),
                True,
                "2099-01-01",
            )
            for n, row in places
        ),
    )
    yield (
        "offering",
        "id, organisation_id, topics, channels, duration_minutes, buffer_before_minutes, buffer_after_minutes, "
        "grid_minutes, notice_minutes, horizon_days, active",
        (
            (
                ident("offering", n),
                ident("organisation", n),
                TOPICS,
                ["on_site", "phone"],
                30,
                0,
                chance.choice((0, 5)),
                30,
                chance.choice(NOTICES),
                DAYS,
                True,
            )
            for n, _row in places
        ),
    )
    yield (
        "tutor",
        "id, region, organisation_id, display_name, languages, topics, channels, active, refreshed_on",
        (
            (
                ident("tutor", n),
                known[place_of(n) % len(known)]["region"],
                ident("organisation", place_of(n)),
                f"Opastaja {n}",
                ["fi", "sv"] if n % 10 == 0 else ["fi"],
                chance.sample(TOPICS, TOPICS_EACH),
                ["on_site", "phone"],
                True,
                "2099-01-01",
            )
            for n in range(size.first, size.tutors)
        ),
    )


def place_of(tutor: int) -> int:
    return tutor * 3 // 10


def _hours(
    size: Size, known: Sequence[dict[str, str]], chance: random.Random, now: dt.datetime
) -> Iterator[tuple[tuple[Any, ...], tuple[int, WeeklyHours]]]:
    """Three half days a week at the place, each tutor's own."""
    first = local_date(now, ZONE) - 28 * DAY
    for n in range(size.first, size.tutors):
        for weekday in chance.sample(range(1, 7), 3):
            recurrence = Recurrence.weekly(weekday, 1, first, None)
            opens = dt.time(chance.choice((9, 10, 12, 14)))
            closes = dt.time(opens.hour + 5)
            place = ident("place", place_of(n))
            weekly = WeeklyHours(opens, closes, ZONE, recurrence, place, frozenset({"on_site"}))
            region = known[place_of(n) % len(known)]["region"]
            row = (
                uuid.UUID(int=chance.getrandbits(128), version=4),
                region,
                ident("tutor", n),
                place,
                ["on_site"],
                opens,
                closes,
                ZONE,
                recurrence.first,
                recurrence.rule(ZONE),
            )
            yield row, (n, weekly)


def _visits(connection: psycopg.Connection[Any], hours: Sequence[Any], chance: random.Random, now: dt.datetime) -> None:
    """Forty visits each, half an hour long, on the grid, no two at once: a month back and eight weeks ahead."""
    today = local_date(now, ZONE)
    possible: dict[int, list[dt.datetime]] = {}
    regions: dict[int, str] = {}
    rule = SlotRule(uuid.UUID(int=0), 30, grid=60)
    for row, (n, weekly) in hours:
        regions[n] = row[1]
        for interval in weekly.between(today - 28 * DAY, today + DAYS * DAY):
            runs = aligned([Interval(interval.start, interval.end - dt.timedelta(minutes=29))], rule.grid, ZONE)
            possible.setdefault(n, []).extend(at for at, _free_from in each(runs))
    visits = [
        (uuid.UUID(int=chance.getrandbits(128), version=4), n, start)
        for n, starts in possible.items()
        for start in chance.sample(starts, min(VISITS_EACH, len(starts)))
    ]
    half = dt.timedelta(minutes=30)
    _copy(
        connection,
        "claim",
        "session_id, resource_id, busy, kind",
        (
            (visit, ident("tutor", n), f"[{start.isoformat()},{(start + half).isoformat()})", "tutor")
            for visit, n, start in visits
        ),
    )
    _copy(
        connection,
        "appointment",
        "id, session_id, region, organisation_id, tutor_id, offering_id, service_point_id, channel, topic, starts, "
        "ends, state, booked_by",
        (
            (
                visit,
                visit,
                regions[n],
                ident("organisation", place_of(n)),
                ident("tutor", n),
                ident("offering", place_of(n)),
                ident("place", place_of(n)),
                "on_site",
                TOPICS[0],
                start,
                start + half,
                "booked" if start > now else "attended",
                "client:bench",
            )
            for visit, n, start in visits
        ),
    )


async def _work_out(url: str, tutors: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """All spans from the rules, by one process with two connections, so that it works while the database does."""
    waiting = list(tutors)

    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            while waiting:
                some = [waiting.pop() for _ in range(min(20, len(waiting)))]
                async with connection.transaction():
                    await spans.refresh(connection, some, now=now, zone=ZONE)

    await asyncio.gather(*(work() for _ in range(WORKERS)))
