"""The page of times: what it shows of a search, whom to phone where nothing is found, and keeping a time."""

import json
import uuid

import httpx2
import pytest

from tests.unit.web_pages import (
    AGENDA,
    BY_PHONE,
    ENGLISH,
    HOLD,
    MUNICIPALITIES,
    NO_SLOTS,
    WHERE,
    agenda,
    answers,
    hold,
    ok,
    pages,
    point,
    problem,
    slot,
)

pytestmark = pytest.mark.anyio
WHO = {"name": "Aili", "phone": "040 123 4567"}


@pytest.mark.parametrize("path", ["/times", "/wait"])
@pytest.mark.parametrize(
    ("where", "says", "chosen"),
    [
        ({**WHERE, "topic": "x"}, "This link is old. Choose again what you need help with.", " selected>Kuusamo"),
        ({**WHERE, "municipality": "999"}, "This link is old. Choose the municipality again.", "checked"),
        ({"topic": "e-services"}, "Write where you need help, or choose the municipality.", "checked"),
    ],
)
async def test_a_link_whose_topic_or_place_is_none_says_so_and_keeps_the_other(
    path: str, where: dict[str, str], says: str, chosen: str
) -> None:
    async with pages(answers(AGENDA, NO_SLOTS)) as browser:
        page = await browser.get(path, params={**where, **ENGLISH})
        assert (await browser.get(path)).headers["location"] == "/"  # it names nothing
    assert page.status_code == 404
    for text in (says, chosen, 'href="/points"'):
        assert text in page.text
    assert page.text.count("This link is old") <= 1


async def test_a_finer_topic_is_named_and_what_is_booked_is_its_parent() -> None:
    asked: list[httpx2.Request] = []
    finer = {**WHERE, "topic": "kela"}
    known = answers(AGENDA, NO_SLOTS, ("POST", "/holds", ok(hold(), 201)), asked=asked)
    async with pages(known) as browser:
        times = (await browser.get("/times", params={**finer, **ENGLISH})).text
        kept = await browser.post("/times", data={**finer, "slot": "slot-1", "nonce": "n"})
        wait = (await browser.get("/wait", params={**finer, **ENGLISH})).text
        await browser.post("/wait", data={**finer, **WHO, "nonce": "n"})
    assert "Kela matters" in times
    assert "Kela matters" in wait
    assert kept.headers["location"].endswith("?topic=kela&municipality=305&slot=slot-1")
    of_booking = [each for each in asked if "/booking/" in each.url.path]
    searched = {each.url.params["topic"] for each in of_booking if each.method == "GET"}
    sent = {json.loads(each.content)["topic"] for each in of_booking if each.method == "POST"}
    assert searched == sent == {"e-services"}


async def test_the_times_page_shows_days_with_their_times_and_what_else_there_is() -> None:
    group = slot("slot-2") | {"seats_left": 3}
    async with pages(answers(("GET", "/agenda", ok(agenda(slot(), group))), BY_PHONE)) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert 'name="slot" value="slot-1"' in page
    assert '<span class="unseen">Monday 4 March 2126 </span><strong>10:00–10:30</strong>' in page
    assert "in a group, 3 places left" in page
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;day=2126-03-04"' in page
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;date=2126-03-11"' in page  # later days
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;channel=phone"' in page
    assert 'name="nonce" value=""' not in page


async def test_two_kinds_of_help_at_one_time_look_different() -> None:
    offerings = {str(uuid.UUID(int=number)): {"fi": name} for number, name in ((1, "Lyhyt"), (2, "Ryhmä"))}
    slots = [slot(f"slot-{number}") | {"offering_id": str(uuid.UUID(int=number))} for number in (1, 2)]
    for known, told in ((offerings, True), ({}, False)):
        async with pages(answers(("GET", "/agenda", ok(agenda(*slots, offerings=known))), NO_SLOTS)) as browser:
            page = (await browser.get("/times", params=WHERE)).text
        assert ("Lyhyt" in page and "Ryhmä" in page) is told


async def test_a_drop_in_is_among_the_times_and_is_no_button() -> None:
    open_door = slot() | {"id": None, "offering_id": None, "drop_in": True}
    async with pages(answers(("GET", "/agenda", ok(agenda(open_door))), NO_SLOTS)) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert "Without booking: just come" in page
    assert 'name="slot"' not in page


async def test_a_choice_is_shown_and_can_be_taken_away() -> None:
    async with pages(answers(AGENDA, NO_SLOTS)) as browser:
        page = (await browser.get("/times", params={**WHERE, "language": "sv", "need": "quiet-room", **ENGLISH})).text
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;language=sv">a quiet room' in page
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;need=quiet-room"><span lang="sv">svenska' in page


async def test_where_nothing_is_found_somebody_can_be_phoned() -> None:
    points = {"items": [point(phone="+358401234567"), point()], "next": None}
    known = answers(("GET", "/agenda", ok(agenda())), NO_SLOTS, ("GET", "/service-points", ok(points)))
    async with pages(known) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert 'href="tel:+358401234567"' in page
    assert 'href="/wait?topic=e-services&amp;municipality=305"' in page


@pytest.mark.parametrize("whose", ["point", "organisation"])
async def test_where_no_place_has_a_number_the_nearest_that_has_one_is_named(whose: str) -> None:
    near = point(phone="+358401234567" if whose == "point" else None)

    def known(request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if path.endswith("/municipalities"):
            return ok({"items": [MUNICIPALITIES["items"][0] | {"lat": 65.96, "lon": 29.18}]})
        if path.endswith("/service-points"):
            is_near = request.url.params.get("near") == "65.9600,29.1800"
            return ok({"items": [near] if is_near else [], "next": None})
        if path.endswith(f"/organisations/{near['organisation_id']}"):
            organisation = {"id": near["organisation_id"], "name": {"fi": "Kunta"}, "kind": "municipality"}
            return ok({**organisation, "region": "17", "municipality": "305", "phone": "+358401234567"})
        return answers(("GET", "/agenda", ok(agenda())), NO_SLOTS)(request)

    async with pages(known) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert "tel:+358401234567" in page


async def test_a_day_that_is_full_does_not_say_that_no_week_has_a_time() -> None:
    """Other choices may have some, and nobody need wait for one."""
    async with pages(answers(("GET", "/agenda", ok(agenda())), NO_SLOTS)) as browser:
        whole = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
        for narrow in ({"day": "2126-03-04"}, {"date": "2126-03-04"}, {"language": "sv"}):
            page = (await browser.get("/times", params={**WHERE, **narrow, **ENGLISH})).text
            assert "No free times with these choices" in page
            assert "in the coming weeks" not in page
            assert "/wait?" not in page
    assert "There are no free times in the coming weeks." in whole
    assert "/wait?" in whole


async def test_where_nobody_helps_no_later_week_is_promised() -> None:
    nobody = ok(agenda(otherwise={"waitlist": False}))
    async with pages(answers(("GET", "/agenda", nobody), NO_SLOTS)) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert "Nobody helps with this here" in page
    assert "in the coming weeks" not in page
    assert "in another way" not in page
    assert "/wait?" not in page


async def test_what_somebody_sees_first_of_a_search_is_counted_once_and_what_nobody_sees_is_not() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(AGENDA, NO_SLOTS, asked=asked)) as browser:
        for nth, headers in enumerate(({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "ABot/2.1"})):
            await browser.get("/times", params=WHERE, headers=headers)
            assert counted(asked) == 1, nth
        await browser.head("/times", params=WHERE)
        for more in ({"date": "2126-03-04"}, {"day": "2126-03-04"}):
            await browser.get("/times", params={**WHERE, **more})
        await browser.post("/times", data=WHERE)
    assert counted(asked) == 1


def counted(asked: list[httpx2.Request]) -> int:
    """How many searches booking counts as demand."""
    searches = [each for each in asked if each.url.path.endswith(("/agenda", "/slots"))]
    return sum("vuoro-counted" not in each.headers for each in searches)


async def test_a_time_that_is_chosen_is_kept_and_leads_to_the_form() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(("POST", "/holds", ok(hold(), 201)), asked=asked)) as browser:
        for _ in range(2):
            done = await browser.post("/times", data={**WHERE, "slot": "slot-1", "nonce": "n"})
    assert done.headers["location"] == f"/book/{HOLD}/key?topic=e-services&municipality=305&slot=slot-1"
    sent = [request for request in asked if request.method == "POST"]
    assert len({request.headers["idempotency-key"] for request in sent}) == 1
    assert "authorization" not in sent[-1].headers
    assert sent[-1].headers["x-forwarded-for"] == "127.0.0.1"  # or all who book here would be limited as one


async def test_a_time_that_somebody_else_took_is_told_beside_the_others() -> None:
    taken = problem("slot-taken", 409, detail="Choose another.", alternatives=[])
    async with pages(answers(("POST", "/holds", taken), AGENDA, NO_SLOTS)) as browser:
        page = await browser.post("/times", data={**WHERE, "slot": "slot-1"})
    assert page.status_code == 409
    assert "slot-taken. Choose another." in page.text
    assert 'value="slot-1"' in page.text
