"""What is still there of the demonstration region: records by the names that seeding gave them, tutors by their
addresses. What somebody has added to it or renamed is not among them."""

import uuid
from dataclasses import dataclass, replace

import psycopg

from deploy.local.demonstration import COORDINATOR, OFFERING, ORGANISATIONS, SECOND_COORDINATOR, STAFF

NAMES = [organisation.name["fi"] for organisation in ORGANISATIONS]
POINTS = [point.name for organisation in ORGANISATIONS for point in organisation.points]
TUTORS = [tutor.email for organisation in ORGANISATIONS for tutor in organisation.tutors]

FIND_ORGANISATIONS = "SELECT id, name->>'fi' FROM organisation WHERE name->>'fi' = ANY (%s) AND status <> 'ended'"
FIND_POINTS = """
    SELECT id, organisation_id, name->>'fi' FROM service_point
    WHERE organisation_id = ANY (%s) AND name->>'fi' = ANY (%s) AND status <> 'ended'
"""
FIND_OFFERINGS = """
    SELECT id, organisation_id, name->>'fi' FROM offering
    WHERE organisation_id = ANY (%s) AND name->>'fi' = %s AND status <> 'ended'
"""
FIND_TUTORS = """
    SELECT tutor.id, tutor.organisation_id, display_name FROM tutor JOIN person ON person.id = tutor.person_id
    WHERE organisation_id = ANY (%s) AND person.email = ANY (%s) AND status <> 'ended'
"""
OTHERS = """
    SELECT organisation_id FROM {table} WHERE organisation_id = ANY (%s) AND id <> ALL (%s) AND status <> 'ended'
"""
FIND_PEOPLE = "SELECT id, email FROM person WHERE email = ANY (%s)"


@dataclass(frozen=True)
class Record:
    """A record of the registry, and what it is called."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Demonstration:
    """What can be removed. Organisations in which others have put something stay, with their points and offerings."""

    organisations: list[Record]
    points: list[Record]
    offerings: list[Record]
    tutors: list[Record]
    people: list[tuple[uuid.UUID, str]]
    kept: list[Record]

    def without(self, organisations: set[uuid.UUID]) -> "tuple[Demonstration, list[Record]]":
        """Return what is left without all that some organisations have, and those organisations."""
        left = {
            field: [each for each in getattr(self, field) if each.organisation_id not in organisations]
            for field in ("organisations", "points", "offerings", "tutors")
        }
        return replace(self, **left), [each for each in self.organisations if each.id in organisations]

    def lines(self) -> list[str]:
        """Return what is removed, line by line."""
        named = {"organisation": self.organisations, "service point": self.points, "offering": self.offerings}
        records = [f"{kind}: {each.name}" for kind, found in named.items() for each in found]
        tutors = [f"tutor: {each.name}" for each in self.tutors]
        return [*records, *tutors, *(f"account: {email}" for _id, email in self.people)]


def find_demonstration(registry: str) -> Demonstration:
    """Return what is there, by the address of the registry's database."""
    with psycopg.connect(registry) as connection:
        rows = connection.execute(FIND_ORGANISATIONS, [NAMES]).fetchall()
        organisations = [Record(id, id, name) for id, name in rows]
        ids = [each.id for each in organisations]
        points = _records(connection, FIND_POINTS, ids, POINTS)
        offerings = _records(connection, FIND_OFFERINGS, ids, OFFERING["fi"])
        tutors = _records(connection, FIND_TUTORS, ids, TUTORS)
        shared = _with_others(connection, ids, service_point=points, offering=offerings, tutor=tutors)
        people = connection.execute(FIND_PEOPLE, [[COORDINATOR, SECOND_COORDINATOR, STAFF]]).fetchall()
    return Demonstration(
        organisations=[each for each in organisations if each.id not in shared],
        points=[each for each in points if each.organisation_id not in shared],
        offerings=[each for each in offerings if each.organisation_id not in shared],
        tutors=tutors,
        people=[(id, email) for id, email in people],
        kept=[each for each in organisations if each.id in shared],
    )


def _records(
    connection: psycopg.Connection, query: str, organisations: list[uuid.UUID], names: str | list[str]
) -> list[Record]:
    return [Record(*row) for row in connection.execute(query.encode(), [organisations, names]).fetchall()]


def _with_others(
    connection: psycopg.Connection, organisations: list[uuid.UUID], **ours: list[Record]
) -> set[uuid.UUID]:
    """Return the organisations in which there is something that is not ours."""
    found: set[uuid.UUID] = set()
    for table, records in ours.items():
        values = [organisations, [each.id for each in records]]
        found.update(row[0] for row in connection.execute(OTHERS.format(table=table).encode(), values).fetchall())
    return found
