"""Finding service points: by words, by place, page by page."""

import base64
import binascii
import json
import uuid
from dataclasses import dataclass, field

from psycopg.rows import dict_row

from services.providers.search.topics import understand
from shared.db import Connection
from shared.problems import field_problem
from shared.schemas.providers import FoundServicePoint, ServicePointSearch, Understood

CLAUSES = {
    "region": "p.region = %(region)s",
    "municipality": "p.municipality = %(municipality)s",
    "organisation": "p.organisation_id = %(organisation)s",
    "channel": "%(channel)s = ANY (p.channels)",
    "language": "%(language)s = ANY (p.languages)",
    "feature": "p.features @> %(feature)s::text[]",
    # The finer words of a topic lead to it.
    "topics": """(EXISTS (SELECT FROM offering o WHERE o.organisation_id = p.organisation_id AND o.status = 'active'
                          AND o.topics && %(topics)s::text[])
                  OR EXISTS (SELECT FROM jsonb_array_elements(p.drop_in) AS w WHERE w->'topics' ?| %(topics)s::text[]))
              """,
}
# What goes into the query as it is; the rest is read first.
PLAIN = {"radius", "region", "municipality", "organisation", "channel", "language", "feature"}
KM = """
    6371 * 2 * asin(least(1, sqrt(
        power(sin(radians(p.lat - %(lat)s) / 2), 2)
        + cos(radians(%(lat)s)) * cos(radians(p.lat)) * power(sin(radians(p.lon - %(lon)s) / 2), 2))))
"""
WITHIN = """
    p.lat BETWEEN %(lat)s - %(radius)s / 111.0 AND %(lat)s + %(radius)s / 111.0
    AND abs(p.lon - %(lon)s) <= %(radius)s / (111.0 * cos(radians(%(lat)s)))
"""
POINTS = """
    SELECT * FROM (SELECT p.*, {order}::double precision AS place FROM service_point p
                   WHERE p.status = 'active' AND p.publishing = 'published' AND {clauses}) AS found
    WHERE {after} ORDER BY place, id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class FoundPoints:
    """A page of service points."""

    items: list[FoundServicePoint]
    next: str | None
    understood: Understood | None


async def find_points(connection: Connection, wanted: ServicePointSearch) -> FoundPoints:
    """Return published service points: the nearest first, or the best match of the words, or in order of id."""
    query = _PointQuery({**wanted.model_dump(include=PLAIN), "limit": wanted.limit + 1})
    meaning = None
    if wanted.q is not None:
        meaning, left = await understand(connection, wanted.q)
        query.words(left)
        query.values["municipality"] = wanted.municipality or meaning.municipality
    topics = [wanted.topic] if wanted.topic else meaning.topics if meaning else []
    query.values["topics"] = await _with_parents(connection, topics) if topics else []
    if wanted.near is not None:
        query.near(wanted.near)
    if wanted.after is not None:
        query.after(wanted.after)
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(query.sql(), query.values)
    rows = await cursor.fetchall()
    shown = rows[: wanted.limit]
    items = [FoundServicePoint.model_validate(row, extra="ignore") for row in shown]
    if wanted.near is not None:
        for item, row in zip(items, shown, strict=True):
            item.km = round(row["place"], 2)
    return FoundPoints(items, _cursor_of(shown[-1]) if len(rows) > wanted.limit else None, meaning)


@dataclass
class _PointQuery:
    """The SQL of a search for points, as it grows."""

    values: dict[str, object]
    clauses: list[str] = field(default_factory=list)
    order: str = "0"
    later: str = "true"

    def words(self, left: list[list[str]]) -> None:
        """Each word must stand there in one of its forms, and nearly as it is written; the likest come first."""
        far = []
        for nth, forms in enumerate(left):
            names = [f"word_{nth}_{n}" for n in range(len(forms))]
            self.values |= dict(zip(names, forms, strict=True))
            self.clauses.append(f"({' OR '.join(f'folded(%({name})s) <%% p.search_text' for name in names)})")
            far += [f"1 - word_similarity(folded(%({name})s), p.search_text)" for name in names]
        self.order = " + ".join(far) or "0"

    def near(self, near: str) -> None:
        """Within the radius, the nearest first."""
        self.values["lat"], self.values["lon"] = _near_coordinates(near)
        self.clauses += [WITHIN, f"{KM} <= %(radius)s"]
        self.order = KM

    def after(self, cursor: str) -> None:
        """Only what follows the last one of the page before."""
        self.values["after_place"], self.values["after_id"] = _position_of(cursor)
        self.later = "(place, id) > (%(after_place)s, %(after_id)s)"

    def sql(self) -> str:
        clauses = self.clauses + [clause for name, clause in CLAUSES.items() if self.values.get(name)]
        return POINTS.format(order=f"({self.order})", clauses=" AND ".join(clauses) or "true", after=self.later)


PARENTS = "SELECT DISTINCT coalesce(parent, code) FROM topic WHERE code = ANY (%(codes)s::text[])"


async def _with_parents(connection: Connection, codes: list[str]) -> list[str]:
    rows = await (await connection.execute(PARENTS, {"codes": codes})).fetchall()
    return [code for (code,) in rows] or codes


def _near_coordinates(near: str) -> tuple[float, float]:
    lat, lon = (float(number) for number in near.split(","))
    if not (-90 < lat < 90 and -180 <= lon <= 180):
        raise field_problem("/near", "string_pattern_mismatch")
    return lat, lon


def _cursor_of(row: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([row["place"], str(row["id"])]).encode()).decode().rstrip("=")


def _position_of(cursor: str) -> tuple[float, uuid.UUID]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place, record = json.loads(text)
        return float(place), uuid.UUID(record)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise field_problem("/after", "cursor") from None
