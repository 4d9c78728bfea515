"""What a municipality's own site shows of us: the page in a frame, and the web component."""

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.web.language import LOCALE
from services.web.templating import TEMPLATES
from shared.languages import LANGUAGES, SOURCE
from shared.texts import catalogue
from tests.unit.test_web_points import AWAY, HALL, LIBRARY, POINT, listed, words
from tests.unit.web_pages import ENGLISH, Answer, answers, ok, pages, slot

pytestmark = pytest.mark.anyio
WIDGET = TEMPLATES.parent / "static" / "widget.js"
HERE = {"municipality": "305", **ENGLISH}


def at(place: str, **more: object) -> dict[str, Any]:
    return {"service_point_id": place, "place": None, "slot": {**slot(), "service_point_id": place, **more}}


def help_of(*places: dict[str, Any], drop_in: tuple[dict[str, Any], ...] = (), phone: bool = False) -> Answer:
    """Services that know a library and a hall; with the next times of these places."""

    def service(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/places"):
            items = drop_in if request.url.params["drop_in"] == "true" else places
            return ok({"items": items, "next": None})
        if request.url.path.endswith("/slots"):
            assert request.url.params["channel"] == "phone"
            return ok({"items": [slot()] if phone else []})
        return answers(listed(LIBRARY, HALL))(request)

    return service


async def test_a_site_of_anybody_may_frame_this_page_and_no_other() -> None:
    async with pages(help_of()) as browser:
        policies = {path: (await browser.get(path)).headers["content-security-policy"] for path in ("/embed", "/lost")}
    assert "frame-ancestors *" in policies["/embed"]
    assert "frame-ancestors 'none'" in policies["/lost"]
    assert policies["/embed"].replace("*", "'none'") == policies["/lost"]


async def test_the_framed_page_shows_places_and_their_next_times_the_soonest_first() -> None:
    just_come = at(str(HALL["id"]), id=None, start="2126-03-03T09:00:00+02:00", end="2126-03-03T11:00:00+02:00")
    async with pages(help_of(at(POINT), drop_in=(just_come,), phone=True)) as browser:
        page = await browser.get("/embed", params=HERE)
    text = words(page)
    assert "Halli Tie 1 08 123 4567 Without booking: Sunday 3 March 2126 at 09:00–11:00" in text
    assert "Kirjasto Tie 1 08 123 4567 Next free time: Monday 4 March 2126 at 10:00" in text
    assert text.index("Halli") < text.index("Kirjasto")
    assert "By phone, next free time: Monday 4 March 2126 at 10:00" in text
    assert f'<h2 lang="fi"><a href="/points/{POINT}?lang=en">' in page.text
    assert 'href="/?municipality=305&amp;lang=en"' in page.text
    assert '<base target="_top">' in page.text


async def test_the_framed_page_shows_places_without_times_while_booking_is_away() -> None:
    away = [("GET", "/places", AWAY), ("GET", "/slots", AWAY)]
    async with pages(answers(*away, listed(LIBRARY))) as browser:
        page = await browser.get("/embed", params=HERE)
    assert page.status_code == 200
    assert "We cannot show the free times right now. Try again in a moment. Kirjasto" in words(page)
    assert "No free times" not in words(page)


async def test_whatever_goes_wrong_is_said_in_the_frame_with_a_way_on() -> None:
    async with pages(answers(("GET", "/service-points", AWAY))) as browser:
        away = await browser.get("/embed", params=HERE)
        unknown = await browser.get("/embed", params={**HERE, "municipality": "999"})
    assert (away.status_code, "We cannot show the places right now. Book a time" in words(away)) == (503, True)
    assert (unknown.status_code, "We do not know this municipality. Book a time" in words(unknown)) == (404, True)
    assert 'href="/?lang=en"' in unknown.text


async def test_what_another_site_has_chosen_is_not_remembered_for_the_reader() -> None:
    async with pages(help_of()) as browser:
        assert "set-cookie" not in (await browser.get("/embed", params=HERE)).headers
        assert "set-cookie" in (await browser.get("/", params=ENGLISH)).headers


def texts_of(path: Path) -> dict[str, dict[str, str]]:
    found = re.search(r"const TEXTS = (\{.*?\n *\});", path.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    texts: dict[str, dict[str, str]] = json.loads(found[1])
    return texts


def test_the_component_says_the_same_words_as_the_pages() -> None:
    texts = texts_of(WIDGET)
    assert set(texts) == set(LANGUAGES)
    for language in LANGUAGES:
        assert set(texts[language]) == set(texts[SOURCE])
        for name, text in texts[SOURCE].items():
            if name != "looking":  # a page has nothing to wait for
                said = catalogue(LOCALE, language).gettext(text.replace("{place}", "%(place)s"))
                assert texts[language][name] == said.replace("%(place)s", "{place}"), (language, name)


def test_the_component_is_small_and_writes_no_markup_and_no_style_of_the_page() -> None:
    """What a place is called never becomes markup on somebody's site, however its policy is set."""
    source = WIDGET.read_text(encoding="utf-8")
    assert len(source.encode()) < 10_000
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".style", "import "):
        assert word not in source
