"""Random histories of one service point: what people do to each other's time, one after the other or all at once.

`python -m tests.integration.histories URL SEED STEPS REGISTRY` is one of several processes that race on one database.
"""

import asyncio
import datetime as dt
import json
import random
import sys
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from services.booking.actions import changes, closings, holds, hours, offers, reassigning, waitlist
from services.booking.actions.context import Context
from services.booking.actions.locking import lock_with_colleagues
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.db import driver
from shared.problems import Problem
from shared.schemas import booking as wire
from tests.integration.registry import (
    AILI,
    KUUSAMO,
    NOW,
    Registry,
    acting,
    as_the_rules_say,
    as_the_worker,
    found,
)

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
# Of each kind of offering that makes the free spans depend on more than one claim.
KINDS: dict[str, dict[str, Any]] = {
    "plain": {"buffer_after_minutes": 10, "duration_minutes": 45, "grid_minutes": 15},
    "several durations": {"other_durations_minutes": [60, 90], "buffer_before_minutes": 5},
    "bounded": {"most_per_day": 2, "most_per_week": 5},
    "group": {"capacity": 3, "duration_minutes": 60},
    "with a room": {"needs": ["quiet-room"], "grid_minutes": 15},
    "with company": {"tutors": 2},
    "group with company in a room": {"capacity": 2, "tutors": 2, "needs": ["quiet-room"]},
    "at home": {"channels": ["home", "on_site"]},
}
TUTORS = 3
# Of installations: one in the west, and one without summer time that is half an hour off the others.
INSTALLATIONS = ("Europe/Helsinki", "America/New_York", "Asia/Kolkata")
# Of tutors, besides the installation's.
ZONES = ("Europe/Helsinki", "Europe/Stockholm", "America/St_Johns", "Asia/Tokyo")
STAFFED = [{"weekday": weekday, "from": "07:00", "to": "20:00"} for weekday in range(1, 8)]
# What citizens ask for on the installation's wall.
MORNINGS: dict[str, Any] = {"weekday": [1, 3, 5], "from_time": "07:30", "to_time": "13:00"}


@dataclass
class History:
    """One that happens."""

    sessions: db.Sessions
    registry: Registry
    tutors: list[uuid.UUID]
    chance: random.Random
    now: dt.datetime = NOW
    booked: list[uuid.UUID] = field(default_factory=list)
    held: list[uuid.UUID] = field(default_factory=list)
    rules: list[tuple[str, uuid.UUID, uuid.UUID]] = field(default_factory=list)
    waiting: list[uuid.UUID] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    async def step(self) -> None:
        """One thing that somebody does. A refusal is an answer; anything else is a fault."""
        what: Callable[[], Awaitable[None]] = self.chance.choice(
            [self.book] * 5
            + [self.hold] * 2
            + [self.confirm, self.let_go, self.move, self.move, self.cancel, self.cancel, self.be_away, self.come_back]
            + [self.open, self.close, self.wait, self.answer, self.reassign, self.shut, self.travel]
        )
        try:
            await what()
            self.done[what.__name__] += 1
        except Problem as problem:
            self.done[f"{what.__name__}: {problem.slug}"] += 1

    def _asked(self, caller: Principal = ANONYMOUS) -> Context:
        return self.registry.asked(caller, self.now)

    async def _slot(self) -> wire.Slot | None:
        how = self.chance.choice([{}, {"tutors": "any"}, {"channel": "home"}, MORNINGS])
        items = [
            slot for slot in (await found(self.sessions, self.now, zone=self.registry.zone, **how)).items if slot.id
        ]
        if how is MORNINGS:
            walls = [slot.start.astimezone(ZoneInfo(self.registry.zone)) for slot in items]
            assert all(at.isoweekday() in (1, 3, 5) and dt.time(7, 30) <= at.time() < dt.time(13) for at in walls), (
                walls
            )
        return self.chance.choice(items[:40]) if items else None

    async def book(self) -> None:
        slot = await self._slot()
        if slot:
            address = "Kotitie 1" if slot.channel == "home" else None
            self.booked.append(
                await self.registry.book(self.sessions, slot.start, slot_id=slot.id, address=address, now=self.now)
            )

    async def hold(self) -> None:
        slot = await self._slot()
        if slot and slot.id:
            wanted = wire.HoldInput(slot_id=slot.id, topic="e-services", minutes=self.chance.randint(1, 30))
            self.held.append(await acting(self.sessions, holds.hold, self._asked(), wanted=wanted))

    def _one(self, of: list[uuid.UUID]) -> uuid.UUID | None:
        return of.pop(self.chance.randrange(len(of))) if of else None

    async def confirm(self) -> None:
        if held := self._one(self.held):
            await self.registry.book(self.sessions, NOW, slot_id=None, hold_id=held, now=self.now)
            self.booked.append(held)

    async def let_go(self) -> None:
        if held := self._one(self.held):
            await acting(self.sessions, holds.release, self._asked(), hold_id=held)

    async def move(self) -> None:
        slot = await self._slot()
        if self.booked and slot:
            await acting(
                self.sessions,
                changes.move,
                self._asked(),
                appointment_id=self.chance.choice(self.booked),
                actor="citizen",
                slot_id=slot.id,
            )

    async def cancel(self) -> None:
        if booked := self._one(self.booked):
            asked = self._asked()
            await acting(self.sessions, changes.cancel, asked, appointment_id=booked, actor="staff")

    async def travel(self) -> None:
        await live_in(self.sessions, self.registry, self.chance.choice(self.tutors), self.chance, self.now)

    async def reassign(self) -> None:
        if self.booked:
            booked = self.chance.choice(self.booked)
            asked = self._asked()
            await acting(self.sessions, reassigning.reassign, asked, appointment_id=booked, actor="staff")

    async def be_away(self) -> None:
        tutor = self.chance.choice(self.tutors)
        start = self.now + DAY * self.chance.randint(0, 20) + MINUTE * self.chance.randint(0, 600)
        lasts: Any = (start, start + MINUTE * self.chance.choice((30, 90, 1440)))
        if self.chance.random() < 0.3:
            lasts = (start.date(), start.date() + DAY * self.chance.randint(0, 2))
        wanted = wire.AbsenceInput.model_validate(
            {
                "from": lasts[0],
                "until": lasts[1],
                "appointments": self.chance.choice(("keep", "reassign", "offer", None)),
            }
        )
        asked = self._asked(self.registry.tutor_token(tutor))
        self.rules.append(("absence", tutor, await acting(self.sessions, hours.add_absence, asked, wanted=wanted)))

    async def come_back(self) -> None:
        away = [rule for rule in self.rules if rule[0] == "absence"]
        if away:
            kind, tutor, absence = self.chance.choice(away)
            self.rules.remove((kind, tutor, absence))
            asked = self._asked(self.registry.tutor_token(tutor))
            await acting(self.sessions, hours.remove_absence, asked, absence=absence)

    async def open(self) -> None:
        tutor, hour = self.chance.choice(self.tutors), self.chance.randint(8, 20)
        point: dict[str, Any] = {"service_point_id": self.registry.point}
        if self.chance.random() < 0.3:
            point = {"channels": ["home"]}
        wanted = wire.AvailabilityInput.model_validate(
            {
                "weekday": self.chance.randint(1, 7),
                "from": f"{hour:02}:{self.chance.choice((0, 15, 30)):02}",
                "to": f"{(hour + self.chance.randint(1, 5)) % 24:02}:30",
                "every_weeks": self.chance.choice((1, 1, 2)),
                "valid_until": self.chance.choice((None, self.now.date() + DAY * self.chance.randint(10, 30))),
                **point,
            }
        )
        asked = self._asked(self.registry.tutor_token(tutor))
        self.rules.append(("hours", tutor, await acting(self.sessions, hours.add_availability, asked, wanted=wanted)))

    async def close(self) -> None:
        opened = [rule for rule in self.rules if rule[0] == "hours"]
        if opened:
            kind, tutor, row = self.chance.choice(opened)
            self.rules.remove((kind, tutor, row))
            asked = self._asked(self.registry.tutor_token(tutor))
            standing = self.chance.choice(("keep", "reassign", "offer"))
            await acting(self.sessions, hours.remove_availability, asked, hours=row, standing=standing)

    async def shut(self) -> None:
        start = self.now + DAY * self.chance.randint(1, 20)
        lasts: Any = self.chance.choice([(start, start + MINUTE * 120), (start.date(), start.date())])
        wanted = wire.ClosingInput.model_validate(
            {
                "service_point_id": self.registry.point,
                "from": lasts[0],
                "until": lasts[1],
                "appointments": self.chance.choice(("keep", "offer")),
            }
        )
        await acting(self.sessions, closings.add_closing, self._asked(self.registry.staff()), wanted=wanted)

    async def wait(self) -> None:
        wanted = wire.WaitlistInput.model_validate(
            {
                "topic": "e-services",
                "municipality": KUUSAMO,
                "citizen": AILI,
                "until": "2027-05-01",
                "channel": "on_site",
                "weekday": self.chance.sample(range(1, 8), 2),
                "from_time": "10:00",
            }
        )
        self.waiting.append(await acting(self.sessions, waitlist.join, self._asked(), wanted=wanted))

    async def answer(self) -> None:
        if entry := self._one(self.waiting):
            asked = self._asked()
            what = self.chance.choice(("accept", "withdraw", "let it pass"))
            if what == "let it pass":
                await as_the_worker(self.sessions, offers.pass_on, asked, entry)
            else:
                action = waitlist.accept if what == "accept" else waitlist.withdraw
                await acting(self.sessions, action, asked, entry_id=entry)


async def live_in(
    sessions: db.Sessions, registry: Registry, tutor: uuid.UUID, chance: random.Random, now: dt.datetime = NOW
) -> None:
    """A tutor's wall is somewhere else from now on, perhaps."""
    zone = chance.choice((registry.zone, registry.zone, *ZONES))
    wanted = wire.TutorTime(zone=zone, holidays=chance.choice(("FI", None)))
    asked = registry.asked(registry.tutor_token(tutor), now)
    await acting(sessions, hours.set_tutor_time, asked, tutor_id=tutor, wanted=wanted)


async def begin(sessions: db.Sessions, chance: random.Random, kind: str) -> History:
    """A service point with three tutors, of whom each has some hours on a wall of their own, and a second, plain
    offering beside. The zone of the installation is printed."""
    registry = Registry(zone=chance.choice(INSTALLATIONS))
    print("VUORO_ZONE", registry.zone)
    await registry.seed(sessions, open=False, **KINDS[kind])
    await registry.change_offering(sessions, uuid.uuid4(), topics=["computer"], duration_minutes=30)
    await registry.change_point(sessions, equipment={"quiet-room": 1}, weekly_hours=chance.choice(([], STAFFED)))
    tutors = [registry.tutor, *(uuid.uuid4() for _ in range(TUTORS - 1))]
    for tutor in tutors:
        await registry.change_tutor(
            sessions, tutor, channels=["on_site", "phone", "home"], home_municipalities=[KUUSAMO]
        )
        await live_in(sessions, registry, tutor, chance)
        for _ in range(3):
            hour = chance.randint(8, 14)
            await registry.open(sessions, chance.randint(1, 6), f"{hour:02}:00", f"{hour + 4:02}:00", tutor=tutor)
    return History(sessions, registry, tutors, chance)


async def nothing_is_wrong(history: History) -> None:
    """The free spans are those of the rules; no live claims overlap; nobody was booked into time already withdrawn."""
    async with db.transaction(history.sessions) as session:
        connection = await driver(session)
        await lock_with_colleagues(connection, history.tutors)
        zone = history.registry.zone
        await as_the_rules_say(connection, history.tutors, history.now, zone)
        for name, query in WRONG.items():
            rows = await (await connection.execute(query, {"zone": zone})).fetchall()
            assert not rows, (name, rows[:3])


# Each finds what must not be. Events of one tutor are drawn under their lock, so their numbers are in order of commits.
WRONG = {
    "two live claims of one resource at once": """
        SELECT a.resource_id, a.busy, b.busy FROM claim a JOIN claim b
        ON a.resource_id = b.resource_id AND a.session_id < b.session_id AND a.busy && b.busy
    """,
    "a seat sold twice, or more seats than there are": """
        SELECT session_id, count(*), max(capacity) FROM appointment
        WHERE state IN ('held', 'booked', 'attended', 'no_show')
        GROUP BY session_id HAVING count(*) > max(capacity) OR count(DISTINCT seat) < count(*)
    """,
    "an appointment booked into an absence that stood already, and has not moved with its tutor's wall": """
        SELECT b.subject, w.id FROM event b JOIN absence w ON w.tutor_id = (b.data ->> 'tutor_id')::uuid
        JOIN event a ON a.subject = w.id::text AND a.type = 'fi.vuoro.absence.added' AND a.seq < b.seq
        WHERE b.type IN ('fi.vuoro.appointment.booked', 'fi.vuoro.appointment.moved', 'fi.vuoro.appointment.reassigned')
          AND w.first_on IS NULL
          AND (b.data ->> 'start')::timestamptz < w.ends AND (b.data ->> 'end')::timestamptz > w.starts
          AND NOT EXISTS (SELECT FROM event h WHERE h.subject = b.subject AND h.type = 'fi.vuoro.appointment.held'
                          AND h.seq < a.seq)
    """,
    "time that is claimed by nobody's appointment": """
        SELECT session_id FROM claim
        WHERE NOT EXISTS (SELECT FROM appointment WHERE live_session = claim.session_id)
    """,
    "somebody to whom a time is offered that was never held": """
        SELECT w.id FROM waiting w LEFT JOIN appointment a ON a.id = w.appointment_id
        WHERE w.state = 'offered' AND a.state IS DISTINCT FROM 'held'
          AND coalesce(a.state, '') NOT IN ('lapsed', 'displaced')
    """,
    "somebody to whom another time is offered than they wait for, as the installation's wall has it": """
        SELECT w.id, start FROM waiting w JOIN appointment a ON a.id = w.appointment_id
        CROSS JOIN LATERAL (SELECT a.starts AT TIME ZONE %(zone)s AS start) AS wall
        WHERE w.state = 'offered' AND NOT (w.wish -> 'weekday' @> to_jsonb(extract(isodow FROM start)::integer)
                                           AND start::time >= (w.wish ->> 'from_time')::time)
    """,
    "a visit outside the staffed hours of its place, which are as the installation's wall has them": """
        SELECT a.id, wall.start FROM appointment a JOIN service_point p ON p.id = a.service_point_id
        CROSS JOIN LATERAL (
            SELECT a.starts AT TIME ZONE %(zone)s AS start, a.ends AT TIME ZONE %(zone)s AS finish) AS wall
        WHERE a.live_session IS NOT NULL AND p.weekly_hours <> '[]' AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(p.weekly_hours) AS staffed
            WHERE (staffed ->> 'weekday')::integer = extract(isodow FROM start) AND finish::date = start::date
              AND start::time >= (staffed ->> 'from')::time AND finish::time <= (staffed ->> 'to')::time)
    """,
}


async def race(url: str, seed: int, steps: int, ids: dict[str, Any]) -> Counter[str]:
    """One process's part: many steps, some at the same moment."""
    engine, sessions = db.connect(url, pool_size=8)
    known = {name: uuid.UUID(value) for name, value in ids["registry"].items()}
    registry = Registry(**known, zone=ids["zone"])
    chance = random.Random(seed)
    history = History(sessions, registry, [uuid.UUID(tutor) for tutor in ids["tutors"]], chance)
    history.booked = [uuid.UUID(booked) for booked in ids["booked"]]
    for _ in range(steps // 4):
        await asyncio.gather(*(patiently(history) for _ in range(4)))
    await engine.dispose()
    return history.done


async def patiently(history: History) -> None:
    """A step; a transaction that the database ends to break a circle of waiting is no fault, but an answer 503."""
    try:
        await history.step()
    except psycopg.errors.DeadlockDetected:
        history.done["deadlock"] += 1


if __name__ == "__main__":
    url, seed, steps, ids = sys.argv[1:]
    print(json.dumps(asyncio.run(race(url, int(seed), int(steps), json.loads(ids)))))
