"""The words of a search: what they are called in their base form, whatever language they may be in.

Finnish inflects so much that no stemmer brings "puhelimen" and "puhelin" together, so Voikko's morphology is asked. It
takes a second and two hundred megabytes, and is loaded when somebody first searches by words.
"""

import functools
import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+(?:[.\-][^\W_]+)*")
LONGEST = 40
MOST = 12


def words_of(text: str) -> list[str]:
    """Return the words of a text, in order, in lower case, none longer than there are."""
    return [word[:LONGEST] for word in WORD.findall(text.casefold())]


@functools.lru_cache(maxsize=10_000)
def base_forms(word: str) -> frozenset[str]:
    """Return the Finnish words that `word` may be a form of, and of a compound its last part; itself, when it is none.

    Of "verkkopankissa": verkkopankki and pankki.
    """
    from pyvoikko import analyse

    found = set()
    for analysis in [*analyse(word), *analyse(word.capitalize())]:  # names of places are known by their capital letter
        parts = [analysis, *(analysis.COMPOUND_PARTS or [])[-1:]]
        found |= {part.BASEFORM.casefold() for part in parts if part.BASEFORM}
    # Voikko marks where some compounds are joined ("pietar=saari"); topics that were indexed before have the mark, too.
    return frozenset(found | {form.replace("=", "") for form in found} or {word})


def searched_by(texts: Iterable[str]) -> set[str]:
    """Return all words by which texts in any of the page languages can be found."""
    found: set[str] = set()
    for word in (word for text in texts for word in words_of(text)):
        found |= {word, *base_forms(word)}
    return found
