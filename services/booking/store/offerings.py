"""What a visit of an offering takes besides its tutor, and what the offering asks."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from psycopg.rows import class_row

from services.booking.store.shown import QuestionShown
from shared.db import Connection


@dataclass(frozen=True)
class OfferingNeeds:
    """An offering's seats, tutors and needed equipment, and what the service points where it is given have."""

    capacity: int
    tutors: int
    needs: list[str]
    equipment: dict[str, dict[str, int]]

    def equipment_at(self, point: uuid.UUID) -> dict[str, int]:
        """Return how many rooms and devices of each kind a service point has."""
        return self.equipment.get(str(point), {})


QUESTIONS = "SELECT id, questions FROM offering WHERE id = ANY (%(ids)s) AND questions <> '[]'"
NEEDS = """
    SELECT capacity, helpers AS tutors, needs,
           CASE WHEN needs = '{}' THEN '{}'::jsonb
                ELSE (SELECT coalesce(jsonb_object_agg(p.id, p.equipment), '{}') FROM service_point p
                      WHERE p.equipment <> '{}' AND p.id IN (
                          SELECT a.service_point_id FROM availability a JOIN tutor t ON t.id = a.tutor_id
                          WHERE t.organisation_id = offering.organisation_id
                          UNION SELECT e.service_point_id FROM extra_time e JOIN tutor t ON t.id = e.tutor_id
                          WHERE t.organisation_id = offering.organisation_id)) END AS equipment
    FROM offering WHERE id = %(id)s
"""


async def needs_of(connection: Connection, offering: uuid.UUID) -> OfferingNeeds | None:
    """Return what a visit of this offering takes; None when there is no such offering."""
    cursor = connection.cursor(row_factory=class_row(OfferingNeeds))
    await cursor.execute(NEEDS, {"id": offering})
    return await cursor.fetchone()


async def questions(connection: Connection, offerings: Collection[uuid.UUID]) -> dict[uuid.UUID, list[QuestionShown]]:
    """Return what these offerings ask, by their ids; those that ask nothing are left out."""
    cursor = await connection.execute(QUESTIONS, {"ids": list(offerings)})
    return {row[0]: row[1] for row in await cursor.fetchall()}
