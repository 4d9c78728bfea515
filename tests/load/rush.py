"""Many clients for few slots that open at one moment: ten times as many come as there are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from tests.load import client
from tests.load.bookings import Wanted, booking_request
from tests.load.context import Context, print_progress
from tests.load.statements import SlotKey

SPANS_OF_ONE_REGION = """
    SELECT tutor_id, offering_id, service_point_id, channel, duration_minutes, first_start, topic,
           (extract(epoch FROM last_start - first_start) / 60)::int AS minutes, step_minutes
    FROM free_span
    WHERE region = '01' AND topic = 'topic-07' AND plain AND after_minutes = 0
      AND first_start > now() + interval '2 days'
    ORDER BY first_start LIMIT 400
"""


@dataclass(frozen=True)
class RushFigures:
    """What became of the clients."""

    clients: int
    slots: int
    booked: int
    refused: int
    with_alternatives: int
    errors: int
    p99_ms: int
    first_come_first_served: float


def measure_rush(bench: Context) -> RushFigures:
    """Have all clients ask at one moment."""
    print_progress("the rush")
    clients = 200 if bench.smoke else 2000
    slots = _few_slots(bench.booking_url, clients // 10)
    requests = [booking_request(slots[number % len(slots)], number) for number in range(clients)]
    return _figures(client.all_at_once(bench.port, clients, requests.__getitem__), len(slots))


def _few_slots(url: str, count: int) -> list[Wanted]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(SPANS_OF_ONE_REGION).fetchall()
    return [
        (SlotKey(*(*row[:5], row[5] + dt.timedelta(minutes=minutes))), row[6])
        for row in rows
        for minutes in range(0, row[7] + 1, row[8])
    ][:count]


def _figures(answers: Sequence[client.Answer], slots: int) -> RushFigures:
    seconds = sorted(answer.seconds for answer in answers)
    booked = [answer for answer in answers if answer.code == 201]
    refused = [answer for answer in answers if answer.code == 409 and b'"alternatives"' in answer.body]
    # Fair is that of those who wanted one slot, the one who asked first has it.
    first = sum(answer.number < slots for answer in booked)
    return RushFigures(
        clients=len(answers),
        slots=slots,
        booked=len(booked),
        refused=len(refused),
        with_alternatives=sum(b'"alternatives":[{' in answer.body for answer in refused),
        errors=len(answers) - len(booked) - len(refused),
        p99_ms=round(seconds[int(0.99 * len(seconds)) - 1] * 1000),
        first_come_first_served=round(first / max(1, len(booked)), 2),
    )
