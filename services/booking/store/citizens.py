"""What a visit needs to know of its citizen: written once, and erased without touching the appointment."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from shared.db import Connection
from shared.retention import ADDRESS_KEPT, CANCELLED_KEPT, NON_DISCLOSURE_KEPT, VISIT_KEPT


@dataclass(frozen=True)
class CitizenDetails:
    """The person who comes, as they are kept."""

    name: str
    phone: str | None
    email: str | None
    language: str
    note: str | None = None
    address: str | None = None
    non_disclosure: bool = False
    answers: dict[str, str] = field(default_factory=dict)


INSERT = """
    INSERT INTO citizen (appointment_id, name, phone, email, language, note, answers, address, non_disclosure,
        code_word, token_hash)
    VALUES (%(appointment)s, %(name)s, %(phone)s, %(email)s, %(language)s, %(note)s, %(answers)s, %(address)s,
        %(non_disclosure)s, %(code_word)s, %(token_hash)s)
"""


async def insert(
    connection: Connection, appointment: uuid.UUID, details: CitizenDetails, *, code_word: str, token_hash: bytes
) -> None:
    """Keep what a visit needs to know of its citizen."""
    values = vars(details) | {
        "appointment": appointment,
        "answers": Jsonb(details.answers),
        "code_word": code_word,
        "token_hash": token_hash,
    }
    await connection.execute(INSERT, values)


GET = """
    SELECT name, phone, email, language, note, address, non_disclosure, answers FROM citizen
    WHERE appointment_id = %(id)s
"""
CORRECT = """
    UPDATE citizen SET name = %(name)s, phone = %(phone)s, email = %(email)s, language = %(language)s, note = %(note)s,
        address = %(address)s, non_disclosure = %(non_disclosure)s
    WHERE appointment_id = %(appointment)s
"""


async def get(connection: Connection, appointment: uuid.UUID) -> CitizenDetails | None:
    """Return the citizen of an appointment; None when they are erased, or the time is only held."""
    cursor = connection.cursor(row_factory=class_row(CitizenDetails))
    await cursor.execute(GET, {"id": appointment})
    return await cursor.fetchone()


async def correct(connection: Connection, appointment: uuid.UUID, details: CitizenDetails) -> None:
    """Write the citizen's details as they should be; the answers stay."""
    await connection.execute(CORRECT, vars(details) | {"appointment": appointment})


KNOWN = "SELECT appointment_id FROM citizen"


async def known(connection: Connection) -> list[uuid.UUID]:
    """Return the appointments whose citizens are kept."""
    return [row[0] for row in await (await connection.execute(KNOWN)).fetchall()]


BY_TOKEN = "SELECT appointment_id FROM citizen WHERE token_hash = %(hash)s"


async def by_token(connection: Connection, token_hash: bytes) -> uuid.UUID | None:
    """Return the appointment that a citizen's key opens; None for a key that opens none."""
    row = await (await connection.execute(BY_TOKEN, {"hash": token_hash})).fetchone()
    return row[0] if row else None


TOKEN_HASHES = """
    SELECT appointment_id, token_hash, key_generation FROM citizen JOIN appointment a ON a.id = appointment_id
"""
RENEW_TOKENS = """
    UPDATE citizen SET token_hash = fresh.hash FROM unnest(%(ids)s::uuid[], %(hashes)s::bytea[]) AS fresh (record, hash)
    WHERE appointment_id = fresh.record
"""


async def token_hashes(connection: Connection) -> list[tuple[uuid.UUID, bytes, int]]:
    """Return the appointments whose citizens are kept, with the hashes of their keys and the keys' generations."""
    return await (await connection.execute(TOKEN_HASHES)).fetchall()


async def renew_tokens(connection: Connection, fresh: Mapping[uuid.UUID, bytes]) -> None:
    """Write the hashes of new keys to appointments."""
    await connection.execute(RENEW_TOKENS, {"ids": list(fresh), "hashes": list(fresh.values())})


UNREACHABLE = """
    SELECT appointment_id FROM citizen WHERE appointment_id = ANY (%(ids)s::uuid[]) AND num_nonnulls(phone, email) = 0
"""


async def unreachable(connection: Connection, appointments: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these appointments whose citizens nobody can phone or write to."""
    rows = await (await connection.execute(UNREACHABLE, {"ids": list(appointments)})).fetchall()
    return {row[0] for row in rows}


# So long after the visit as its organisation keeps details, or a while after it was cancelled; those who may not be
# disclosed, and addresses, go before, and who never verified their booking goes at once.
KEPT_UNTIL = """
    least(a.ends + make_interval(days => coalesce(o.retention_days, %(default_days)s)),
          CASE WHEN citizen.non_disclosure THEN a.ends + %(non_disclosure_kept)s::interval END,
          CASE a.state
              WHEN 'cancelled' THEN (SELECT max(t.at) FROM transition t WHERE t.appointment_id = a.id)
                  + CASE WHEN citizen.non_disclosure THEN %(non_disclosure_kept)s::interval
                    ELSE %(cancelled_kept)s::interval END
              WHEN 'lapsed' THEN '-infinity' END)
"""
ERASE_OLD = f"""
    DELETE FROM citizen USING appointment a LEFT JOIN organisation o ON o.id = a.organisation_id
    WHERE citizen.appointment_id = a.id AND {KEPT_UNTIL} < %(now)s
    RETURNING a.id
"""
OF_ONE = f"""
    SELECT {KEPT_UNTIL}
    FROM appointment a JOIN citizen ON citizen.appointment_id = a.id
         LEFT JOIN organisation o ON o.id = a.organisation_id
    WHERE a.id = %(id)s
"""
PERIODS = {
    "default_days": VISIT_KEPT.days,
    "cancelled_kept": CANCELLED_KEPT,
    "non_disclosure_kept": NON_DISCLOSURE_KEPT,
}
ERASE_OLD_ADDRESSES = """
    UPDATE citizen SET address = NULL FROM appointment a
    WHERE citizen.appointment_id = a.id AND citizen.address IS NOT NULL
      AND (a.ends < %(now)s - %(kept)s::interval OR a.state = 'cancelled')
"""
ERASE = "DELETE FROM citizen WHERE appointment_id = %(id)s RETURNING true"
ERASE_ADDRESS = "UPDATE citizen SET address = NULL WHERE appointment_id = %(id)s"


async def erase_old(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Erase the citizens who have been kept long enough; return whose appointments they were."""
    await connection.execute(ERASE_OLD_ADDRESSES, {"now": now, "kept": ADDRESS_KEPT})
    cursor = await connection.execute(ERASE_OLD, {"now": now, **PERIODS})
    return [row[0] for row in await cursor.fetchall()]


async def kept_until(connection: Connection, appointment: uuid.UUID) -> dt.datetime:
    """Return until when an appointment's citizen is kept."""
    row = await (await connection.execute(OF_ONE, {"id": appointment, **PERIODS})).fetchone()
    assert row is not None, "the caller has found it"
    found: dt.datetime = row[0]
    return found


async def erase(connection: Connection, appointment: uuid.UUID) -> bool:
    """Erase the citizen of an appointment; return whether there was one."""
    return await (await connection.execute(ERASE, {"id": appointment})).fetchone() is not None


async def erase_address(connection: Connection, appointment: uuid.UUID) -> None:
    """Erase where a visit would have been."""
    await connection.execute(ERASE_ADDRESS, {"id": appointment})
