"""What tutors and service points are called."""

import uuid
from collections.abc import Sequence

from shared.db import Connection, JsonObject

NAMES = "SELECT id, display_name FROM tutor WHERE id = ANY (%(ids)s::uuid[])"
PLACES = "SELECT id, name, address FROM service_point WHERE id = ANY (%(ids)s::uuid[])"


async def tutor_names(connection: Connection, tutors: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what tutors are called, by their ids."""
    return dict(await (await connection.execute(NAMES, {"ids": list(tutors)})).fetchall())


async def point_names(connection: Connection, points: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[JsonObject, str]]:
    """Return service points' names and addresses, by their ids."""
    cursor = await connection.execute(PLACES, {"ids": list(points)})
    return {point: (name, address) for point, name, address in await cursor.fetchall()}
