"""What a session of an offering takes besides its tutor."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from shared.db import Connection


@dataclass(frozen=True)
class Given:
    """Its seats, helpers and needs, and what the service points where it is given have."""

    capacity: int
    helpers: int
    needs: list[str]
    equipment: dict[str, dict[str, int]]

    def equipment_at(self, point: uuid.UUID) -> dict[str, int]:
        """How many there are of each kind at a service point."""
        return self.equipment.get(str(point), {})


QUESTIONS = "SELECT id, questions FROM offering WHERE id = ANY (%(ids)s) AND questions <> '[]'"
GIVEN = """
    SELECT capacity, helpers, needs,
           CASE WHEN needs = '{}' THEN '{}'::jsonb
                ELSE (SELECT coalesce(jsonb_object_agg(p.id, p.equipment), '{}') FROM service_point p
                      WHERE p.equipment <> '{}' AND p.id IN (
                          SELECT a.service_point_id FROM availability a JOIN tutor t ON t.id = a.tutor_id
                          WHERE t.organisation_id = offering.organisation_id
                          UNION SELECT e.service_point_id FROM extra_time e JOIN tutor t ON t.id = e.tutor_id
                          WHERE t.organisation_id = offering.organisation_id)) END AS equipment
    FROM offering WHERE id = %(id)s
"""


async def given(connection: Connection, offering: uuid.UUID) -> Given | None:
    """The offering called that."""
    cursor = connection.cursor(row_factory=class_row(Given))
    await cursor.execute(GIVEN, {"id": offering})
    return await cursor.fetchone()


async def questions(connection: Connection, offerings: Collection[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """What these offerings ask, by their ids; those that ask nothing are left out."""
    cursor = await connection.execute(QUESTIONS, {"ids": list(offerings)})
    return {row[0]: row[1] for row in await cursor.fetchall()}
