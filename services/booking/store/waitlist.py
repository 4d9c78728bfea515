"""The waitlist: entries, their offers, and who of them might want a time that fell free."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from services.booking.domain.waitlist import WaitlistState
from services.booking.store.citizens import CitizenDetails
from shared.db import Connection, JsonObject


@dataclass(frozen=True)
class EntryRow:
    """A place on the waitlist. `wish` is what was asked for, as its JSON; `missed` in it, the starts not answered."""

    id: uuid.UUID
    region: str
    asked_at: dt.datetime
    state: WaitlistState
    topic: str
    wish: JsonObject
    until: dt.datetime
    offered_until: dt.datetime | None
    appointment_id: uuid.UUID | None
    asked_by: str
    token_hash: bytes

    @property
    def missed(self) -> list[str]:
        """The starts that were offered and not answered in time."""
        kept = self.wish.get("missed", [])
        return [str(start) for start in kept] if isinstance(kept, list) else []


# The table is called waiting; an entry is what a row means (docs/decisions/0007).
COLUMNS = ", ".join(EntryRow.__dataclass_fields__)
GET = f"SELECT {COLUMNS} FROM waiting WHERE id = %(id)s"
LOCK = f"{GET} FOR UPDATE"
LOCK_OFFERED = f"""
    SELECT {COLUMNS} FROM waiting
    WHERE id = (SELECT waiting_id FROM appointment WHERE id = %(id)s) AND appointment_id = %(id)s AND state = 'offered'
    FOR UPDATE
"""
INSERT = """
    INSERT INTO waiting (id, region, asked_at, state, topic, wish, until, asked_by, token_hash)
    VALUES (%(id)s, %(region)s, %(asked_at)s, %(state)s, %(topic)s, %(wish)s, %(until)s, %(asked_by)s, %(token_hash)s)
"""
INSERT_CITIZEN = """
    INSERT INTO waiting_citizen (waiting_id, name, phone, email, language, non_disclosure)
    VALUES (%(id)s, %(name)s, %(phone)s, %(email)s, %(language)s, %(non_disclosure)s)
"""


async def insert(connection: Connection, row: EntryRow, citizen: CitizenDetails) -> None:
    """Write a new entry and its citizen."""
    await connection.execute(INSERT, vars(row) | {"wish": Jsonb(row.wish)})
    await connection.execute(INSERT_CITIZEN, vars(citizen) | {"id": row.id})


async def get(connection: Connection, entry: uuid.UUID) -> EntryRow | None:
    """Return the entry with this id; None when there is none."""
    return await _one_entry(connection, GET, entry)


async def lock(connection: Connection, entry: uuid.UUID) -> EntryRow | None:
    """Lock the entry with this id, and return it as it is then; None when there is none."""
    return await _one_entry(connection, LOCK, entry)


async def lock_offered(connection: Connection, appointment: uuid.UUID) -> EntryRow | None:
    """Lock the entry to which the time of an appointment is offered, and return it; None when it is to none."""
    return await _one_entry(connection, LOCK_OFFERED, appointment)


async def _one_entry(connection: Connection, statement: str, id: uuid.UUID) -> EntryRow | None:
    cursor = connection.cursor(row_factory=class_row(EntryRow))
    await cursor.execute(statement, {"id": id})
    return await cursor.fetchone()


CITIZEN = "SELECT name, phone, email, language, non_disclosure FROM waiting_citizen WHERE waiting_id = %(id)s"
BY_TOKEN = "SELECT id FROM waiting WHERE token_hash = %(hash)s"


async def citizen_of(connection: Connection, entry: uuid.UUID) -> CitizenDetails | None:
    """Return who waits; None when they are erased."""
    cursor = connection.cursor(row_factory=class_row(CitizenDetails))
    await cursor.execute(CITIZEN, {"id": entry})
    return await cursor.fetchone()


KNOWN = "SELECT waiting_id FROM waiting_citizen"


async def known(connection: Connection) -> list[uuid.UUID]:
    """Return the entries whose citizens are kept."""
    return [row[0] for row in await (await connection.execute(KNOWN)).fetchall()]


CORRECT = """
    UPDATE waiting_citizen SET name = %(name)s, phone = %(phone)s, email = %(email)s, language = %(language)s,
        non_disclosure = %(non_disclosure)s
    WHERE waiting_id = %(id)s
"""


async def correct_citizen(connection: Connection, entry: uuid.UUID, citizen: CitizenDetails) -> None:
    """Write who waits, as it should be."""
    await connection.execute(CORRECT, vars(citizen) | {"id": entry})


async def by_token(connection: Connection, token_hash: bytes) -> uuid.UUID | None:
    """Return the entry that a citizen's key opens; None for a key that opens none."""
    row = await (await connection.execute(BY_TOKEN, {"hash": token_hash})).fetchone()
    return row[0] if row else None


TOKEN_HASHES = "SELECT id, token_hash, 0 FROM waiting WHERE id IN (SELECT waiting_id FROM waiting_citizen)"
RENEW_TOKENS = """
    UPDATE waiting SET token_hash = fresh.hash FROM unnest(%(ids)s::uuid[], %(hashes)s::bytea[]) AS fresh (record, hash)
    WHERE id = fresh.record
"""


async def token_hashes(connection: Connection) -> list[tuple[uuid.UUID, bytes, int]]:
    """Return the entries whose citizens are kept, with the hashes of their keys, and the first generation."""
    return await (await connection.execute(TOKEN_HASHES)).fetchall()


async def renew_tokens(connection: Connection, fresh: Mapping[uuid.UUID, bytes]) -> None:
    """Write the hashes of new keys to entries."""
    await connection.execute(RENEW_TOKENS, {"ids": list(fresh), "hashes": list(fresh.values())})


# Those whose wish some free span of the tutors seems to meet, as far as single columns tell; the search decides. A span
# lies within a day of its tutor's, and so on two dates of the installation's at most.
SEEMS_MET = """
    EXISTS (
        SELECT FROM free_span span
        WHERE span.topic = entry.topic AND span.region = entry.region AND NOT span.drop_in
          AND span.last_start > %(now)s AND span.first_start < entry.until
          AND span.channel = coalesce(entry.wish ->> 'channel', 'on_site')
          AND (entry.wish ->> 'tutor' IS NULL OR span.tutor_id = (entry.wish ->> 'tutor')::uuid)
          AND (entry.wish ->> 'service_point' IS NULL
               OR span.service_point_id = (entry.wish ->> 'service_point')::uuid)
          AND (entry.wish ->> 'language' IS NULL OR entry.wish ->> 'language' = ANY (span.languages))
          AND (span.channel IN ('phone', 'video') OR entry.wish ->> 'neighbours' = 'true'
               OR span.municipality = entry.wish ->> 'municipality')
          AND (coalesce(entry.wish -> 'weekday', '[]') = '[]' OR EXISTS (
               SELECT FROM unnest(ARRAY[span.first_start, span.last_start]) AS start
               WHERE entry.wish -> 'weekday' @> to_jsonb(extract(isodow FROM start AT TIME ZONE %(zone)s)::integer)))
          {more})
"""
OPEN = "entry.state = 'waiting' AND entry.until > %(now)s"
# First come, first served. An entry that another transaction deals with is left to it.
FOR_TUTORS = f"""
    SELECT {COLUMNS} FROM waiting entry
    WHERE {OPEN} AND {SEEMS_MET.format(more="AND span.tutor_id = ANY (%(tutors)s::uuid[])")}
    ORDER BY asked_at, id LIMIT 100 FOR UPDATE SKIP LOCKED
"""
SEEMING_MET = f"""
    SELECT id FROM waiting entry WHERE {OPEN} AND {SEEMS_MET.format(more="")} ORDER BY asked_at, id LIMIT 500
"""


async def lock_for_tutors(
    connection: Connection, now: dt.datetime, zone: str, tutors: Sequence[uuid.UUID]
) -> list[EntryRow]:
    """Lock the first entries, in their order, whose wish a free time of these tutors may meet; return them. `zone` is
    that of their weekdays."""
    cursor = connection.cursor(row_factory=class_row(EntryRow))
    await cursor.execute(FOR_TUTORS, {"now": now, "zone": zone, "tutors": list(tutors)})
    return await cursor.fetchall()


async def seeming_met(connection: Connection, now: dt.datetime, zone: str) -> list[uuid.UUID]:
    """Return the first entries, in their order, whose wish some free time may meet."""
    return [row[0] for row in await (await connection.execute(SEEMING_MET, {"now": now, "zone": zone})).fetchall()]


OFFER = """
    UPDATE waiting SET state = 'offered', offered_until = %(until)s, appointment_id = %(appointment)s
    WHERE id = %(id)s
"""
WAIT_AGAIN = """
    UPDATE waiting SET state = 'waiting', offered_until = NULL, appointment_id = NULL, asked_at = %(now)s,
        wish = jsonb_set(wish, '{missed}', %(missed)s)
    WHERE id = %(id)s
"""
CLOSE = "UPDATE waiting SET state = %(state)s, offered_until = NULL WHERE id = %(id)s"
ERASE = "DELETE FROM waiting_citizen WHERE waiting_id = %(id)s"


async def offer(connection: Connection, entry: uuid.UUID, appointment: uuid.UUID, until: dt.datetime) -> None:
    """Note that a time is kept for an entry, to be answered until then."""
    await connection.execute(OFFER, {"id": entry, "appointment": appointment, "until": until})


async def wait_again(connection: Connection, entry: uuid.UUID, now: dt.datetime, missed: list[str]) -> None:
    """Let an entry wait on, behind the others."""
    await connection.execute(WAIT_AGAIN, {"id": entry, "now": now, "missed": Jsonb(missed)})


async def close(connection: Connection, entry: uuid.UUID, state: WaitlistState) -> None:
    """Close an entry, and erase its citizen."""
    await connection.execute(CLOSE, {"id": entry, "state": state})
    await connection.execute(ERASE, {"id": entry})


UNANSWERED = """
    SELECT id FROM waiting WHERE state = 'offered' AND offered_until <= %(now)s ORDER BY offered_until LIMIT 100
"""
OVER = "SELECT id FROM waiting WHERE state = 'waiting' AND until <= %(now)s LIMIT 100"


async def unanswered(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Return the entries whose time to answer is over."""
    return [row[0] for row in await (await connection.execute(UNANSWERED, {"now": now})).fetchall()]


async def over(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Return the entries whose last acceptable date is over."""
    return [row[0] for row in await (await connection.execute(OVER, {"now": now})).fetchall()]
