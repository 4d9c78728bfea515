"""What a citizen reads once they have booked: what they need, where their message went, whom to call, and what to do
when the time, or the link, is over."""

import datetime as dt
import re
import uuid
from typing import Any

import httpx2
import pytest
from icalendar import Calendar

from services.web.qr_codes import qr_code
from tests.unit.web_pages import ENGLISH, answers, appointment, ok, pages, point, problem

pytestmark = pytest.mark.anyio
POINT = uuid.UUID(int=7)
LIBRARY = {"name": {"fi": "Kirjasto"}, "address": "Tie 1", "lat": 65.96, "lon": 29.19}
AT_LIBRARY: dict[str, Any] = {"channel": "on_site", "place": LIBRARY, "service_point_id": POINT}
CALLED: dict[str, Any] = {"phone": "08 123 4567"}
SAFE = "You sign in yourself. Never tell or show your codes to anybody."


def reached(**how: Any) -> dict[str, Any]:
    return {"citizen": {"name": "Aili", "language": "en", **how}}


def mine(**more: Any) -> tuple[str, str, httpx2.Response]:
    return ("GET", "/mine", ok(appointment(**more)))


async def read(path: str = "/a/key", **more: Any) -> str:
    async with pages(answers(mine(**more))) as browser:
        page = (await browser.get(path, params=ENGLISH)).text
    return page.replace("\N{NO-BREAK SPACE}", " ")


async def test_the_page_says_what_about_where_in_which_language_and_whom_to_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VUORO_WEB_MAP_URL", "https://map.example/?at={lat},{lon}")
    page = await read(**AT_LIBRARY, **CALLED, languages=["fi", "en"])
    for part in ("E-services", "Tie 1", "Finnish, English", f'href="/points/{POINT}"', 'href="tel:+35881234567"'):
        assert part in page
    assert 'href="https://map.example/?at=65.96,29.19"' in page


@pytest.mark.parametrize("path", ["/a/key", "/a/key/slip"])
async def test_where_the_place_has_no_number_it_says_who_answers_near_it(path: str) -> None:
    here = ("GET", f"/service-points/{POINT}", ok(point(id=POINT)))
    around = ("GET", "/service-points", ok({"items": [point(phone="08 765 4321")], "next": None}))
    async with pages(answers(mine(**AT_LIBRARY), here, around)) as browser:
        page = (await browser.get(path, params=ENGLISH)).text
    assert 'href="tel:+35887654321"' in page


async def test_without_a_map_service_there_is_no_link_to_one() -> None:
    assert "Show on a map" not in await read(**AT_LIBRARY)


@pytest.mark.parametrize(("languages", "told"), [(["fi"], True), (["fi", "en"], False), ([], False)])
async def test_whose_language_the_helper_does_not_speak_is_told_so(languages: list[str], told: bool) -> None:
    page = await read(**reached(phone="+358401234567"), languages=languages)
    assert ("does not speak your language" in page) == told


@pytest.mark.parametrize(
    ("channel", "how"),
    [
        ("phone", "By phone: the helper calls you"),
        ("video", "By video: the helper sends you a link"),
        ("home", "At your home"),
    ],
)
@pytest.mark.parametrize("path", ["/a/key", "/a/key/slip"])
async def test_a_visit_elsewhere_says_how_it_is_held_and_asks_for_no_charger_far_away(
    path: str, channel: str, how: str
) -> None:
    page = await read(path, channel=channel, bring={"en": "Your phone and a charger"})
    assert how in page
    assert ("charger" in page) == (channel == "home")


async def test_an_organisation_s_own_words_are_of_visits_at_its_place() -> None:
    assert "A cup of coffee" in await read(**AT_LIBRARY, bring={"en": "A cup of coffee"})


@pytest.mark.parametrize(("topic", "needed"), [("online-bank", True), ("e-services", True), ("computer", False)])
async def test_who_needs_their_own_codes_is_told_and_everybody_that_only_they_use_them(
    topic: str, needed: bool
) -> None:
    page = await read(topic=topic)
    assert ("Your own bank codes" in page) == needed
    assert SAFE in page
    assert "Nobody needs" not in page


@pytest.mark.parametrize(
    ("how", "shown", "hidden"),
    [
        ({"phone": "+35840685404"}, ["By text message to 040 … 404"], ["685404", "By e-mail"]),
        ({"email": "aili@example.fi"}, ["By e-mail to ai…@example.fi"], ["aili@", "By text"]),
        ({"phone": "+35881234567", "email": "a@example.fi"}, ["By e-mail to …@example.fi"], ["By text", "cannot get"]),
        (
            {"phone": "+35881234567"},
            ["Write down your time", "The number 08 … 567 cannot receive text messages."],
            ["We sent you", "Send the message again", "on their way"],
        ),
    ],
)
async def test_where_the_message_went_is_told_and_to_a_landline_none_is_promised(
    how: dict[str, Any], shown: list[str], hidden: list[str]
) -> None:
    page = await read(**reached(**how))
    assert [part for part in shown if part not in page] == []
    assert [part for part in hidden if part in page] == []


async def test_a_number_abroad_gets_a_message_where_the_operator_sends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cannot receive text messages" in await read(**reached(phone="+46701234567"))
    monkeypatch.setenv("VUORO_NOTIFY_SMS_COUNTRIES_OF_REGIONS", '{"17": ["FI", "SE"]}')
    assert "By text message to +46 … 567" in await read(**reached(phone="+46701234567"))


async def test_the_message_is_sent_again_and_the_same_form_sends_once() -> None:
    asked: list[httpx2.Request] = []
    kept = mine(id=str(uuid.UUID(int=1)))
    service = answers(kept, ("POST", "/confirmation", ok(appointment())), asked=asked)
    async with pages(service) as browser:
        [nonce] = re.findall(r'name="nonce" value="([^"]+)"', (await browser.get("/a/key", params=ENGLISH)).text)
        for _ in range(2):
            done = await browser.post("/a/key/again", data={"nonce": nonce})
        told = (await browser.get(f"{done.headers['location']}&lang=en")).text
    assert "Sent again." in told
    sent = [each.headers["idempotency-key"] for each in asked if each.method == "POST"]
    assert (len(sent), len(set(sent))) == (2, 1)


async def test_who_asks_too_often_is_told_so_and_sees_their_time() -> None:
    refusal = problem("limit-reached", 429, title="Too often", detail="Try again in 2 hours.")
    async with pages(answers(mine(), ("POST", "/confirmation", refusal))) as browser:
        page = await browser.post("/a/key/again", data={"nonce": "x"})
    assert page.status_code == 429
    assert "Try again in 2 hours." in page.text
    assert "koivu" in page.text


async def test_the_code_of_a_booking_to_be_verified_is_sent_again_too() -> None:
    page = await read(state="held", expires="2126-03-01T10:30:00+02:00", **reached(phone="+35840685404"))
    assert "By text message to 040 … 404" in page
    assert 'action="/a/key/again"' in page


@pytest.mark.parametrize("how", [{"phone": "+35881234567"}, {"phone": None, "unreachable": True}])
async def test_who_can_be_sent_no_code_is_asked_for_none_and_told_what_to_do(how: dict[str, Any]) -> None:
    page = await read(state="held", expires="2126-03-01T10:30:00+02:00", phone="+35884567890", **reached(**how))
    assert ("The number 08 … 567 cannot receive text messages." in page) == bool(how["phone"])
    for text in ("Your time is not booked yet", "Or book again with a mobile number", "tel:+35884567890"):
        assert text in page
    for text in ("We sent you", 'name="code"', "Your time is kept until", "/again"):
        assert text not in page


async def test_the_slip_says_what_it_is_about_and_which_number_the_helper_calls() -> None:
    who = reached(phone="+35840685404")
    place = {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}
    by_phone = await read("/a/key/slip", channel="phone", **who)
    on_site = await read("/a/key/slip", channel="on_site", place=place, **who)
    for page in (by_phone, on_site):
        assert "<dt>Topic</dt><dd>E-services</dd>" in page.replace(' lang="en"', "")
    assert "<dt>The helper calls</dt><dd>040 685404</dd>" in by_phone
    assert "Tie 1" in on_site
    assert "The helper calls" not in on_site


PAST: dict[str, Any] = {"start": "2024-03-03T09:00:00+02:00", "end": "2024-03-03T09:30:00+02:00"}
MOVE, CANCEL, AGAIN = 'href="/a/key/move"', 'action="/a/key/cancel"', 'action="/a/key/again"'


@pytest.mark.parametrize(
    "over", [{"state": "attended"}, {"state": "no_show"}, {"state": "cancelled"}, PAST, {**PAST, "state": "attended"}]
)
async def test_of_what_is_over_nothing_is_offered_but_a_new_time(over: dict[str, Any]) -> None:
    page = await read(**over, **CALLED)
    for button in (MOVE, CANCEL, AGAIN, 'href="/a/key/slip"', 'href="/a/key/calendar.ics"', "koivu"):
        assert button not in page
    assert 'href="/?topic=e-services"' in page
    assert 'href="tel:+35881234567"' in page


async def test_while_it_goes_on_the_word_and_the_number_are_there_and_nothing_can_be_moved() -> None:
    now = dt.datetime.now(dt.UTC)
    page = await read(start=now - dt.timedelta(minutes=5), end=now + dt.timedelta(minutes=25), **CALLED)
    assert "koivu" in page
    assert 'href="tel:+35881234567"' in page
    assert MOVE not in page
    assert CANCEL not in page


async def test_what_is_over_leads_from_the_page_of_other_times_back() -> None:
    async with pages(answers(mine(**PAST))) as browser:
        assert (await browser.get("/a/key/move")).headers["location"] == "/a/key"


async def test_who_lost_their_time_long_ago_may_choose_another_but_has_nothing_to_cancel() -> None:
    page = await read(state="displaced", **PAST)
    assert MOVE in page
    assert CANCEL not in page


async def test_a_cancellation_that_comes_too_late_is_told_beside_the_time() -> None:
    late = problem("in-the-past", 422, title="It has begun", detail="Call the place.")
    async with pages(answers(mine(), ("POST", "/cancellation", late))) as browser:
        page = await browser.post("/a/key/cancel")
    assert page.status_code == 422
    assert "Call the place." in page.text


@pytest.mark.parametrize("path", ["/a/key", "/a/key/details", "/a/key/move", "/a/cut%20off.", "/a/key/slip"])
async def test_a_link_that_opens_nothing_says_what_may_be_the_matter_and_what_to_do(path: str) -> None:
    async with pages(answers()) as browser:
        page = await browser.get(path, params=ENGLISH)
    assert page.status_code == 404
    for part in ("The link may be old.", 'href="/lost"', "Call the place", 'href="/"'):
        assert part in page.text


async def test_the_slip_has_all_that_one_comes_with_and_no_button() -> None:
    page = await read("/a/key/slip", **AT_LIBRARY, **CALLED)
    main = page[page.index("<main") : page.index("</main")]
    for part in ("Aili", "3 March 2126", "09:00", "Kirjasto", "Tie 1", "koivu", "08 123 4567", "charger", SAFE):
        assert part in main
    assert "<button" not in main


@pytest.mark.parametrize("hidden", [False, True])
async def test_the_slip_opens_the_time_by_a_phone_s_camera_unless_nobody_may_know_of_it(hidden: bool) -> None:
    link = "https://vuoro.example/a/key"
    page = await read("/a/key/slip", manage_url=link, non_disclosure=hidden)
    assert (str(qr_code(link)) in page) != hidden


async def test_the_slip_of_whose_details_may_not_be_disclosed_says_neither_name_nor_number() -> None:
    page = await read("/a/key/slip", channel="phone", non_disclosure=True, **CALLED)
    assert "koivu" in page
    assert not any(told in page for told in ("Aili", "The helper calls"))


@pytest.mark.parametrize("path", ["/a/key/slip", "/a/key/calendar.ics"])
async def test_of_what_is_not_to_come_there_is_nothing_to_keep(path: str) -> None:
    async with pages(answers(mine(state="cancelled"))) as browser:
        assert (await browser.get(path)).headers["location"] == "/a/key"


async def test_the_calendar_has_the_same_event_as_the_message() -> None:
    known = {"id": str(uuid.UUID(int=1)), "sequence": 3, "manage_url": "https://vuoro.test/a/key"}
    async with pages(answers(mine(**AT_LIBRARY, **CALLED, **known))) as browser:
        given = await browser.get("/a/key/calendar.ics", params=ENGLISH)
    assert given.headers["content-type"].startswith("text/calendar")
    event: Any
    [event] = Calendar.from_ical(given.content).walk("VEVENT")
    assert event["UID"] == f"{uuid.UUID(int=1)}@vuoro"
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (3, dt.datetime(2126, 3, 3, 7, tzinfo=dt.UTC))
    assert str(event["LOCATION"]) == "Kirjasto, Tie 1"
    for part in ("koivu", "08 123 4567", "https://vuoro.test/a/key", SAFE):
        assert part in str(event["DESCRIPTION"])


async def test_what_may_not_be_disclosed_is_in_no_calendar() -> None:
    assert "calendar.ics" not in await read(non_disclosure=True)
    async with pages(answers(mine(non_disclosure=True))) as browser:
        assert (await browser.get("/a/key/calendar.ics")).headers["location"] == "/a/key"


async def test_the_page_stands_while_the_registry_is_away() -> None:
    def away(request: httpx2.Request) -> httpx2.Response:
        return ok(appointment()) if request.url.path.endswith("/mine") else httpx2.Response(503)

    async with pages(away) as browser:
        assert "koivu" in (await browser.get("/a/key", params=ENGLISH)).text
