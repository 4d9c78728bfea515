"""How many appointments are booked in a second, beside the same statements by pgbench."""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from tests.load import client, floor
from tests.load.context import Context, empty_requests, print_progress
from tests.load.statements import BOOKING_VALUES, SlotKey, booking_script

Wanted = tuple[SlotKey, str]
"""A slot and the topic that it is booked for."""

# So many starts, no two of one tutor's day, so that none hinders another.
FREE_STARTS = """
    SELECT DISTINCT ON (tutor_id, first_start::date) tutor_id, offering_id, service_point_id, channel,
           duration_minutes, first_start, topic
    FROM free_span WHERE first_start > now() + interval '3 days' AND plain AND NOT drop_in AND lead
      AND service_point_id IS NOT NULL LIMIT %(count)s
"""
SLOT_OF_THIS_TRANSACTION = [
    "SELECT nextval('bench_next') AS n \\gset",
    "SELECT tutor, offering, place, replace(start::text, ' ', 'T') AS start,"
    " replace(high::text, ' ', 'T') AS high, topic, made, '{' || tutor || '}' AS tutors"
    " FROM bench_slot WHERE n = :n \\gset",
]


@dataclass(frozen=True)
class BookingFigures:
    """Bookings a second and milliseconds, and the share of the floor."""

    per_second: float
    p50_ms: float
    least_disturbed_p50_ms: float
    p99_ms: float
    floor_per_second: dict[str, float]
    throughput_ratio: float
    codes: dict[int, int]


def booking_request(wanted: Wanted, number: int) -> bytes:
    """Return a citizen's request for a slot."""
    slot, topic = wanted
    citizen = {"name": f"Aili {number}", "phone": "040 685 404", "language": "fi"}
    body = {"slot_id": slot.encode(), "topic": topic, "citizen": citizen}
    return client.post("/api/booking/v1/appointments", json.dumps(body).encode(), str(uuid.uuid4()))


def measure_bookings(bench: Context) -> BookingFigures:
    """Book by 16 clients in five rounds, after some to warm up; then the floors."""
    print_progress("booking")
    slots = _free_slots(bench, bench.many * 2)
    half = len(slots) // 2
    requests = [booking_request(wanted, number) for number, wanted in enumerate(slots[:half])]
    rounds = _rounds(bench.port, requests)
    done = client.Timings()
    for each in rounds:
        done.seconds += each.seconds
        done.codes += each.codes
        done.took += each.took
    empty = client.together(bench.port, 16, empty_requests(bench.many))
    plain = _floor(bench, slots[half:])
    in_series = 1 / (1 / plain.per_second + 1 / empty.per_second)
    return BookingFigures(
        per_second=round(done.per_second, 1),
        p50_ms=round(done.p50, 2),
        least_disturbed_p50_ms=round(min(each.p50 for each in rounds), 2),
        p99_ms=round(done.p99, 2),
        floor_per_second={"empty_route": round(empty.per_second), "pgbench": round(plain.per_second, 1)},
        throughput_ratio=round(done.per_second / in_series, 2),
        codes=dict(done.codes),
    )


def _rounds(port: int, requests: Sequence[bytes]) -> list[client.Timings]:
    warm = len(requests) // 10
    client.together(port, 16, requests[:warm])
    fifth = (len(requests) - warm) // 5
    return [client.together(port, 16, requests[warm + n * fifth :][:fifth]) for n in range(5)]


def _free_slots(bench: Context, count: int) -> list[Wanted]:
    with psycopg.connect(bench.booking_url) as connection:
        rows = connection.execute(FREE_STARTS, {"count": count * 2}).fetchall()
    bench.chance.shuffle(rows)
    return [(SlotKey(*row[:6]), row[6]) for row in rows[:count]]


def _floor(bench: Context, slots: Sequence[Wanted]) -> floor.Floor:
    """The statements of a booking, one after the other in a transaction, each on a slot of its own."""
    _write_slots(bench.booking_url, slots)
    lines = [*SLOT_OF_THIS_TRANSACTION, "BEGIN;", *booking_script(), "COMMIT;"]
    values = {"now": bench.now.isoformat(), **BOOKING_VALUES}
    return floor.measure(bench.booking_url, lines, values, clients=16, transactions=len(slots) // 16 * 16)


def _write_slots(url: str, slots: Sequence[Wanted]) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_slot")
        connection.execute("DROP SEQUENCE IF EXISTS bench_next")
        connection.execute("CREATE SEQUENCE bench_next")
        connection.execute(
            "CREATE TABLE bench_slot (n bigint PRIMARY KEY, tutor uuid, offering uuid, place uuid,"
            " start timestamptz, high timestamptz, topic text, made uuid)"
        )
        with connection.cursor().copy("COPY bench_slot FROM STDIN") as copy:
            for number, (slot, topic) in enumerate(slots, start=1):
                end = slot.start + dt.timedelta(minutes=slot.duration)
                whose = (slot.tutor_id, slot.offering_id, slot.service_point_id)
                copy.write_row((number, *whose, slot.start, end, topic, uuid.uuid4()))
