"""What a topic is found by: the words of its names and synonyms with their base forms.

They are worked out when a topic is written, so that a search writes nothing.
"""

import asyncio
from collections.abc import Mapping

from services.providers.search import words
from shared.db import Connection

FOLDED = "SELECT array_agg(DISTINCT folded(word)) FROM unnest(%(words)s::text[]) AS word"
UNINDEXED = "SELECT code, name, synonyms FROM topic WHERE words IS NULL"
INDEX = "UPDATE topic SET words = %(words)s WHERE code = %(code)s AND words IS NULL"


async def topic_words(
    connection: Connection, name: Mapping[str, str | None], synonyms: Mapping[str, list[str]]
) -> list[str]:
    """Return the words by which a topic is found, folded as the database folds those of a search."""
    texts = [text for text in name.values() if text]
    texts += [text for in_language in synonyms.values() for text in in_language]
    found = await asyncio.to_thread(words.searched_by, texts)  # loading Voikko takes a second
    folded = await (await connection.execute(FOLDED, {"words": sorted(found)})).fetchone()
    return sorted(folded[0]) if folded and folded[0] else []


async def index_topics(connection: Connection) -> int:
    """Index the topics that have no words, which only an older version leaves so; returns how many there were."""
    rows = await (await connection.execute(UNINDEXED)).fetchall()
    for code, name, synonyms in rows:
        await connection.execute(INDEX, {"code": code, "words": await topic_words(connection, name, synonyms)})
    return len(rows)
