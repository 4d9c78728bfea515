"""Everything that a person reads is there in each language."""

import importlib
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from shared.languages import LANGUAGES, TRANSLATED
from shared.problems import Problem
from shared.texts import language_of

ROOT = Path(__file__).parents[2]
FOLDERS = ["shared", "services/providers", "services/booking", "services/notify", "services/web", "deploy/gateway"]
# Those whose module `problems` has titles of its own.
WITH_PROBLEMS = ["shared", "services/providers", "services/booking", "services/web"]
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"marked": None, "_": None, "gettext": None, "ngettext": (1, 2)}


def texts(folder: Path) -> set[object]:
    found: set[object] = set()
    options = {"**/templates/**.html": {"trimmed": "true"}}
    for _file, _line, message, _comments, _context in extract_from_dir(folder, METHODS, options, KEYWORDS):
        found.add(message)
    return found


def titles(folder: str) -> set[str]:
    """The docstrings of the problems that are defined there."""
    module = importlib.import_module(folder.replace("/", ".") + ".problems")
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Problem)]
    return {(found.__doc__ or "").partition("\n")[0] for found in classes if found.__module__ == module.__name__}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("folder", WITH_PROBLEMS)
def test_every_title_of_a_problem_is_translated(folder: str, language: str) -> None:
    known = read_catalogue(folder, language)
    assert titles(folder)
    assert not {title for title in titles(folder) if not known.get(title)}


def read_catalogue(folder: str, language: str) -> dict[object, object]:
    with (ROOT / folder / "locale" / f"{language}.po").open("rb") as lines:
        return {message.id: message.string for message in read_po(lines, locale=language) if message.id}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_text_is_translated_and_no_translation_is_left_over(folder: str, language: str) -> None:
    known = read_catalogue(folder, language)
    wanted = texts(ROOT / folder)
    if folder in WITH_PROBLEMS:
        wanted |= titles(folder)
    assert wanted == set(known)
    assert all(known.values())


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("folder", FOLDERS)
def test_each_text_is_translated_once(folder: str, language: str) -> None:
    """Of two translations one is never seen."""
    lines = (ROOT / folder / "locale" / f"{language}.po").read_text()
    found = re.findall(r"^msgid (\".*\"(?:\n\".*\")*)$", lines, re.MULTILINE)
    assert [text for text, times in Counter(found).items() if times > 1] == []


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("folder", FOLDERS)
def test_translations_keep_the_placeholders(folder: str, language: str) -> None:
    for text, translation in read_catalogue(folder, language).items():
        pairs = zip(text, translation, strict=True) if isinstance(text, tuple) else [(text, translation)]  # type: ignore[call-overload]
        for one, other in pairs:
            assert placeholders(str(one)) == placeholders(str(other))


def placeholders(text: str) -> set[str]:
    """The names in braces, whatever their format, and in gettext's own way."""
    braced = {f"{{{name}}}" for name in re.findall(r"\{(\w+)(?::\w+)?\}", text)}
    return braced | set(re.findall(r"%\(\w+\)\w", text))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "fi"),
        ("", "fi"),
        ("sv-FI,sv;q=0.9,en;q=0.5", "sv"),
        ("de;q=1, en;q=0.3, sv;q=0.2", "en"),
        ("xx", "fi"),
        ("*;q=x,,;;", "fi"),
        ("sv;q=0, de", "fi"),
        ("en, sv;q=1", "en"),
    ],
)
def test_the_language_that_a_browser_prefers(header: str | None, language: str) -> None:
    assert language_of(header) == language
    assert language in LANGUAGES
