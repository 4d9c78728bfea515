"""Processes are killed while people book, move and cancel: what was answered stands, once, and nothing else does.

`VUORO_KILLS` says how many; `make soak` asks for many more than `make test`.
"""

import asyncio
import datetime as dt
import os
import random
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx2
import psycopg
import pytest

from deploy.local.postgres import Postgres
from services.booking.actions.rebuilding import rebuild
from shared import db
from tests.e2e.test_outages import Parts
from tests.installation import WITHOUT_LIMITS, eventually
from tests.prepared_home import PreparedHome

pytestmark = pytest.mark.trials

KILLS = int(os.environ.get("VUORO_KILLS", "4"))
VICTIMS = ("booking", "booking", "postgres", "booking-worker", "providers", "notify-worker")
PEOPLE = 3
BETWEEN = 5  # so many answers at least from one kill to the next
PATH = "/api/booking/v1/appointments"
TOLD_STEPS = """
    SELECT subject, type FROM event
    WHERE type IN ('fi.vuoro.appointment.booked', 'fi.vuoro.appointment.moved', 'fi.vuoro.appointment.cancelled')
    ORDER BY seq
"""
"""A move to another organisation's time also tells the former one that it hands over, which is no step of its own."""
WRONG_TWICE = """
    SELECT count(*) FROM claim a JOIN claim b USING (resource_id)
    WHERE a.busy && b.busy AND a.session_id < b.session_id
"""


class Person:
    """Books, moves and cancels, and asks each thing again, under its key, until it is answered."""

    def __init__(self, parts: Parts, seed: int) -> None:
        self.parts, self.chance = parts, random.Random(seed)
        self.http = httpx2.Client(base_url=parts.gateway, timeout=20)
        self.answered: dict[str, list[tuple[str, str]]] = {}
        """What was answered of each appointment: each step, and the state after it, with its start."""
        self.answers, self.wrong = 0, list[str]()
        self.enough = threading.Event()
        self.thread = threading.Thread(target=self._live)

    def _live(self) -> None:
        """Most of what is booked is cancelled in the end, and all of it when times run out."""
        standing: list[dict[str, Any]] = []
        with self.http:
            while not self.enough.is_set():
                made = self._book()
                if made and self.chance.random() < 0.5:
                    self._change(made, "move")
                if made and self.chance.random() < 0.2:
                    standing.append(made)
                elif ends := made or (standing and standing.pop(0)):
                    self._change(ends, "cancellation")

    def _book(self) -> dict[str, Any] | None:
        slot = self._some_slot()
        if slot is None:
            return None
        who = {"name": "Aili Mäkelä", "phone": "040 685 404"}
        answer = self._until_answered(PATH, {"slot_id": slot, "topic": "e-services", "citizen": who}, {})
        if answer.status_code != 201:
            return None
        made: dict[str, Any] = answer.json()
        self._note("booked", made)
        return made

    def _change(self, made: dict[str, Any], step: str) -> None:
        key = {"Manage-Token": str(made["manage_url"]).rpartition("/")[2]}
        slot = self._some_slot() if step == "move" else None
        if step == "move" and slot is None:
            return
        answer = self._until_answered(f"{PATH}/{made['id']}/{step}", {"slot_id": slot} if slot else {}, key)
        if answer.status_code == 200:
            self._note("moved" if step == "move" else "cancelled", answer.json())

    def _note(self, step: str, shown: dict[str, Any]) -> None:
        start = dt.datetime.fromisoformat(shown["start"]).astimezone(dt.UTC)
        self.answered.setdefault(shown["id"], []).append((step, f"{shown['state']} {start.isoformat()}"))

    def _some_slot(self) -> str | None:
        soon = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)).isoformat()
        query: dict[str, str | int] = {"topic": "e-services", "region": "17", "limit": 50, "from": soon}
        while not self.enough.is_set():
            try:
                answer = self.http.get("/api/booking/v1/slots", params=query)
            except httpx2.HTTPError:
                continue
            if answer.status_code == 200:
                found = answer.json()["items"]
                ids = [each["id"] for each in found if each["id"] and each["channel"] != "home"]
                return self.chance.choice(ids) if ids else None
        return None

    def _until_answered(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx2.Response:
        keyed = {**headers, "Idempotency-Key": str(uuid.UUID(int=self.chance.getrandbits(128), version=4))}
        while True:
            try:
                answer = self.http.post(path, json=body, headers=keyed)
            except httpx2.HTTPError:
                continue
            if answer.status_code < 500:
                self.answers += 1
                return answer
            if answer.status_code == 500:
                self.wrong.append(answer.text)


@pytest.fixture
def parts(tmp_path_factory: pytest.TempPathFactory, prepared: PreparedHome) -> Iterator[Parts]:
    running = Parts(tmp_path_factory.mktemp("killed"))
    prepared.copy_to(running.home)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("VUORO_BOOKING_LIMIT_FACTOR", WITHOUT_LIMITS)
        running.start()
        yield running
        running.stop()


def kill_and_revive(parts: Parts, victim: str) -> None:
    parts.kill(victim)
    if victim == "postgres":
        parts.run.children.insert(0, Postgres(parts.home).start())
    else:
        parts.revive(victim)


@pytest.mark.timeout(300 + 30 * KILLS)
def test_what_was_answered_stands_once_whatever_was_killed(parts: Parts) -> None:
    seed = int(os.environ.get("VUORO_SEED", "7"))
    print(f"VUORO_SEED={seed}")
    chance, people = random.Random(seed), [Person(parts, seed + number) for number in range(PEOPLE)]
    with psycopg.connect(parts.run.home.database_url("booking")) as connection:
        before = {row[0] for row in connection.execute("SELECT id::text FROM appointment")}
    for person in people:
        person.thread.start()
    try:
        for number in range(KILLS):
            wanted = answers_of(people) + BETWEEN
            eventually(partial(has_answers, people, wanted), seconds=60)
            victim = VICTIMS[number] if number < len(VICTIMS) else chance.choice(VICTIMS)
            kill_and_revive(parts, victim)
    finally:
        for person in people:
            person.enough.set()
        for person in people:
            person.thread.join(60)
    assert [wrong for person in people for wrong in person.wrong] == []
    answered = {id: steps for person in people for id, steps in person.answered.items()}
    print(f"{KILLS} kills, {answers_of(people)} answers")
    assert answered
    compare(parts, answered, before)
    assert asyncio.run(wrong_weeks(parts)) == 0


def answers_of(people: list[Person]) -> int:
    return sum(person.answers for person in people)


def has_answers(people: list[Person], wanted: int) -> bool:
    return answers_of(people) >= wanted


def compare(parts: Parts, answered: dict[str, list[tuple[str, str]]], before: set[str]) -> None:
    """What the database holds is what was answered: no more, no less, and each step has its event."""
    with psycopg.connect(parts.run.home.database_url("booking"), autocommit=True) as connection:
        rows = connection.execute("SELECT id::text, state, starts FROM appointment").fetchall()
        new = [row for row in rows if row[0] not in before]
        kept = {id: f"{state} {starts.astimezone(dt.UTC).isoformat()}" for id, state, starts in new}
        assert kept == {id: steps[-1][1] for id, steps in answered.items()}
        assert connection.execute(WRONG_TWICE).fetchone() == (0,)
        told: dict[str, list[str]] = defaultdict(list)
        for subject, type in connection.execute(TOLD_STEPS):
            told[subject].append(type.removeprefix("fi.vuoro.appointment."))
        assert dict(told) == {id: [step for step, _ in steps] for id, steps in answered.items()}
        eventually(lambda: connection.execute("SELECT count(*) FROM event WHERE position IS NULL").fetchone() == (0,))
        positions: dict[str, list[int]] = defaultdict(list)
        for subject, position in connection.execute("SELECT subject, position FROM event ORDER BY seq"):
            positions[subject].append(position)
        assert [subject for subject, found in positions.items() if found != sorted(set(found))] == []


async def wrong_weeks(parts: Parts) -> int:
    """Of how many tutors the free spans are not those of the rules."""
    async with db.pool(parts.run.home.database_url("booking"), size=1) as pool:
        now = dt.datetime.now(dt.UTC)
        return await rebuild(pool, now=now, zone="Europe/Helsinki", report_done=lambda _number: None)
