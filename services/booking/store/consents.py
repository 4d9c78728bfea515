"""Consents: what the registry has said of guests, and who was at others' service points before it was asked."""

import uuid
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection, JsonObject


@dataclass(frozen=True)
class AssumedRow:
    """An organisation whose hours at a service point stood when consents began."""

    service_point_id: uuid.UUID
    organisation_id: uuid.UUID


# Shared locks, so that what is decided by them holds until the hours stand: a withdrawal waits for that, and then finds
# the hours that it is about. What is assumed is looked at first, since it goes when something is said.
ASSUMED = """
    SELECT true FROM assumed_consent
    WHERE service_point_id = %(point)s AND organisation_id = %(organisation)s FOR SHARE
"""
SAID = """
    SELECT allowed FROM consent WHERE service_point_id = %(point)s AND organisation_id = %(organisation)s FOR SHARE
"""
ALL_ASSUMED = "SELECT service_point_id, organisation_id FROM assumed_consent ORDER BY 1, 2"
END_ASSUMED = "DELETE FROM assumed_consent WHERE service_point_id = %(point)s AND organisation_id = %(organisation)s"
# At home a tutor needs none, whatever was said while the point was another organisation's. `t` is the tutor.
WITHDRAWN_FROM_TUTOR = """
    SELECT c.service_point_id FROM consent c JOIN service_point p ON p.id = c.service_point_id
    WHERE c.organisation_id = t.organisation_id AND NOT c.allowed AND p.organisation_id <> t.organisation_id
"""
WITHDRAWN = f"SELECT unnest(ARRAY({WITHDRAWN_FROM_TUTOR})) FROM tutor t WHERE t.id = %(tutor)s"


async def lock_assumed(connection: Connection, point: uuid.UUID, organisation: uuid.UUID) -> bool:
    """Return whether an organisation had hours at a service point when consents began, and nothing was said since."""
    return await _first(connection, ASSUMED, {"point": point, "organisation": organisation}) is not None


async def lock_said(connection: Connection, point: uuid.UUID, organisation: uuid.UUID) -> bool | None:
    """Return whether an organisation's tutors may have hours at a service point, as was said; None when nothing was."""
    found = await _first(connection, SAID, {"point": point, "organisation": organisation})
    return None if found is None else bool(found)


async def _first(connection: Connection, query: str, values: JsonObject) -> object:
    row = await (await connection.execute(query, values)).fetchone()
    return row[0] if row else None


async def assumed(connection: Connection) -> list[AssumedRow]:
    """Return all that is assumed."""
    cursor = connection.cursor(row_factory=class_row(AssumedRow))
    await cursor.execute(ALL_ASSUMED)
    return await cursor.fetchall()


async def end_assumed(connection: Connection, point: uuid.UUID, organisation: uuid.UUID) -> None:
    """Assume nothing any more of an organisation at a service point."""
    await connection.execute(END_ASSUMED, {"point": point, "organisation": organisation})


async def withdrawn_from(connection: Connection, tutor: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the service points at which a tutor's hours are not offered, since the consent was withdrawn."""
    cursor = await connection.execute(WITHDRAWN, {"tutor": tutor})
    return frozenset(row[0] for row in await cursor.fetchall())
