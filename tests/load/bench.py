"""`make bench`: how fast search and booking are at national size, beside their floors. Prints a table, writes
`bench.json`.

Everything is measured in one run, on one machine, through the gateway of a whole installation: its ratios mean
something, its milliseconds only here. `SIZE=smoke` is a small one that shows that the bench itself works.
"""

import datetime as dt
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import psycopg

from deploy.local.home import Home
from services.booking.domain.appointments import SlotKey
from services.booking.store import appointments as appointment_store
from services.booking.store import claims as claim_store
from services.booking.store import offerings as offering_store
from services.booking.store import search as search_store
from services.booking.store import spans as span_store
from shared import feed, idempotency
from tests.installation import Installation
from tests.load import client, floor, national, registry

SIZES = {
    "smoke": [national.Size(40), national.Size(200, 40)],
    "national": [national.Size(1_000), national.Size(10_000, 1_000)],
    "tenfold": [national.Size(1_000), national.Size(10_000, 1_000), national.Size(100_000, 10_000)],
}
SEED = 20270301
EMPTY = "/api/booking/healthz"
BOOK = "/api/booking/v1/appointments"
LEAST = "least_disturbed_p50_ms"
INSTANT, UUIDS = "timestamptz", "uuid[]"


def main() -> None:
    """Run it all."""
    name = os.environ.get("SIZE", "national")
    if name not in SIZES:
        sys.exit(f"SIZE is {name!r}; one of {', '.join(SIZES)} is needed.")
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "home")
        installation.start()
        try:
            report = Bench(installation, name).run()
        finally:
            installation.stop()
    Path("bench.json").write_text(json.dumps(report, indent=2) + "\n")
    _print(report)


@dataclass
class Bench:
    """A run under way."""

    installation: Installation
    name: str
    report: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC)
        self.chance = random.Random(SEED)
        self.url = Home(self.installation.home, self.installation.port).database_url("booking")
        self.port = self.installation.port
        self.many = 200 if self.name == "smoke" else 2000

    def run(self) -> dict[str, Any]:
        """Grow to each size and measure."""
        self.report["machine"] = _machine()
        self.report["memory"] = {"idle_mb": self._memory()}
        steps = []
        for size in SIZES[self.name]:
            say(f"filling {size.tutors} tutors (seed {SEED})")
            rate = national.fill(self.url, size, SEED, self.now)
            self.report["rebuild"] = {"tutors_per_second": round(rate, 1)}
            steps.append((self._search_p50(), self._book()))
        self._growth(steps)
        self._search()
        self.report["book"] = steps[-1][1]
        self._change_of_hours()
        self._rush()
        self.report["memory"]["after_mb"] = self._memory()
        self.report["memory"]["processes_after"] = self._processes()
        self.report["size"] = self._size()
        say("the registry")  # last, since it makes the copies anew, without what was filled in here
        home = Home(self.installation.home, self.port)
        self.report["registry"] = registry.measure(home, self.port, min(10_000, self.many * 5), self.many // 2, SEED)
        return self.report

    def _search_request(self) -> bytes:
        region = self.chance.choice(("17", "01", "06", "02", "13", "19", "11"))
        topic = self.chance.choice(national.TOPICS)
        return client.get(f"/api/booking/v1/slots?topic={topic}&region={region}&limit=20")

    def _search_p50(self) -> float:
        """The median of the least disturbed of ten rounds: steps are minutes apart, and a machine has its moods."""
        say("searching, to see the growth")
        rounds = [[self._search_request() for _ in range(self.many // 5)] for _ in range(10)]
        return min(client.one_by_one(self.port, requests).p50 for requests in rounds)

    def _search(self) -> None:
        say("searching")
        rounds = [self._search_beside_its_floor(self.many // 10) for _ in range(10)]
        asked, empty, plain = (statistics.median(each[n] for each in rounds) for n in range(3))
        rate, seconds = (50, 4) if self.name == "smoke" else (300, 20)
        steady = client.steadily(self.port, rate, [self._search_request() for _ in range(rate * seconds)])
        full = client.together(self.port, 16, [self._search_request() for _ in range(self.many)])
        ratios = sorted(search / (route + sql) for search, route, sql in rounds)
        self.report["search"] = {
            "p50_ms": round(asked, 3),
            "floor_ms": {"empty_route": round(empty, 3), "pgbench": round(plain, 3)},
            "p50_ratio": round(statistics.median(ratios), 2),
            "p50_ratio_of_rounds": [round(ratio, 2) for ratio in ratios],
            "p99_ms": round(steady.p99, 2),
            "steady_per_second": rate,
            "at_16_clients_per_second": round(full.per_second),
            "codes": dict(steady.codes),
        }

    def _search_beside_its_floor(self, many: int) -> tuple[float, float, float]:
        """Medians in milliseconds, one straight after the other: a search, the empty route, and the SQL alone."""
        empty = client.one_by_one(self.port, [client.get(EMPTY)] * many)
        asked = client.one_by_one(self.port, [self._search_request() for _ in range(many)])
        return asked.p50, empty.p50, self._search_floor(many).p50

    def _search_floor(self, many: int) -> floor.Floor:
        query = search_store.Query(topic="x", region="x")
        sql, values = search_store.statement(query, after=None, each_place=False)
        del values["topic"], values["region"]
        types = dict.fromkeys(("topic", "region", "zone"), "text")
        types |= {"now": INSTANT, "start": INSTANT, "end": INSTANT, "limit": "int", "total": "int", "nowhere": "uuid"}
        script = floor.script(sql, types)
        lines = [
            "\\set topic_n random(10, 19)",
            script.replace(":topic::text", "'topic-' || :topic_n")
            .replace(":region::text", "'17'")
            .replace(":start::timestamptz", "NULL::timestamptz"),
        ]
        given = {
            "now": f"{self.now.isoformat()}",
            "end": f"{(self.now + search_store.FAR).isoformat()}",
            "limit": 21,
            "total": 21,
            "nowhere": values["nowhere"],
            "zone": values["zone"],
        }
        return floor.measure(self.url, lines, given, clients=1, transactions=many)

    def _free_slots(self, count: int) -> list[tuple[SlotKey, str]]:
        """Distinct free starts, no two of one tutor's day, so that none hinders another."""
        wanted = """
            SELECT DISTINCT ON (tutor_id, first_start::date) tutor_id, offering_id, service_point_id, channel,
                   duration_minutes, first_start, topic
            FROM free_span WHERE first_start > now() + interval '3 days' AND plain AND NOT drop_in AND lead
              AND service_point_id IS NOT NULL LIMIT %(count)s
        """
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(wanted, {"count": count * 2}).fetchall()
        self.chance.shuffle(rows)
        return [(SlotKey(*row[:6]), row[6]) for row in rows[:count]]

    def _book(self) -> dict[str, Any]:
        say("booking")
        slots = self._free_slots(self.many * 2)
        half = len(slots) // 2
        requests = [_booking(slot, topic, n) for n, (slot, topic) in enumerate(slots[:half])]
        warm = len(requests) // 10
        client.together(self.port, 16, requests[:warm])
        fifth = (len(requests) - warm) // 5
        rounds = [client.together(self.port, 16, requests[warm + n * fifth :][:fifth]) for n in range(5)]
        done = client.Timings()
        for each in rounds:
            done.seconds += each.seconds
            done.codes += each.codes
            done.took += each.took
        empty = client.together(self.port, 16, [client.get(EMPTY)] * self.many)
        plain = self._book_floor(slots[half:])
        in_series = 1 / (1 / plain.per_second + 1 / empty.per_second)
        return {
            "per_second": round(done.per_second, 1),
            "p50_ms": round(done.p50, 2),
            LEAST: round(min(each.p50 for each in rounds), 2),
            "p99_ms": round(done.p99, 2),
            "floor_per_second": {"empty_route": round(empty.per_second), "pgbench": round(plain.per_second, 1)},
            "throughput_ratio": round(done.per_second / in_series, 2),
            "codes": dict(done.codes),
        }

    def _book_floor(self, slots: Sequence[tuple[SlotKey, str]]) -> floor.Floor:
        """The statements of a booking, one after the other in a transaction, each on a slot of its own."""
        with psycopg.connect(self.url) as connection:
            connection.execute("DROP TABLE IF EXISTS bench_slot")
            connection.execute("DROP SEQUENCE IF EXISTS bench_next")
            connection.execute("CREATE SEQUENCE bench_next")
            connection.execute(
                "CREATE TABLE bench_slot (n bigint PRIMARY KEY, tutor uuid, offering uuid, place uuid,"
                " start timestamptz, high timestamptz, topic text, made uuid)"
            )
            with connection.cursor().copy("COPY bench_slot FROM STDIN") as copy:
                for n, (slot, topic) in enumerate(slots, start=1):
                    end = slot.start + dt.timedelta(minutes=slot.duration)
                    copy.write_row(
                        (
                            n,
                            slot.tutor_id,
                            slot.offering_id,
                            slot.service_point_id,
                            slot.start,
                            end,
                            topic,
                            uuid.uuid4(),
                        )
                    )
        lines = [
            "SELECT nextval('bench_next') AS n \\gset",
            "SELECT tutor, offering, place, replace(start::text, ' ', 'T') AS start,"
            " replace(high::text, ' ', 'T') AS high, topic, made, '{' || tutor || '}' AS tutors"
            " FROM bench_slot WHERE n = :n \\gset",
            "BEGIN;",
            *(floor.script(statement, TYPES) for statement in STATEMENTS),
            "COMMIT;",
        ]
        given = {
            "now": self.now.isoformat(),
            "channel": "on_site",
            "duration": 30,
            "at_any_notice": "false",
            "kinds": "{tutor}",
            "state": "booked",
            "region": "17",
            "one": 1,
            "step": "book",
            "actor": "citizen",
            "caller": "anonymous:anonymous",
            "minutes_before": 5000,
            "name": "Aili",
            "phone": "+358406854048",
            "language": "fi",
            "code_word": "kuusi",
            "type": "fi.vuoro.appointment.booked",
            "data": '{"id":"x","state":"booked","sequence":0,"channel":"on_site","topic":"topic-01","region":"17"}',
            "internal": "false",
            "key": "k",
        }
        return floor.measure(self.url, lines, given, clients=16, transactions=len(slots) // 16 * 16)

    def _growth(self, steps: Sequence[tuple[float, dict[str, Any]]]) -> None:
        searches = [later[0] / earlier[0] for earlier, later in pairwise(steps)]
        books = [later[1][LEAST] / earlier[1][LEAST] for earlier, later in pairwise(steps)]
        self.report["growth"] = {
            "search": round(max(searches), 2),
            "book": round(max(books), 2),
            "steps": [
                {"tutors": size.tutors, "search_p50_ms": round(search, 3), "book_p50_ms": book[LEAST]}
                for size, (search, book) in zip(SIZES[self.name], steps, strict=True)
            ],
        }

    def _change_of_hours(self) -> None:
        """One tutor's weekly hours change, for 56 days: the demonstration tutor's, as their own API client does it."""
        say("changing hours")
        http, headers = self.installation.http, self.installation.as_client()
        tutor = self.installation.slots()[0]["tutor_id"]
        took = []
        for minute in range(20):
            body = {"tutor_id": tutor, "weekday": 6, "from": f"10:{minute:02}", "to": "12:00", "channels": ["phone"]}
            began = time.perf_counter()
            made = http.post("/api/booking/v1/availability", json=body, headers=headers)
            took.append((time.perf_counter() - began) * 1000)
            http.delete(f"/api/booking/v1/availability/{made.json()['id']}", headers=headers).raise_for_status()
        self.report["rebuild"]["change_of_hours_ms"] = round(sorted(took)[len(took) // 2], 1)

    def _rush(self) -> None:
        """Many clients for few slots that open at one moment: ten times as many come as there are."""
        say("the rush")
        clients = 200 if self.name == "smoke" else 2000
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT tutor_id, offering_id, service_point_id, channel, duration_minutes, first_start, topic,"
                " (extract(epoch FROM last_start - first_start) / 60)::int, step_minutes FROM free_span"
                " WHERE region = '01' AND topic = 'topic-07' AND plain AND after_minutes = 0"
                " AND first_start > now() + interval '2 days'"
                " ORDER BY first_start LIMIT 400"
            ).fetchall()
        slots = [
            (SlotKey(*(*row[:5], row[5] + dt.timedelta(minutes=minutes))), row[6])
            for row in rows
            for minutes in range(0, row[7] + 1, row[8])
        ][: clients // 10]
        requests = [_booking(*slots[n % len(slots)], n) for n in range(clients)]
        answers = client.all_at_once(self.port, clients, requests.__getitem__)
        seconds = sorted(answer.seconds for answer in answers)
        booked = [answer for answer in answers if answer.code == 201]
        refused = [answer for answer in answers if answer.code == 409 and b'"alternatives"' in answer.body]
        # Fair is that of those who wanted one slot, the one who asked first has it.
        first = sum(answer.number < len(slots) for answer in booked)
        self.report["rush"] = {
            "clients": clients,
            "slots": len(slots),
            "booked": len(booked),
            "refused": len(refused),
            "with_alternatives": sum(b'"alternatives":[{' in answer.body for answer in refused),
            "errors": clients - len(booked) - len(refused),
            "p99_ms": round(seconds[int(0.99 * clients) - 1] * 1000),
            "first_come_first_served": round(first / max(1, len(booked)), 2),
        }

    def _memory(self) -> float:
        return round(sum(self._processes().values()), 1)

    def _processes(self) -> dict[str, float]:
        """Megabytes of each process of the installation, shared pages divided among those who share them."""
        assert self.installation.process is not None
        root = psutil.Process(self.installation.process.pid)
        found: dict[str, float] = {}
        for process in [root, *root.children(recursive=True)]:
            name = _name_of(process)
            found[name] = round(found.get(name, 0.0) + process.memory_full_info().pss / 2**20, 1)
        return found

    def _size(self) -> dict[str, int]:
        with psycopg.connect(self.url) as connection:
            sizes = {}
            for table in ("tutor", "service_point", "municipality", "appointment", "free_span"):
                [sizes[table]] = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
            return sizes


class _Texts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return {"minutes_before": "int", "internal": "boolean", "data": "jsonb"}.get(name, "text")


TYPES = _Texts(
    {
        "now": INSTANT,
        "start": INSTANT,
        "low": INSTANT,
        "high": INSTANT,
        "tutor": "uuid",
        "offering": "uuid",
        "place": "uuid",
        "resources": UUIDS,
        "kinds": "text[]",
        "duration": "int",
        "at_any_notice": "boolean",
        "session": "uuid",
        "made": "uuid",
    }
)
RENAMED = {
    "resources": ":tutors",
    "session": ":made",
    "low": ":start",
    "end": ":high",
    "ends": ":high",
    "starts": ":start",
    "id": ":made",
    "session_id": ":made",
    "appointment_id": ":made",
    "tutor_id": ":tutor",
    "organisation_id": ":offering",
    "offering_id": ":offering",
    "service_point_id": ":place",
    "created_at": ":now",
    "at": ":now",
    "to_state": ":state",
    "seat": ":one",
    "capacity": ":one",
    "booked_by": ":caller",
    "subject": ":made",
}
NONE = (
    "expires",
    "municipality",
    "series_id",
    "waiting_id",
    "booked_for_organisation",
    "from_state",
    "reason",
    "email",
    "note",
    "address",
)


def _statements() -> list[str]:
    """What a booking sends, in its order, with variables where the slots' own values go."""
    texts = (
        idempotency.CLAIM.replace("%(hash)s", "'h'::bytea").replace("%(key)s", "%(made)s::text"),
        offering_store.QUESTIONS.replace("%(ids)s", "ARRAY[%(offering_id)s]"),
        claim_store.LOCK_ONE,
        claim_store.LAPSED,
        claim_store.FREE_AT,
        claim_store.CLAIM,
        appointment_store.INSERT,
        appointment_store.STEP,
        appointment_store.INSERT_CITIZEN.replace("%(token_hash)s", "uuid_send(%(made)s)").replace(
            "%(answers)s", "'{}'::jsonb"
        ),
        feed.INSERT,
        span_store.TAKE_OUT,
        idempotency.MADE.replace("%(key)s", "%(made)s::text"),
        appointment_store.SHOWN.replace("%(ids)s::uuid[]", "ARRAY[%(made)s]"),
    )
    return [_named(text) for text in texts]


def _named(text: str) -> str:
    for name in NONE:
        text = text.replace(f"%({name})s", "NULL")
    for name, variable in RENAMED.items():
        kind = {":tutors": "uuid[]", ":one": "int", ":state": "text", ":caller": "text"}.get(variable)
        kind = kind or TYPES.get(variable[1:], "text")
        cast = "::text" if name == "subject" else ""
        text = text.replace(f"%({name})s", f"{variable}::{kind}{cast}")
    return text


STATEMENTS = _statements()


def _booking(slot: SlotKey, topic: str, number: int) -> bytes:
    body = {
        "slot_id": slot.encode(),
        "topic": topic,
        "citizen": {"name": f"Aili {number}", "phone": "040 685 404", "language": "fi"},
    }
    return client.post(BOOK, json.dumps(body).encode(), str(uuid.uuid4()))


def _name_of(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    for part in ("services.", "deploy.local.mailbox", "vuoro run"):
        if part in line:
            words = line[line.index(part) :].split()
            return " ".join(words[:2]).removeprefix("services.")
    return "envoy" if "envoy" in line else "postgres" if "postgres" in line else process.name()


def _machine() -> dict[str, Any]:
    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "load_before": round(psutil.getloadavg()[0], 2),
    }


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"{dt.datetime.now(dt.UTC):%H:%M:%S}  {text}", flush=True)


GOALS: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("search, median over its floor", lambda r: r["search"]["p50_ratio"], "at most 2"),
    ("search, 99th percentile at a steady rate, ms", lambda r: r["search"]["p99_ms"], "at most 25"),
    ("bookings a second, over their floor", lambda r: r["book"]["throughput_ratio"], "at least 0.4"),
    ("bookings a second", lambda r: r["book"]["per_second"], ""),
    ("rush: booked / refused / errors", lambda r: "{booked} / {refused} / {errors}".format(**r["rush"]), ""),
    ("rush, 99th percentile, ms", lambda r: r["rush"]["p99_ms"], "under 5000"),
    ("growth of search, from step to step", lambda r: r["growth"]["search"], "at most 1.3"),
    ("growth of booking, from step to step", lambda r: r["growth"]["book"], "at most 1.3"),
    ("rebuild, tutors a second", lambda r: r["rebuild"]["tutors_per_second"], ""),
    ("change of one tutor's weekly hours, ms", lambda r: r["rebuild"]["change_of_hours_ms"], "under 50"),
    ("search of 10,000 points, 95th percentile, ms", lambda r: r["registry"]["search_p95_ms"], "at most 20"),
    ("copies of 10,000 tutors from the feed, s", lambda r: r["registry"]["copies_seconds"], "under 60"),
    ("memory of the idle stack, MB", lambda r: r["memory"]["idle_mb"], "under 600"),
]


def _print(report: dict[str, Any]) -> None:
    print(f"\n{'what':48} {'measured':>18}  goal")
    for what, find, goal in GOALS:
        print(f"{what:48} {find(report)!s:>18}  {goal}")
    print(f"\nsize: {report['size']}\nThe whole is in bench.json.")


if __name__ == "__main__":
    main()
