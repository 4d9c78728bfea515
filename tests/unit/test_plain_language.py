"""What a citizen reads is in plain language, as far as that can be counted: short sentences, common words, and somebody
who does what is done (selkokieli). Whether it is good is for people to say."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from pyvoikko import analyse
from wordfreq import zipf_frequency

from services.web.pages.privacy import OF_HELPERS
from shared.languages import LANGUAGES, SOURCE, Language
from tests.unit.test_texts import KEYWORDS, METHODS, ROOT, read_catalogue

LONGEST_SENTENCE = 12
# On the Zipf scale: a word of 2.5 comes once in three million. Swedish writes its compounds together, and nothing here
# takes them apart as Voikko does the Finnish ones.
RAREST: dict[Language, float] = {"fi": 2.5, "sv": 1.5, "en": 2.5}
MOST_PASSIVE_SENTENCES = 0.1

# Of those who work here; what is in no such file is a citizen's.
FOR_STAFF = {
    "absence.html",
    "absences.py",
    "account.html",
    "calls.html",
    "citizen_rows.html",
    "code.html",
    "consequences.html",
    "day.html",
    "day_printed.html",
    "day_visit.html",
    "desk.html",
    "desk.py",
    "extra_time.html",
    "extra_time.py",
    "grants.html",
    "grants.py",
    "hours.html",
    "hours.py",
    "hours_parts.html",
    "kept_day.html",
    "move_told.html",
    "move_where.html",
    "move_whose.html",
    "moved.html",
    "new_appointments.html",
    "outcome.html",
    "own_calendars.html",
    "own_calendars.py",
    "passkey.html",
    "reassignment.html",
    "reassignment.py",
    "sign_in.html",
    "unsent.html",
    "visit.html",
    "walk_in_form.html",
    "walk_ins.html",
    "weekly_hours.html",
    "weekly_hours.py",
    "who_am_i.html",
    "without_network.html",
}
IN_WORDS_OF_THE_LAW = {"accessibility.html"}
LONG_BY_NATURE = {
    "Help with digital services is a task in the public interest (GDPR, article 6, paragraph 1, point e). What was "
    "changed by whom is kept because the act on information management (906/2019) asks for it (point c).": "names laws",
}
# How words begin that are rare in other texts, each with the reason to use it.
RARE_BUT_NEEDED: dict[Language, dict[str, str]] = {
    "fi": {"tallentu": "the word of all who save", "tulkata": "it has no other name"},
    "sv": {
        "avbok": "the usual word of all who give times",
        "bankkod": "the usual word, in no newspaper",
        "handledning": "of handledare, who helps",
        "hörslinga": "it has no other name",
        "minneslapp": "likewise",
        "dataombudsman": "an authority's name",
        "dataskydd": "the law's word",
        "informationshanteringslag": "a law's name",
        "personbeteckning": "the word of Finland's Swedish",
        "personuppgiftsansvarig": "the law's word",
        "rättelse": "the law's word",
        "ringlista": "what it is called where one calls from it",
        "servicepunkt": "the word of Finland's Swedish",
        "serviceställe": "likewise",
        "spärrmarkering": "the law's word",
    },
    "en": {"turvakielto": "the Finnish word, said for those who know it so"},
}


@cache
def citizens_texts() -> dict[str, frozenset[str]]:
    """The texts of the pages that a citizen reads, each with the files that it stands in."""
    found: dict[str, set[str]] = {}
    options = {"**/templates/**.html": {"trimmed": "true"}}
    for file, _line, message, _comments, _context in extract_from_dir(
        ROOT / "services/web", METHODS, options, KEYWORDS
    ):
        for text in [message] if isinstance(message, str) else message:
            found.setdefault(str(text), set()).add(Path(file).name)
    helpers = {text for kept in OF_HELPERS.values() for text in kept}
    return {text: frozenset(files) for text, files in found.items() if files - FOR_STAFF and text not in helpers}


def shown(language: Language, *, law: bool = False) -> dict[str, str]:
    """Those texts in a language, by what they are in the code; those in words of the law only when asked for."""
    known = {} if language == SOURCE else read_catalogue("services/web", language)
    return {
        text: str(known.get(text, text))
        for text, files in citizens_texts().items()
        if law or not files <= IN_WORDS_OF_THE_LAW
    }


def sentences(text: str) -> list[str]:
    """The sentences of a text. What a colon announces is one of its own: it is heard so."""
    return [part for part in re.split(r"(?<=[.!?:])\s+", text) if part]


def words(text: str) -> list[str]:
    """The words of a text, numbers and what is filled in among them."""
    return re.findall(r"%\(\w+\)\w|[\w'’-]*\w", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language: Language) -> None:
    long = [
        part
        for text, translated in shown(language).items()
        if text not in LONG_BY_NATURE
        for part in sentences(translated)
        if len(words(part)) > LONGEST_SENTENCE
    ]
    assert not long, "\n".join(long)


def test_no_sentence_is_excused_that_is_short_or_gone() -> None:
    for excused in LONG_BY_NATURE:
        assert excused in citizens_texts()
        told = [shown(language)[excused] for language in LANGUAGES]
        assert any(len(words(part)) > LONGEST_SENTENCE for text in told for part in sentences(text)), excused


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_common(language: Language) -> None:
    used = {word.casefold() for text in shown(language).values() for word in plain_words(text)}
    needed = tuple(RARE_BUT_NEEDED[language])
    assert not {word for word in used if frequency(word, language) < RAREST[language] and not word.startswith(needed)}


def plain_words(text: str) -> list[str]:
    """The words of a text, without numbers and what is filled in."""
    return re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", re.sub(r"%\(\w+\)\w|\{\w+\}|\S+\.fi\b|['’]s\b", "", text))


def frequency(word: str, language: Language) -> float:
    """How common a word is, as it stands, in its base form, or by the rarest part of a compound."""
    forms = base_forms(word) if language == "fi" else []
    best: float = max(min(zipf_frequency(part, language) for part in form) for form in [[word], *forms])
    return best


def base_forms(word: str) -> Iterable[list[str]]:
    """What a Finnish word may be a form of, whole and in its parts."""
    for analysis in [*analyse(word), *analyse(word.capitalize())]:
        parts = [part for part in analysis.COMPOUND_PARTS or [] if part.BASEFORM]
        for form in ([analysis], parts):
            if form:
                yield [part.BASEFORM.casefold().replace("=", "") for part in form]


def test_somebody_does_what_is_done() -> None:
    """In Finnish, whose passive names nobody."""
    told = [part for text in shown("fi").values() for part in sentences(text)]
    passive = [part for part in told if any(map(is_passive, plain_words(part)))]
    assert 0 < len(passive) < MOST_PASSIVE_SENTENCES * len(told), "\n".join(passive)


def is_passive(word: str) -> bool:
    """Whether a Finnish word cannot be but a verb in the passive: its "fourth person"."""
    found = analyse(word.casefold())
    return bool(found) and all(analysis.PERSON == "4" for analysis in found)
