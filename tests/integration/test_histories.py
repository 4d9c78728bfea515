"""Whatever people do to each other's time, the free spans stay those of the rules. The seed of a failure is printed."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections import Counter

import pytest
import sqlalchemy as sa

from services.booking.actions.rebuilding import rebuild
from shared import db
from tests.conftest import ROOT
from tests.integration.histories import KINDS, MINUTE, begin, nothing_is_wrong

pytestmark = [pytest.mark.anyio, pytest.mark.trials]
# `make soak` asks for more.
STEPS = int(os.environ.get("VUORO_STEPS", "40"))
RACES = int(os.environ.get("VUORO_RACES", "1"))


def seeded() -> tuple[int, random.Random]:
    seed = int(os.environ.get("VUORO_SEED", random.randrange(2**32)))
    print("VUORO_SEED", seed)
    return seed, random.Random(seed)


@pytest.mark.parametrize("kind", KINDS)
async def test_after_every_random_history_the_spans_are_those_of_the_rules(booking_db: db.Sessions, kind: str) -> None:
    _seed, chance = seeded()
    history = await begin(booking_db, chance, kind)
    for number in range(STEPS):
        await history.step()
        history.now += MINUTE * chance.choice((0, 0, 1, 7, 40))
        await history.registry.catch_up(booking_db, history.now)  # a new day brings a new date of the horizon
        if number % 5 == 0:
            await nothing_is_wrong(history)
    await nothing_is_wrong(history)
    assert history.done["book"] > 0, history.done


@pytest.fixture
async def url(booking_db: db.Sessions) -> str:
    address: str = booking_db.kw["bind"].url.set(drivername="postgresql").render_as_string(hide_password=False)
    return address


@pytest.mark.parametrize("kind", ["plain", "group", "with company"])
async def test_several_processes_race_and_nothing_collides(booking_db: db.Sessions, url: str, kind: str) -> None:
    """betagouv/rdv-service-public#5367, calcom/cal.com#13397: collisions found after the write, or never."""
    seed, chance = seeded()
    history = await begin(booking_db, chance, kind)
    for _ in range(8):
        await history.book()
    registry = {name: str(value) for name, value in history.registry.__dict__.items()}
    ids: dict[str, object] = {
        "zone": registry.pop("zone"),
        "registry": registry,
        "tutors": [str(tutor) for tutor in history.tutors],
        "booked": [str(booked) for booked in history.booked],
    }
    for number in range(RACES):
        done = await asyncio.gather(*(racer(url, seed + number * 10 + part, ids) for part in range(3)))
        await nothing_is_wrong(history)
        assert sum((Counter(each) for each in done), Counter())["book"] > 0


async def racer(url: str, seed: int, ids: dict[str, object]) -> dict[str, int]:
    """A process of its own."""
    command = [sys.executable, "-m", "tests.integration.histories", url, str(seed), str(STEPS), json.dumps(ids)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()[-3000:]
    found: dict[str, int] = json.loads(out)
    return found


async def test_a_rebuild_finds_what_was_wrong_and_mends_it(booking_db: db.Sessions, url: str) -> None:
    _seed, chance = seeded()
    history = await begin(booking_db, chance, "plain")
    told: list[int] = []
    async with db.pool(url, size=1) as pool:
        assert await rebuild(pool, now=history.now, zone=history.registry.zone, report_done=told.append) == 0
        async with db.transaction(booking_db) as session:
            await session.execute(
                sa.text("DELETE FROM free_span WHERE tutor_id = :tutor"), {"tutor": history.tutors[0]}
            )
        assert await rebuild(pool, now=history.now, zone=history.registry.zone, report_done=told.append) == 1
        assert await rebuild(pool, now=history.now, zone=history.registry.zone, report_done=told.append) == 0
    assert sum(told) == 9
