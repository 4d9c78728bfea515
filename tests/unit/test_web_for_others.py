"""The pages of a citizen speak of them, and not to them, when somebody who books for others reads them; the paper that
they take along speaks to them."""

import html
import re
from functools import cache

import pytest

from services.web.bringing import SAFE
from services.web.for_others import TEXTS
from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from shared.languages import LANGUAGES, SOURCE, Language
from tests.unit.test_plain_language import citizens_texts
from tests.unit.test_texts import read_catalogue
from tests.unit.web_pages import (
    AGENDA,
    AILI,
    FORM,
    HOLD,
    NO_SLOTS,
    WHERE,
    access_token,
    agenda,
    answers,
    appointment,
    entry,
    hold,
    ok,
    pages,
)

pytestmark = pytest.mark.anyio
DESK = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}
# What the desk walks through, from the time to the queue.
ITS_PAGES = {
    "appointment.html",
    "book.html",
    "bringing.py",
    "erased.html",
    "macros.html",
    "move.html",
    "other_times.html",
    "otherwise.html",
    "own_details.html",
    "own_details.py",
    "own_visit.html",
    "slip.html",
    "times.html",
    "waitlist_entry.html",
    "waitlist_free.html",
    "waitlist_join.html",
    "waitlist_nobody.html",
}
TO_SOMEBODY = re.compile(r"\b(you|your|yours|yourself|i|my|me)\b", re.IGNORECASE)
OF_WHO_BOOKS = re.compile(r"\b(you (can|choose|get a slip|write)|did you give)\b", re.IGNORECASE)
# Who fills in the form is meant, whoever that is.
TO_WHO_BOOKS = {
    "Did you mean %(address)s?",
    "I need more time",
    "Print this page from your browser's menu, or copy it by hand.",
    "The time is not kept any more. If nobody has taken it, you can still book it.",
    "We keep this time until you choose another:",
    "What you wrote is still here, too.",
    "What you wrote is still here.",
    "You can also call and ask.",
    "You can close the page now.",
    "You will see free times here.",
    "You can choose another place, or another way to get help.",
    "You get a slip with the time: print it, or copy it by hand.",
    "Your choices",
    "Change your choices",
}
NOT_AT_A_DESK = {
    "Do you want both?",
    "I do",
    "Times in my language",
    "You already have a time",
    # In a page's head, for search engines.
    "Join the queue: %(topic)s, %(place)s. You get a message when a time becomes available.",
}


def test_each_sentence_that_speaks_to_the_citizen_has_one_that_speaks_of_them() -> None:
    said = {text for text, files in citizens_texts().items() if files & ITS_PAGES and TO_SOMEBODY.search(text)}
    assert said - set(TEXTS) == TO_WHO_BOOKS - set(TEXTS.values()) | NOT_AT_A_DESK


def test_each_of_them_is_said_somewhere_and_speaks_to_who_books_at_most() -> None:
    assert set(TEXTS) <= {text for text, files in citizens_texts().items() if files & ITS_PAGES}
    assert {text for text in TEXTS.values() if TO_SOMEBODY.search(text) and not OF_WHO_BOOKS.search(text)} == set()


@cache
def translations(language: Language) -> dict[object, object]:
    """The texts of the pages in a language."""
    return {} if language == SOURCE else read_catalogue("services/web", language)


def of(text: str, language: Language) -> str:
    """A text as a page in a language shows it, as far as nothing is filled in."""
    return str(translations(language).get(text, text)).partition("%(")[0].strip()


def spoken_to_the_citizen(page: str, language: Language) -> set[str]:
    """The sentences of a page that take who reads it for the citizen."""
    shown = html.unescape(re.sub(r"<head>.*?</head>|<[^>]+>", " ", page, flags=re.DOTALL))
    for text in sorted({of(text, language) for text in TEXTS.values()}, key=len, reverse=True):
        shown = shown.replace(text, "")
    theirs = {of(text, language) for text in TEXTS}
    return {text for text in theirs if text in shown and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", shown)}


NOBODY_HELPS = {"otherwise": {"waitlist": False, "drop_in": None, "nearest": None, "remote": None}}
WAITS = {"otherwise": {"waitlist": True}}
UNREACHABLE = {"name": "Aili", "phone": None, "email": None, "language": "sv", "unreachable": True}
AT_LIBRARY = {"channel": "on_site", "place": {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["on_site", "phone", "video", "home"])
async def test_the_form_speaks_of_who_comes(language: Language, channel: str) -> None:
    kept = hold(channel=channel, place=None, seat_beside="beside", languages=["so"])
    known = answers(("GET", f"/holds/{HOLD}", ok(kept)), AGENDA, NO_SLOTS)
    async with pages(known, **DESK) as browser:
        form = (await browser.get(FORM, params={"lang": language})).text
        sent = (await browser.post(FORM, params={"lang": language}, data={"name": ""})).text
        other = (await browser.post(FORM, params={"lang": language, **WHERE}, data={"do": "other"})).text
    assert [spoken_to_the_citizen(page, language) for page in (form, sent, other)] == [set()] * 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "more",
    [
        {},
        AT_LIBRARY,
        AT_LIBRARY | {"citizen": UNREACHABLE},
        {"channel": "home", "languages": ["en"]},
        {"channel": "video", "topic": "kela"},
        {"state": "cancelled"},
        {"state": "displaced"},
        {"state": "attended"},
    ],
)
@pytest.mark.parametrize("path", ["/a/key", "/a/key?booked=1", "/a/key?moved=1", "/a/key/move"])
async def test_what_is_booked_moved_and_cancelled_speaks_of_them(
    language: Language, more: dict[str, object], path: str
) -> None:
    known = answers(("GET", "/mine", ok(appointment(**more))), ("GET", "/agenda", ok(agenda())), NO_SLOTS)
    async with pages(known, **DESK, language=language) as browser:
        page = await browser.get(path)
    assert (page.status_code in {200, 303}, spoken_to_the_citizen(page.text, language)) == (True, set())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_slip_speaks_to_them_and_what_stands_around_it_to_who_prints_it(language: Language) -> None:
    mine = appointment(**AT_LIBRARY, citizen=UNREACHABLE, languages=["sv"])
    async with pages(answers(("GET", "/mine", ok(mine))), **DESK, language=language) as browser:
        page = (await browser.get("/a/key/slip?booked=1")).text
    around, paper, rest = re.split(r'<div class="slip" lang="sv">|</div>\s*<p class="unprinted">', page)
    assert spoken_to_the_citizen(around + rest, language) == set()
    assert of("They get no message from us.", language) in html.unescape(around)
    for text in ("Your time for digital help", "Ask before you come.", SAFE):
        assert of(text, "sv") in html.unescape(paper)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("nothing", [NOBODY_HELPS, WAITS])
async def test_where_nothing_is_found_and_the_queue_speak_of_them(
    language: Language, nothing: dict[str, object]
) -> None:
    none = ("GET", "/slots", ok({"items": [], **nothing}))
    asked = WHERE | {"lang": language}
    async with pages(answers(("GET", "/agenda", ok(agenda(**nothing))), none), **DESK) as browser:
        found = [(await browser.get(path, params=asked)).text for path in ("/times", "/wait")]
    assert [spoken_to_the_citizen(page, language) for page in found] == [set(), set()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phone", ["+358401234567", "+35886123456"])
@pytest.mark.parametrize("state", ["waiting", "offered", "booked", "ended"])
async def test_a_place_in_the_queue_speaks_of_them(language: Language, phone: str, state: str) -> None:
    offered = {"offered_until": "2126-03-02T09:00:00+02:00", "appointment": appointment()} if state == "offered" else {}
    mine = entry(state, citizen=AILI | {"phone": phone}, **offered)
    known = answers(("GET", "/mine", ok(mine)))
    async with pages(known, **DESK, language=language) as browser:
        page = await browser.get("/w/key")
    assert (page.status_code, spoken_to_the_citizen(page.text, language)) == (200, set())
