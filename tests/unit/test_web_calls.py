"""The call list: whom somebody must tell, what to say, and that it was said."""

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import ENGLISH, access_token, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
STAFF = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}
MANAGER = {ACCESS_COOKIE: access_token("manager"), REFRESH_COOKIE: "mine"}
EINO = {"name": "Eino", "phone": "+35881234567", "language": "sv"}
WAS = "2126-03-02T10:00:00+02:00"


def listed(change: str, way: str = "call", total: int = 1, **visit: object) -> httpx2.Response:
    """A call list with one on it."""
    state = {"displaced": "displaced", "cancelled": "cancelled"}.get(change, "booked")
    call = {
        "change": change,
        "way": way,
        "was": WAS,
        "appointment": appointment(citizen=EINO) | {"state": state} | visit,
    }
    return ok({"items": [call], "total": total})


async def read(calls: httpx2.Response, path: str = "/calls", **cookies: str) -> str:
    async with pages(answers(("GET", "/calls", calls)), **(cookies or STAFF)) as browser:
        return (await browser.get(path, params=ENGLISH)).text


@pytest.mark.parametrize(
    ("change", "happened", "say", "led_to"),
    [
        ("displaced", "Their time is gone: Åsa cannot come.", "ask for another time", "/move"),
        ("cancelled", "Their time is cancelled.", "whether they still need help", "/desk"),
        ("reassigned", "Another helper comes: Åsa.", "Tell them who comes", "/move"),
        ("moved", "It is now Sunday 3 March 2126 at 09:00.", "Tell them the new time", "/move"),
    ],
)
async def test_what_has_changed_what_to_say_and_where_it_leads(
    change: str, happened: str, say: str, led_to: str
) -> None:
    page = (await read(listed(change))).partition("<article")[2].partition("</article>")[0]
    for text in ("2 March 2126 10:00, Eino", happened, say, 'href="tel:+35881234567"', "svenska", "I have told them"):
        assert text in page
    assert 'name="version" value="1"' in page
    assert led_to in page


async def test_who_has_no_number_is_told_at_the_desk_and_who_is_on_no_list_is_opened() -> None:
    nobody = {"name": "Tyyne", "phone": None, "language": "fi", "unreachable": True}
    assert "None: tell them when they come." in await read(listed("cancelled", "desk", citizen=nobody))
    hidden = await read(listed("cancelled", citizen=None, non_disclosure=True))
    assert "The details of this citizen are on no list." in hidden
    assert 'href="/day/' in hidden


async def test_who_sees_no_citizens_tells_nobody() -> None:
    page = await read(listed("displaced", citizen=None), **MANAGER)
    assert "The service point and the helper see it." in page
    assert "I have told them" not in page
    assert "Choose another time for them" not in page


async def test_that_there_are_more_or_nobody() -> None:
    assert "There are 7 in all." in await read(listed("moved", total=7))
    assert "Nobody needs to be called" in await read(ok({"items": [], "total": 0}))


async def test_the_day_s_list_says_how_many_and_does_without_knowing() -> None:
    day = ("GET", "/appointments", ok({"items": []}))
    for calls, shown in ((ok({"items": [], "total": 3}), True), (problem("unavailable", 503), False)):
        async with pages(answers(day, ("GET", "/calls", calls)), **STAFF) as browser:
            page = (await browser.get("/day", params=ENGLISH)).text
        assert ("On the call list: 3" in page) == shown


async def test_who_was_told_is_taken_off_by_what_was_seen() -> None:
    asked: list[httpx2.Request] = []
    visit = appointment()
    async with pages(answers(("POST", "/told", ok(visit)), asked=asked), **STAFF) as browser:
        done = await browser.post(f"/calls/{visit['id']}/told", data={"version": "4"})
    assert done.headers["location"] == "/calls?told=1"
    assert [(each.url.path, each.headers["if-match"]) for each in asked if each.method == "POST"] == [
        (f"/api/booking/v1/calls/{visit['id']}/told", '"4"')
    ]


@pytest.mark.parametrize(
    ("change", "first"), [("displaced", "Choose another time for them"), ("moved", "I have told them")]
)
async def test_what_is_to_be_done_first_comes_first(change: str, first: str) -> None:
    actions = (await read(listed(change))).partition('<div class="actions">')[2].partition("</article>")[0]
    told, time = actions.index("I have told them"), actions.index("Choose another time for them")
    assert (time < told) == (first == "Choose another time for them")
    assert ('<button class="second">I have told them' in actions) == (time < told)
    assert ('<a class="button" href' in actions) == (time < told)
