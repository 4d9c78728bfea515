"""Finding topics and service points by what people type, and points by where they are."""

import asyncio
import base64
import binascii
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from psycopg.rows import dict_row

from services.providers import words
from shared.db import Connection
from shared.problems import field_problem
from shared.schemas import providers as wire

# What has words worked out is found by them; "kännykkä" is worth more than something that only looks like it.
UNWORDED = "SELECT code, name, synonyms FROM topic WHERE words IS NULL"
WORDED = "UPDATE topic SET words = %(words)s WHERE code = %(code)s AND words IS NULL"
FOLDED = "SELECT array_agg(DISTINCT folded(word)) FROM unnest(%(words)s::text[]) AS word"
ASKED = """
    WITH asked AS (
        SELECT nth, folded(form) AS form FROM unnest(%(nths)s::int[], %(forms)s::text[]) AS each (nth, form))
"""
NAMED = f"""
    {ASKED} SELECT code, nth, 1.0 AS score FROM asked JOIN topic ON form = ANY (words)
    GROUP BY code, nth, rank ORDER BY rank, code
"""
ALIKE = f"""
    {ASKED}, hit AS (
        SELECT topic.code, asked.nth, max(CASE WHEN word = form THEN 1.0
                                               WHEN length(form) > 4 THEN similarity(word, form) ELSE 0 END) AS score
        FROM topic, unnest(topic.words) AS word, asked GROUP BY topic.code, asked.nth)
    SELECT topic.code, hit.nth, hit.score FROM hit JOIN topic USING (code) WHERE hit.score >= 0.5
    ORDER BY hit.score DESC, topic.rank, topic.code
"""
MUNICIPALITIES = (
    f"{ASKED} SELECT code, nth FROM asked JOIN municipality ON form = ANY (folded_names) ORDER BY nth, code"
)


@dataclass(frozen=True)
class Asked:
    """A search's words, each with its forms."""

    words: list[str]
    forms: list[frozenset[str]]

    @property
    def values(self) -> dict[str, Any]:
        """Which form belongs to which word, as two arrays."""
        pairs = [(nth, form) for nth, forms in enumerate(self.forms) for form in sorted(forms)]
        return {"nths": [nth for nth, _form in pairs], "forms": [form for _nth, form in pairs]}


async def read(text: str) -> Asked:
    """The words of a search. The first search of a process waits for Voikko to be loaded, in another thread."""
    found = words.words_of(text)[: words.MOST]
    forms = await asyncio.to_thread(lambda: [words.base_forms(word) | {word} for word in found])
    return Asked(found, forms)


async def _know_topics(connection: Connection) -> None:
    """Work out what new and changed topics are found by."""
    for code, name, synonyms in await (await connection.execute(UNWORDED)).fetchall():
        texts = [text for text in name.values() if text]
        texts += [text for language in ("fi", "sv", "en") for text in synonyms.get(language, [])]
        by = await asyncio.to_thread(words.searched_by, texts)
        folded = await (await connection.execute(FOLDED, {"words": sorted(by)})).fetchone()
        await connection.execute(WORDED, {"code": code, "words": folded[0] if folded else []})


async def topics(connection: Connection, asked: Asked, how: str) -> list[tuple[str, int, float]]:
    """Which topics the words mean, the likeliest first: code, which word, how alike; `NAMED` or only `ALIKE`."""
    await _know_topics(connection)
    return await (await connection.execute(how, asked.values)).fetchall()


async def find_topics(connection: Connection, text: str) -> list[str]:
    """The topics that somebody may mean, the likeliest first."""
    scores: dict[str, float] = {}
    for code, _nth, score in await topics(connection, await read(text), ALIKE):
        scores[code] = scores.get(code, 0.0) + float(score)
    return sorted(scores, key=lambda code: -scores[code])


async def understood(connection: Connection, text: str) -> tuple[wire.Understood, list[list[str]]]:
    """What a search for places is about: a municipality and topics that it names, and the forms of what is left."""
    asked = await read(text)
    places = await (await connection.execute(MUNICIPALITIES, asked.values)).fetchall()
    meant = await topics(connection, asked, NAMED)
    taken = {nth for _code, nth in places} | {nth for _code, nth, _score in meant}
    left = [nth for nth in range(len(asked.words)) if nth not in taken]
    return (
        wire.Understood(
            topics=list(dict.fromkeys(code for code, _nth, _score in meant)),
            municipality=places[0][0] if places else None,
            words=[asked.words[nth] for nth in left],
        ),
        [sorted(asked.forms[nth]) for nth in left],
    )


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
class Points:
    """A page of service points."""

    rows: list[dict[str, Any]]
    next: str | None
    understood: wire.Understood | None


async def points(connection: Connection, wanted: wire.ServicePointSearch) -> Points:
    """Published service points: the nearest first, or the best match of the words, or in order of id."""
    query = _Query({**wanted.model_dump(exclude={"near", "q", "after", "topic"}), "limit": wanted.limit + 1})
    meaning = None
    if wanted.q is not None:
        meaning, left = await understood(connection, wanted.q)
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
    for row in rows:
        row["km"] = round(row["place"], 2) if wanted.near is not None else None
    shown = rows[: wanted.limit]
    return Points(shown, _cursor(shown[-1]) if len(rows) > wanted.limit else None, meaning)


@dataclass
class _Query:
    """The SQL of a search for points, as it grows."""

    values: dict[str, Any]
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
        self.values["lat"], self.values["lon"] = _coordinates(near)
        self.clauses += [WITHIN, f"{KM} <= %(radius)s"]
        self.order = KM

    def after(self, cursor: str) -> None:
        """Only what follows the last one of the page before."""
        self.values["after_place"], self.values["after_id"] = _position(cursor)
        self.later = "(place, id) > (%(after_place)s, %(after_id)s)"

    def sql(self) -> str:
        clauses = self.clauses + [clause for name, clause in CLAUSES.items() if self.values.get(name)]
        return POINTS.format(order=f"({self.order})", clauses=" AND ".join(clauses) or "true", after=self.later)


PARENTS = "SELECT DISTINCT coalesce(parent, code) FROM topic WHERE code = ANY (%(codes)s::text[])"


async def _with_parents(connection: Connection, codes: list[str]) -> list[str]:
    rows = await (await connection.execute(PARENTS, {"codes": codes})).fetchall()
    return [code for (code,) in rows] or codes


def _coordinates(near: str) -> tuple[float, float]:
    lat, lon = (float(number) for number in near.split(","))
    if not (-90 < lat < 90 and -180 <= lon <= 180):
        raise field_problem("/near", "string_pattern_mismatch")
    return lat, lon


def _cursor(row: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([row["place"], str(row["id"])]).encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[float, uuid.UUID]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place, record = json.loads(text)
        return float(place), uuid.UUID(record)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise field_problem("/after", "cursor") from None
