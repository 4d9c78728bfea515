"""What tutors and service points are called."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from shared.db import Connection, JsonObject

NAMES = "SELECT id, display_name FROM tutor WHERE id = ANY (%(ids)s::uuid[])"
OFFERINGS = "SELECT id, name FROM offering WHERE id = ANY (%(ids)s::uuid[]) AND name IS NOT NULL"
PLACES = "SELECT id, name, address, address_sv FROM service_point WHERE id = ANY (%(ids)s::uuid[])"


@dataclass(frozen=True)
class PointName:
    """What a service point is called, and where it is."""

    id: uuid.UUID
    name: JsonObject
    address: str
    address_sv: str | None


async def offering_names(connection: Connection, offerings: Sequence[uuid.UUID]) -> dict[uuid.UUID, JsonObject]:
    """Return what the help of offerings is called, by their ids."""
    return dict(await (await connection.execute(OFFERINGS, {"ids": list(offerings)})).fetchall())


async def tutor_names(connection: Connection, tutors: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what tutors are called, by their ids."""
    return dict(await (await connection.execute(NAMES, {"ids": list(tutors)})).fetchall())


async def point_names(connection: Connection, points: Sequence[uuid.UUID]) -> list[PointName]:
    """Return service points' names and addresses."""
    cursor = connection.cursor(row_factory=class_row(PointName))
    await cursor.execute(PLACES, {"ids": list(points)})
    return await cursor.fetchall()
