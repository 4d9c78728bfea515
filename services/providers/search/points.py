"""Finding service points: by words, by place, page by page."""

import base64
import binascii
import json
import uuid
from dataclasses import dataclass

from psycopg.rows import dict_row

from services.providers.search.point_query import PointQuery
from services.providers.search.topics import Meaning, understand
from shared.db import Connection
from shared.problems import field_problem
from shared.schemas.providers import FoundServicePoint, ServicePointSearch, Understood

# What goes into the query as it is; the rest is read first.
PLAIN = {"radius", "region", "municipality", "organisation", "channel", "language", "feature"}


@dataclass(frozen=True)
class FoundPoints:
    """A page of service points."""

    items: list[FoundServicePoint]
    next: str | None
    understood: Understood | None


async def find_points(connection: Connection, wanted: ServicePointSearch) -> FoundPoints:
    """Return published service points: the nearest first, or the best match of the words, or in order of id."""
    query = PointQuery({**wanted.model_dump(include=PLAIN), "limit": wanted.limit + 1})
    meaning = await understand(connection, wanted.q) if wanted.q is not None else None
    query.values["topics"] = await _with_parents(connection, [wanted.topic] if wanted.topic else [])
    if meaning is not None:
        query.values |= await _meant(connection, wanted, meaning)
        query.words(meaning)
    if wanted.near is not None:
        query.near(wanted.near)
    if wanted.after is not None:
        query.after(*_position_of(wanted.after))
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(query.sql(), query.values)
    rows = await cursor.fetchall()
    shown = rows[: wanted.limit]
    items = [FoundServicePoint.model_validate(row, extra="ignore") for row in shown]
    if wanted.near is not None:
        for item, row in zip(items, shown, strict=True):
            item.km = round(row["place"], 2)
    understood = meaning.understood if meaning else None
    return FoundPoints(items, _cursor_of(shown[-1]) if len(rows) > wanted.limit else None, understood)


PARENTS = "SELECT DISTINCT coalesce(parent, code) FROM topic WHERE code = ANY (%(codes)s::text[])"


async def _meant(connection: Connection, wanted: ServicePointSearch, meaning: Meaning) -> dict[str, object]:
    """Return what the words of a search mean, where nobody has said it otherwise."""
    topics = [] if wanted.topic else meaning.understood.topics
    return {
        "meant_municipality": None if wanted.municipality else meaning.understood.municipality,
        "meant_topics": await _with_parents(connection, topics),
    }


async def _with_parents(connection: Connection, codes: list[str]) -> list[str]:
    if not codes:
        return []
    rows = await (await connection.execute(PARENTS, {"codes": codes})).fetchall()
    return [code for (code,) in rows] or codes


def _cursor_of(row: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([row["place"], str(row["id"])]).encode()).decode().rstrip("=")


def _position_of(cursor: str) -> tuple[float, uuid.UUID]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place, record = json.loads(text)
        return float(place), uuid.UUID(record)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise field_problem("/after", "cursor") from None
