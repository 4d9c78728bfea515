"""Finding topics, and places and topics that a search names, by what people type."""

import asyncio
from dataclasses import dataclass

from services.providers.search import words
from shared.db import Connection
from shared.schemas.providers import Understood

# These say that something is wrong, and not what with: "WhatsApp ei toimi" is about WhatsApp, though a topic's own name
# has them.
LITTLE_WORDS = (
    "ei en et toimi toimii onnistu osaa pääse saa voi on ja tai minun "
    "inte fungerar kan kommer jag och eller min "
    "does doesn't not work works can can't i and or my the a"
)
SAY_THAT_AND_NOT_WHAT = frozenset(LITTLE_WORDS.split())
# What a word may be: the words of a search with their forms, as rows.
ASKED = """
    WITH asked AS (
        SELECT nth, folded(form) AS form, is_part
        FROM unnest(%(nths)s::int[], %(forms)s::text[], %(parts)s::bool[]) AS each (nth, form, is_part))
"""
NAMED = f"""
    {ASKED} SELECT code, nth, 1.0 AS score FROM asked JOIN topic ON form = ANY (words)
    GROUP BY code, nth, rank ORDER BY rank, code
"""
# "kännykkä" is worth more than something that only looks like it, and "verokortti" more than "kortti".
ALIKE = f"""
    {ASKED}, hit AS (
        SELECT topic.code, asked.nth, max(CASE WHEN word = form AND is_part THEN 0.6
                                               WHEN word = form THEN 1.0
                                               WHEN length(form) > 4 THEN similarity(word, form) ELSE 0 END) AS score
        FROM topic, unnest(topic.words) AS word, asked GROUP BY topic.code, asked.nth)
    SELECT topic.code, hit.nth, hit.score FROM hit JOIN topic USING (code) WHERE hit.score >= 0.5
    ORDER BY hit.score DESC, topic.rank, topic.code
"""
MUNICIPALITIES = (
    f"{ASKED} SELECT code, nth FROM asked JOIN municipality ON form = ANY (folded_names) ORDER BY nth, code"
)


@dataclass(frozen=True)
class SearchWords:
    """A search's words, each with its forms."""

    words: list[str]
    forms: list[frozenset[str]]

    parts: frozenset[str]
    """Those forms that are the last part of a compound, and no word of the search."""

    @property
    def values(self) -> dict[str, object]:
        """Which form belongs to which word, and whether it is a part, as arrays."""
        pairs = [(nth, form) for nth, forms in enumerate(self.forms) for form in sorted(forms)]
        return {
            "nths": [nth for nth, _form in pairs],
            "forms": [form for _nth, form in pairs],
            "parts": [form in self.parts for _nth, form in pairs],
        }


async def read_words(text: str) -> SearchWords:
    """Return the words of a search. The first search of a process waits for Voikko to be loaded, in another thread."""
    found = words.words_of(text)[: words.MOST]
    return await asyncio.to_thread(_with_forms, found)


def _with_forms(found: list[str]) -> SearchWords:
    whole = frozenset(found).union(*(words.whole_forms(word) for word in found))
    parts = frozenset[str]().union(*(words.last_parts(word) for word in found)) - whole
    return SearchWords(found, [words.base_forms(word) | {word} for word in found], parts)


async def find_topics(connection: Connection, text: str) -> list[str]:
    """Return the codes of the topics that somebody may mean, the likeliest first."""
    asked = await read_words(text)
    hits = await (await connection.execute(ALIKE, asked.values)).fetchall()
    telling = [hit for hit in hits if asked.words[hit[1]] not in SAY_THAT_AND_NOT_WHAT]
    scores: dict[str, float] = {}
    for code, _nth, score in telling or hits:
        scores[code] = scores.get(code, 0.0) + float(score)
    return sorted(scores, key=lambda code: -scores[code])


@dataclass(frozen=True)
class Meaning:
    """What a search for places is about, a municipality and topics that it names; the forms of the words that are left,
    and of all of them."""

    understood: Understood
    left: list[list[str]]
    every: list[list[str]]


async def understand(connection: Connection, text: str) -> Meaning:
    """Return what a search for places is about."""
    asked = await read_words(text)
    places = await (await connection.execute(MUNICIPALITIES, asked.values)).fetchall()
    topics = await (await connection.execute(NAMED, asked.values)).fetchall()
    used = {nth for _code, nth in places} | {nth for _code, nth, _score in topics}
    left = [nth for nth in range(len(asked.words)) if nth not in used]
    understood = Understood(
        topics=list(dict.fromkeys(code for code, _nth, _score in topics)),
        municipality=places[0][0] if places else None,
        words=[asked.words[nth] for nth in left],
    )
    return Meaning(understood, [sorted(asked.forms[nth]) for nth in left], list(map(sorted, asked.forms)))
