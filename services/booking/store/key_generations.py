"""Which generation of citizens' keys an appointment has."""

import uuid

from shared.db import Connection

GET = "SELECT key_generation FROM appointment WHERE id = %(id)s"
NEXT = "UPDATE appointment SET key_generation = key_generation + 1 WHERE id = %(id)s RETURNING key_generation"


async def get(connection: Connection, appointment: uuid.UUID) -> int:
    """Return the generation of the key that opens an appointment; of one that there is not, the first."""
    row = await (await connection.execute(GET, {"id": appointment})).fetchone()
    return int(row[0]) if row else 0


async def begin_next(connection: Connection, appointment: uuid.UUID) -> int:
    """Let an appointment be opened by the next key alone; return its generation."""
    row = await (await connection.execute(NEXT, {"id": appointment})).fetchone()
    assert row is not None, "the caller has locked it"
    return int(row[0])
