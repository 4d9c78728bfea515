"""What a visit needs to know of its citizen: written once, and erased without touching the appointment."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from psycopg.types.json import Jsonb

from services.booking.domain import non_disclosure
from services.booking.domain.retention import ADDRESS_KEPT, CANCELLED_KEPT, DEFAULT_RETENTION_DAYS
from shared.db import Connection


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


BY_TOKEN = "SELECT appointment_id FROM citizen WHERE token_hash = %(hash)s"
HAS_PHONE = "SELECT phone IS NOT NULL FROM citizen WHERE appointment_id = %(id)s"


async def by_token(connection: Connection, token_hash: bytes) -> uuid.UUID | None:
    """Return the appointment that a citizen's key opens; None for a key that opens none."""
    row = await (await connection.execute(BY_TOKEN, {"hash": token_hash})).fetchone()
    return row[0] if row else None


async def has_phone(connection: Connection, appointment: uuid.UUID) -> bool:
    """Whether the citizen of an appointment can be phoned."""
    row = await (await connection.execute(HAS_PHONE, {"id": appointment})).fetchone()
    return bool(row and row[0])


# Whose visit is longer ago than their organisation keeps details, or was cancelled a while ago, or who never verified
# their booking; those who may not be disclosed, and addresses, go before.
ERASE_OLD = """
    DELETE FROM citizen USING appointment a LEFT JOIN organisation o ON o.id = a.organisation_id
    WHERE citizen.appointment_id = a.id
      AND (a.ends < %(now)s - make_interval(days => coalesce(o.retention_days, %(default_days)s))
           OR citizen.non_disclosure AND a.ends < %(now)s - %(non_disclosure_kept)s::interval
           OR a.state = 'lapsed'
           OR a.state = 'cancelled' AND NOT EXISTS (
               SELECT FROM transition t
               WHERE t.appointment_id = a.id AND t.at >= %(now)s - CASE WHEN citizen.non_disclosure
                   THEN %(non_disclosure_kept)s::interval ELSE %(cancelled_kept)s::interval END))
    RETURNING a.id
"""
ERASE_OLD_ADDRESSES = """
    UPDATE citizen SET address = NULL FROM appointment a
    WHERE citizen.appointment_id = a.id AND citizen.address IS NOT NULL
      AND (a.ends < %(now)s - %(kept)s::interval OR a.state = 'cancelled')
"""
ERASE = "DELETE FROM citizen WHERE appointment_id = %(id)s"
ERASE_ADDRESS = "UPDATE citizen SET address = NULL WHERE appointment_id = %(id)s"


async def erase_old(connection: Connection, now: dt.datetime) -> list[uuid.UUID]:
    """Erase the citizens who have been kept long enough; return whose appointments they were."""
    await connection.execute(ERASE_OLD_ADDRESSES, {"now": now, "kept": ADDRESS_KEPT})
    values = {
        "now": now,
        "default_days": DEFAULT_RETENTION_DAYS,
        "cancelled_kept": CANCELLED_KEPT,
        "non_disclosure_kept": non_disclosure.KEPT,
    }
    cursor = await connection.execute(ERASE_OLD, values)
    return [row[0] for row in await cursor.fetchall()]


async def erase(connection: Connection, appointment: uuid.UUID) -> None:
    """Erase the citizen of an appointment."""
    await connection.execute(ERASE, {"id": appointment})


async def erase_address(connection: Connection, appointment: uuid.UUID) -> None:
    """Erase where a visit would have been."""
    await connection.execute(ERASE_ADDRESS, {"id": appointment})
