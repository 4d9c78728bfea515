"""Another time for an appointment: which there are, for which it may be moved, and why not."""

import httpx2
import pytest

from tests.unit.web_pages import AGENDA, ENGLISH, NO_SLOTS, answers, appointment, ok, pages, problem, slot

pytestmark = pytest.mark.anyio
SLOTS = ("GET", "/slots", ok({"items": [slot()]}))
MINE = ("GET", "/mine", ok(appointment()))


async def test_other_times_are_shown_as_times_are_and_asked_for_from_a_day_on() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(MINE, AGENDA, asked=asked)) as browser:
        page = await browser.get("/a/key/move", params={"date": "4.3.2126", **ENGLISH})
    assert page.status_code == 200
    assert asked[-1].url.params["from"] == "2126-03-04T00:00:00+02:00"
    for part in (
        '<h2 class="day">Monday 4 March 2126</h2>',
        "<h3>Morning</h3>",
        '<button class="time" name="slot" value="slot-1">',
        'href="/a/key/move?day=2126-03-04"',
        'href="/a/key/move?date=2126-03-11"',  # later days
    ):
        assert part in page.text


async def test_all_other_times_of_one_day_are_shown() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(MINE, SLOTS, asked=asked)) as browser:
        page = (await browser.get("/a/key/move", params={"day": "2126-03-04", **ENGLISH})).text
    assert asked[-1].url.params["to"] == "2126-03-05T00:00:00+02:00"
    assert 'value="slot-1"' in page
    assert 'href="/a/key/move"' in page


async def test_where_no_other_time_is_found_there_are_the_earliest_and_a_number() -> None:
    phoned = ("GET", "/mine", ok(appointment(phone="+358401112223")))
    async with pages(answers(phoned, NO_SLOTS)) as browser:
        page = (await browser.get("/a/key/move", params={"day": "2126-03-04", **ENGLISH})).text
    assert 'href="/a/key/move"' in page
    assert "tel:+358401112223" in page


@pytest.mark.parametrize("state", ["cancelled", "attended", "no_show"])
async def test_what_is_over_cannot_be_moved(state: str) -> None:
    async with pages(answers(("GET", "/mine", ok(appointment(state=state))))) as browser:
        assert (await browser.get("/a/key/move")).headers["location"] == "/a/key"


async def test_a_move_needs_a_time_and_says_why_it_is_refused() -> None:
    taken = problem("slot-taken", 409, detail="Choose another.")
    async with pages(answers(MINE, AGENDA, ("POST", "/reschedule", taken), ("POST", "/move", taken))) as browser:
        none = await browser.post("/a/key/move", params=ENGLISH)
        refused = await browser.post("/a/key/move", data={"slot": "slot-1"})
    assert none.status_code == 422
    assert "Choose a time." in none.text
    assert refused.status_code == 409
    assert "slot-taken. Choose another." in refused.text
