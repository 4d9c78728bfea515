"""The words of a search: what they are called in their base form, whatever language they may be in.

Finnish inflects so much that no stemmer brings "puhelimen" and "puhelin" together, so Voikko's morphology is asked. It
takes a second and two hundred megabytes, and is loaded when somebody first searches by words.
"""

import functools
import re
from collections.abc import Iterable
from typing import Any

WORD = re.compile(r"[^\W_]+(?:[.\-][^\W_]+)*")
LONGEST = 40
MOST = 12


def words_of(text: str) -> list[str]:
    """Return the words of a text, in order, in lower case, none longer than there are."""
    return [word[:LONGEST] for word in WORD.findall(text.casefold())]


def base_forms(word: str) -> frozenset[str]:
    """Return the Finnish words that `word` may be a form of, and of a compound its last part; itself, when it is none.

    Of "verkkopankissa": verkkopankki and pankki.
    """
    return whole_forms(word) | last_parts(word) or frozenset({word})


@functools.lru_cache(maxsize=10_000)
def whole_forms(word: str) -> frozenset[str]:
    """Return the Finnish words that `word` may be a form of. Of "verkkopankissa": verkkopankki."""
    return _unmarked(analysis.BASEFORM for analysis in _analyses(word))


@functools.lru_cache(maxsize=10_000)
def last_parts(word: str) -> frozenset[str]:
    """Return what the compounds that `word` may be a form of end with. Of "verkkopankissa": pankki."""
    ends = [end for analysis in _analyses(word) for end in (analysis.COMPOUND_PARTS or [])[-1:]]
    return _unmarked(end.BASEFORM for end in ends)


def _analyses(word: str) -> list[Any]:
    from pyvoikko import analyse

    return [*analyse(word), *analyse(word.capitalize())]  # names of places are known by their capital letter


def _unmarked(forms: Iterable[str | None]) -> frozenset[str]:
    # Voikko marks where some compounds are joined ("pietar=saari"); topics that were indexed before have the mark, too.
    found = {form.casefold() for form in forms if form}
    return frozenset(found | {form.replace("=", "") for form in found})


def searched_by(texts: Iterable[str]) -> set[str]:
    """Return all words by which texts in any of the page languages can be found."""
    found: set[str] = set()
    for word in (word for text in texts for word in words_of(text)):
        found |= {word, *base_forms(word)}
    return found
