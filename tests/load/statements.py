"""Booking's own SQL, as pgbench sends it for the floors. What the bench takes from booking's store is all here."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from services.booking.domain.slots import SlotKey
from services.booking.store import appointments as appointment_store
from services.booking.store import citizens, free_starts, lapses, locks, shown
from services.booking.store import claims as claim_store
from services.booking.store import offerings as offering_store
from services.booking.store import search as search_store
from services.booking.store import spans as span_store
from shared import feed, idempotency
from tests.load import floor

__all__ = ["BOOKING_VALUES", "SlotKey", "booking_script", "search_script", "search_values"]

INSTANT, UUIDS = "timestamptz", "uuid[]"


def search_script() -> str:
    """Return the statement of a search of one region, with a topic by chance."""
    query = search_store.Query(topic="x", region="x", zone="Europe/Helsinki")
    sql, _values = search_store.statement(query, after=None, each_place=False)
    types = dict.fromkeys(("topic", "region", "zone"), "text")
    types |= {"now": INSTANT, "start": INSTANT, "end": INSTANT, "limit": "int", "total": "int", "nowhere": "uuid"}
    script = floor.script(sql, types)
    script = script.replace(":topic::text", "'topic-' || :topic_n").replace(":region::text", "'17'")
    return script.replace(":start::timestamptz", "NULL::timestamptz")


def search_values(now: dt.datetime) -> dict[str, Any]:
    """Return the values of the search's variables."""
    query = search_store.Query(topic="x", region="x", zone="Europe/Helsinki")
    _sql, values = search_store.statement(query, after=None, each_place=False)
    return {
        "now": now.isoformat(),
        "end": (now + search_store.FAR).isoformat(),
        "limit": 21,
        "total": 21,
        "nowhere": values["nowhere"],
        "zone": values["zone"],
    }


def booking_script() -> list[str]:
    """Return what a booking sends, in its order, with variables where the slots' own values go."""
    texts = (
        idempotency.CLAIM.replace("%(hash)s", "'h'").replace("%(key)s", "%(made)s::text"),
        offering_store.QUESTIONS.replace("%(ids)s", "ARRAY[%(offering_id)s]"),
        locks.LOCK_ONE,
        lapses.LAPSE,
        free_starts.FREE_AT,
        claim_store.CLAIM,
        appointment_store.INSERT,
        appointment_store.RECORD,
        citizens.INSERT.replace("%(token_hash)s", "uuid_send(%(made)s)").replace("%(answers)s", "'{}'::jsonb"),
        feed.INSERT,
        span_store.TAKE_OUT,
        idempotency.MADE.replace("%(key)s", "%(made)s::text"),
        shown.SHOWN.replace("%(ids)s::uuid[]", "ARRAY[%(made)s]"),
    )
    return [floor.script(_named(text), TYPES) for text in texts]


class _Types(dict[str, str]):
    """Types of the variables; whatever is not named is text."""

    def __missing__(self, name: str) -> str:
        return "text"


TYPES: Mapping[str, str] = _Types(
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
        "visit": "uuid",
        "made": "uuid",
        "minutes_before": "int",
        "internal": "boolean",
        "data": "jsonb",
        "kept": "interval",
        "non_disclosure": "boolean",
    }
)
# Parameters of the statements that a slot's own values are for, or that one variable serves.
RENAMED = {
    "resources": ":tutors",
    "visit": ":made",
    "appointment": ":made",
    "low": ":start",
    "end": ":high",
    "ends": ":high",
    "starts": ":start",
    "id": ":made",
    "visit_id": ":made",
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
# Parameters that are NULL in a citizen's own booking.
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
    "formerly",
)
BOOKING_VALUES = {
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
    "kept": "1 day",
    "non_disclosure": "false",
    "key": "k",
}


def _named(text: str) -> str:
    for name in NONE:
        text = text.replace(f"%({name})s", "NULL")
    for name, variable in RENAMED.items():
        cast = "::text" if name == "subject" else ""
        text = text.replace(f"%({name})s", f"{variable}::{_type_of(variable)}{cast}")
    return text


def _type_of(variable: str) -> str:
    return {":tutors": UUIDS, ":one": "int"}.get(variable) or TYPES[variable[1:]]
