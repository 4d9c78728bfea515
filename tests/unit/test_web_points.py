"""The page of a service point and the lists of them, with a registry and a booking that answer what a test says."""

import datetime as dt
import re
import uuid

import httpx2
import pytest

from services.web.features import WORDS
from services.web.maps import map_link
from services.web.settings import Settings
from tests.conftest import ROOT
from tests.unit.web_pages import ENGLISH, Answer, answers, ok, pages, problem, slot

pytestmark = pytest.mark.anyio
POINT = str(uuid.UUID(int=7))
LIBRARY = {
    "id": POINT,
    "organisation_id": str(uuid.UUID(int=8)),
    "region": "17",
    "municipality": "305",
    "name": {"fi": "Kirjasto"},
    "address": "Tie 1",
    "phone": "08 123 4567",
    "url": "https://kirjasto.example",
    "not_done": {"en": "No repairs"},
    "languages": ["fi", "sv"],
    "features": ["hearing-loop", "some-new-code"],
    "equipment": {"quiet-room": 1},
    "lat": 65.96,
    "lon": 29.19,
    "weekly_hours": [{"weekday": day, "from": "10:00", "to": "16:00"} for day in range(1, 8)],
    "drop_in": [{"weekday": 2, "from": "12:00", "to": "14:00", "topics": ["e-services"]}],
}
GRAPH = ("GET", "/schema-org", ok({"@graph": [{}, {}]}))
HOURS = ("GET", "/hours", ok({"items": [], "next": None}))
CLOSINGS = ("GET", "/closings", ok({"items": []}))
SLOTS = ("GET", "/slots", ok({"items": [slot(), slot("slot-2")]}))
AWAY = httpx2.Response(503, content="{}")


def known(point: dict[str, object] | None = None, *more: tuple[str, str, httpx2.Response]) -> Answer:
    shown = ("GET", f"/service-points/{POINT}", ok(point or LIBRARY))
    return answers(*more, GRAPH, HOURS, CLOSINGS, SLOTS, shown)


def listed(*points: dict[str, object]) -> tuple[str, str, httpx2.Response]:
    return ("GET", "/service-points", ok({"items": points, "next": None}))


def words(page: httpx2.Response) -> str:
    """What is read of a page, on one line."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<script.*?</script>|<[^>]*>|^[^>]*>", " ", main, flags=re.DOTALL).split())


async def test_a_points_page_says_what_a_person_needs_before_they_come() -> None:
    async with pages(known()) as browser:
        page = await browser.get(f"/points/{POINT}", params=ENGLISH)
    text = words(page)
    for said in (
        "Tie 1",
        "Finnish, Swedish",
        "There is a hearing loop You can get help in a quiet room What we do not do here No repairs",
        "Monday–Sunday 10:00–16:00",
        "Tuesday 12:00–14:00",
        "Today,",
    ):
        assert said in text
    assert "some-new-code" not in text
    for link in (
        'href="tel:+35881234567"',
        'href="https://kirjasto.example"',
        'href="/?municipality=305"',
        'href="/points?municipality=305"',
    ):
        assert link in page.text
    description = '<meta name="description" content="Kirjasto. Free help with phones, computers and online services.">'
    assert description in page.text


async def test_the_next_free_times_of_a_point_are_told_once_each() -> None:
    async with pages(known()) as browser:
        text = words(await browser.get(f"/points/{POINT}", params=ENGLISH))
    assert "Next free times Monday 4 March 2126: 10:00 Book a time" in text


async def test_a_name_in_another_language_than_the_page_says_in_which() -> None:
    async with pages(known()) as browser:
        english = (await browser.get(f"/points/{POINT}", params=ENGLISH)).text
        finnish = (await browser.get(f"/points/{POINT}", params={"lang": "fi"})).text
    assert '<h1 lang="fi">Kirjasto</h1>' in english
    assert "<h1>Kirjasto</h1>" in finnish
    assert '<dd class="pre" lang="en">No repairs</dd>' in finnish


async def test_a_point_is_shown_while_booking_is_away_with_the_number_to_phone() -> None:
    async with pages(known(None, ("GET", "/slots", AWAY), ("GET", "/closings", AWAY))) as browser:
        page = await browser.get(f"/points/{POINT}", params=ENGLISH)
    assert page.status_code == 200
    assert "We cannot show the free times right now. Try again in a moment. Or phone: 08 123 4567" in words(page)
    assert "Monday–Sunday 10:00–16:00" in words(page)


async def test_a_point_that_was_seen_before_is_shown_while_the_registry_is_away() -> None:
    there = known()
    away = False

    def service(request: httpx2.Request) -> httpx2.Response:
        return AWAY if away and "/service-points" in request.url.path else there(request)

    async with pages(service) as browser:
        first = await browser.get(f"/points/{POINT}", params=ENGLISH)
        away = True
        again = await browser.get(f"/points/{POINT}", params=ENGLISH)
        other = await browser.get(f"/points/{uuid.UUID(int=9)}", params=ENGLISH)
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 503)
    assert "We cannot check these details right now." not in first.text
    assert "We cannot check these details right now." in again.text
    assert "08 123 4567" in again.text


async def test_a_point_that_is_withdrawn_is_shown_to_nobody_any_more() -> None:
    there, gone = known(), False

    def service(request: httpx2.Request) -> httpx2.Response:
        return problem("not-found", 404) if gone and "/service-points" in request.url.path else there(request)

    async with pages(service) as browser:
        assert (await browser.get(f"/points/{POINT}")).status_code == 200
        gone = True
        assert (await browser.get(f"/points/{POINT}")).status_code == 404


async def test_a_closing_is_told_on_its_days_and_by_itself() -> None:
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    shut = {"id": POINT, "service_point_id": POINT, "from": today - dt.timedelta(1), "until": today + dt.timedelta(9)}
    async with pages(known(None, ("GET", "/closings", ok({"items": [shut]})))) as browser:
        text = words(await browser.get(f"/points/{POINT}", params=ENGLISH))
    assert text.count(" closed") == 7
    assert "Closed at these times:" in text


async def test_what_a_drop_in_is_for_is_told_when_it_is_not_for_everything() -> None:
    other = {"weekday": 3, "from": "12:00", "to": "14:00", "topics": ["other"]}
    topics = {"items": [{"code": code, "name": {"en": code}, "rank": 1} for code in ("e-services", "other")]}
    async with pages(known({**LIBRARY, "drop_in": [other]}, ("GET", "/topics", ok(topics)))) as browser:
        assert "Wednesday 12:00–14:00 other" in words(await browser.get(f"/points/{POINT}", params=ENGLISH))


async def test_the_map_is_a_link_of_the_installation_s_own_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pages(known()) as browser:
        assert "Show on a map" not in (await browser.get(f"/points/{POINT}", params=ENGLISH)).text
    monkeypatch.setenv("VUORO_WEB_MAP_URL", "https://map.example/?at={lat},{lon}#{lat}")
    async with pages(known()) as browser:
        page = await browser.get(f"/points/{POINT}", params=ENGLISH)
    assert '<a href="https://map.example/?at=65.96,29.19#65.96">Show on a map</a>' in page.text
    assert map_link(Settings(), None, 29.19) is None


@pytest.mark.parametrize(
    "wrong", ["http://map.example/{lat}{lon}", "https://map.example/{lat}", "javascript:{lat}{lon}"]
)
def test_a_map_that_shows_no_place_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("VUORO_WEB_MAP_URL", wrong)
    with pytest.raises(ValueError, match=r"map_url|VUORO_WEB_MAP_URL"):
        Settings()


def test_integrators_are_told_which_features_people_see() -> None:
    told = (ROOT / "docs/integrating.md").read_text(encoding="utf-8")
    assert [code for code in WORDS if f"`{code}`" not in told] == []


HALL = {**LIBRARY, "id": str(uuid.UUID(int=9)), "name": {"fi": "Halli"}, "weekly_hours": [], "drop_in": []}
OULU = {**LIBRARY, "id": str(uuid.UUID(int=10)), "municipality": "564", "name": {"fi": "Oulun kirjasto"}}


async def test_a_region_s_places_are_listed_by_municipality_with_hours_in_short() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(listed(OULU, LIBRARY, HALL), asked=asked)) as browser:
        page = await browser.get("/points", params={"region": "17", **ENGLISH})
    text = words(page)
    assert [text.index(name) for name in ("Halli", "Kirjasto", "Oulu ")] == sorted(
        text.index(name) for name in ("Halli", "Kirjasto", "Oulu ")
    )
    assert "Phone number: 08 123 4567 Opening hours Monday–Sunday 10:00–16:00 Without booking Tuesday 12:00" in text
    assert "Opening hours Ask before you come." in text
    assert "We do not know the opening hours." not in text
    assert f'href="/points/{POINT}"' in page.text
    assert asked[-1].url.params["region"] == "17"


async def test_who_cannot_be_asked_is_not_to_be_asked() -> None:
    silent = {**HALL, "id": POINT, "phone": None, "email": None}
    async with pages(known(silent, listed(silent))) as browser:
        own = words(await browser.get(f"/points/{POINT}", params=ENGLISH))
        among = words(await browser.get("/points", params={"region": "17", **ENGLISH}))
    for page in (own, among):
        assert "We do not know the opening hours." in page
        assert "Ask before you come." not in page


async def test_a_municipality_s_places_are_listed_and_lead_to_the_region_s() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(listed(LIBRARY), asked=asked)) as browser:
        page = await browser.get("/points", params={"municipality": "305", "region": "01", **ENGLISH})
    assert asked[-1].url.params["municipality"] == "305"
    assert 'Where to get help: <span lang="fi">Kuusamo</span></h1>' in page.text
    assert 'href="/points?region=17"' in page.text
    assert 'href="/points?municipality=305&amp;lang=sv"' in page.text


@pytest.mark.parametrize(
    "asked", [{}, {"region": "99"}, {"municipality": "999"}, {"municipality": "x", "region": "17"}]
)
async def test_without_an_area_that_is_known_the_regions_are_offered(asked: dict[str, str]) -> None:
    async with pages() as browser:
        page = await browser.get("/points", params={**asked, **ENGLISH})
    assert (page.status_code, page.text.count('href="/points?region=')) == (200, 2)


async def test_an_area_without_places_is_never_an_empty_page() -> None:
    async with pages(answers(listed())) as browser:
        text = words(await browser.get("/points", params={"region": "17", **ENGLISH}))
    assert "There are no places on this list yet. Look for help nearby" in text


async def test_every_page_leads_to_the_places() -> None:
    async with pages() as browser:
        assert '<a href="/points">Where to get help</a>' in (await browser.get("/", params=ENGLISH)).text
