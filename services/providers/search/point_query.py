"""The SQL of a search for service points, put together from what is looked for."""

from dataclasses import dataclass, field
from uuid import UUID

from services.providers.search.topics import Meaning
from shared.problems import field_problem

# The finer words of a topic lead to it.
HELPS = """
    (EXISTS (SELECT FROM offering o WHERE o.organisation_id = p.organisation_id AND o.status = 'active'
             AND o.topics && %({topics})s::text[])
     OR EXISTS (SELECT FROM jsonb_array_elements(p.drop_in) AS w WHERE w->'topics' ?| %({topics})s::text[]))
"""
CLAUSES = {
    "region": "p.region = %(region)s",
    "municipality": "p.municipality = %(municipality)s",
    "organisation": "p.organisation_id = %(organisation)s",
    "channel": "%(channel)s = ANY (p.channels)",
    "language": "%(language)s = ANY (p.languages)",
    "feature": "p.features @> %(feature)s::text[]",
    "topics": HELPS.format(topics="topics"),
}
# What the words of a search mean, unless somebody has said it otherwise.
MEANT = {
    "meant_municipality": "p.municipality = %(meant_municipality)s",
    "meant_topics": HELPS.format(topics="meant_topics"),
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
NAME = "folded(concat_ws(' ', p.name->>'fi', p.name->>'sv', p.name->>'en'))"
ALIKE = 0.7
"""How like a place's own name a word must be that also means something else."""
POINTS = """
    SELECT * FROM (SELECT p.*, {order}::double precision AS place FROM service_point p
                   WHERE p.status = 'active' AND p.publishing = 'published' AND {clauses}) AS found
    WHERE {after} ORDER BY place, id LIMIT %(limit)s
"""


class _Word:
    """A word of a search in the SQL of a query, whose values it adds to."""

    def __init__(self, values: dict[str, object], name: str, forms: list[str]) -> None:
        own = {f"{name}_{nth}": form for nth, form in enumerate(forms)}
        values |= own
        self._forms = [f"folded(%({each})s)" for each in own]

    def stands_in(self, text: str) -> str:
        """Return the condition that one of its forms stands in a text, nearly as it is written."""
        return f"({' OR '.join(f'{form} <%% {text}' for form in self._forms)})"

    def likeness(self, text: str) -> str:
        """Return how like a text, of 1, its likest form is."""
        return f"greatest({', '.join(f'word_similarity({form}, {text})' for form in self._forms)})"


@dataclass
class PointQuery:
    """The SQL of a search for points, as it grows."""

    values: dict[str, object]
    clauses: list[str] = field(default_factory=list)
    order: str = "0"
    later: str = "true"

    def words(self, meaning: Meaning) -> None:
        """What the words mean must be there, and each word that means nothing must stand there. Or else all of them
        must stand in the place's own name: a word of it may also be a topic's or a municipality's. What is called so
        comes first, then the likest."""
        left = [_Word(self.values, f"word_{nth}", forms) for nth, forms in enumerate(meaning.left)]
        meant = [word.stands_in("p.search_text") for word in left]
        meant += [clause for name, clause in MEANT.items() if self.values.get(name)]
        self.order = " + ".join(f"1 - {word.likeness('p.search_text')}" for word in left) or "0"
        if len(meaning.left) == len(meaning.every):
            self.clauses += meant
            return
        every = [_Word(self.values, f"name_{nth}", forms) for nth, forms in enumerate(meaning.every)]
        called = " AND ".join(
            f"{word.stands_in('p.search_text')} AND {word.likeness(NAME)} >= {ALIKE}" for word in every
        )
        self.clauses.append(f"({' AND '.join(meant) or 'true'} OR {called})")
        self.order = (
            f"CASE WHEN {called} THEN -({' + '.join(word.likeness(NAME) for word in every)}) ELSE {self.order} END"
        )

    def near(self, near: str) -> None:
        """Within the radius, the nearest first."""
        self.values["lat"], self.values["lon"] = _near_coordinates(near)
        self.clauses += [WITHIN, f"{KM} <= %(radius)s"]
        self.order = KM

    def after(self, place: float, record: UUID) -> None:
        """Only what follows the last one of the page before."""
        self.values["after_place"], self.values["after_id"] = place, record
        self.later = "(place, id) > (%(after_place)s, %(after_id)s)"

    def sql(self) -> str:
        """Return the query, for its values."""
        clauses = self.clauses + [clause for name, clause in CLAUSES.items() if self.values.get(name)]
        return POINTS.format(order=f"({self.order})", clauses=" AND ".join(clauses) or "true", after=self.later)


def _near_coordinates(near: str) -> tuple[float, float]:
    lat, lon = (float(number) for number in near.split(","))
    if not (-90 < lat < 90 and -180 <= lon <= 180):
        raise field_problem("/near", "string_pattern_mismatch")
    return lat, lon
