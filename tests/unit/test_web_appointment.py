"""A citizen's own appointment: in their language, and while it is still to be verified."""

import httpx2
import pytest

from tests.unit.web_pages import ENGLISH, FORM, KEPT, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
WHO = {"name": "Aili", "phone": "040 123 4567"}
MINE = ("GET", "/mine", ok(appointment()))
HELD = {"state": "held", "expires": "2126-03-01T10:30:00+02:00"}


async def test_an_appointment_is_shown_in_the_language_that_it_was_booked_in() -> None:
    async with pages(answers(MINE)) as browser:
        assert (await browser.get("/a/key")).headers["content-language"] == "sv"
        assert (await browser.get("/a/key", params=ENGLISH)).headers["content-language"] == "en"


async def test_a_booking_that_is_to_be_verified_leads_to_the_page_that_asks_for_the_code() -> None:
    made = ok(appointment(manage_url="https://vuoro.test/a/key", **HELD), 201)
    async with pages(answers(KEPT, ("POST", "/appointments", made))) as browser:
        done = await browser.post(FORM, data=WHO)
    assert done.headers["location"] == "/a/key"
    async with pages(answers(("GET", "/mine", ok(appointment(**HELD))))) as browser:
        page = (await browser.get("/a/key", params=ENGLISH)).text
    assert "We keep your time until 10:30" in page
    assert 'action="/a/key/verification"' in page
    assert "koivu" not in page  # the code word is for what is booked


@pytest.mark.parametrize("typed", ["123 456", ""])
async def test_a_wrong_code_is_told_and_the_right_one_leads_to_the_appointment(typed: str) -> None:
    asked: list[httpx2.Request] = []
    held = ("GET", "/mine", ok(appointment(**HELD)))
    wrong = problem("wrong-code", 403, detail="Look once more.")
    async with pages(answers(held, ("POST", "/verification", wrong), asked=asked)) as browser:
        page = await browser.post("/a/key/verification", data={"code": typed}, params=ENGLISH)
    assert (page.status_code, "Look once more." in page.text) == (403, True)
    of_booking = [request for request in asked if "/booking/" in request.url.path]
    assert [request.headers["manage-token"] for request in of_booking] == ["key"] * len(of_booking)
    async with pages(answers(held, ("POST", "/verification", ok(appointment())))) as browser:
        done = await browser.post("/a/key/verification", data={"code": typed})
    assert done.headers["location"] == "/a/key?booked=1"


async def test_a_time_that_was_not_verified_in_time_is_told_with_a_way_on() -> None:
    async with pages(answers(("GET", "/mine", ok(appointment(state="lapsed"))))) as browser:
        page = (await browser.get("/a/key", params=ENGLISH)).text
    assert "We no longer keep this time for you" in page
    assert 'href="/?topic=e-services"' in page


async def test_a_key_that_opens_nothing_is_told() -> None:
    async with pages(answers(("GET", "/mine", problem("not-found", 404)))) as browser:
        assert (await browser.get("/a/key")).status_code == 404


@pytest.mark.parametrize(("button", "happened"), [("verification", "booked"), ("again", "sent")])
async def test_who_comes_along_is_not_lost_on_the_way_of_the_first(button: str, happened: str) -> None:
    of_second = {"second": "other", **ENGLISH}
    held = ("GET", "/mine", ok(appointment(state="held", expires="2126-03-01T10:20:00+02:00")))
    done = [("POST", end, ok(appointment())) for end in ("/verification", "/confirmation")]
    wrong = [("POST", end, problem("limit-reached", 429)) for end in ("/verification", "/confirmation")]
    async with pages(answers(held, *done)) as browser:
        page = (await browser.get("/a/key", params=of_second)).text
        answer = await browser.post(f"/a/key/{button}", params=of_second, data={"code": "123456"})
    assert f'action="/a/key/{button}?second=other"' in page
    assert 'href="/a/key?second=other&amp;lang=sv"' in page
    assert answer.headers["location"] == f"/a/key?{happened}=1&second=other"
    async with pages(answers(held, *wrong)) as browser:
        page = (await browser.post(f"/a/key/{button}", params=of_second, data={"code": "123456"})).text
    assert 'href="/a/other"' in page


@pytest.mark.parametrize(("state", "told"), [("booked", True), ("held", True), ("cancelled", False)])
async def test_of_who_comes_along_it_is_told_as_long_as_they_do(state: str, told: bool) -> None:
    mine = ("GET", "/mine", ok(appointment(state=state, expires="2126-03-01T10:20:00+02:00")))
    async with pages(answers(mine)) as browser:
        page = (await browser.get("/a/key", params={"second": "other", **ENGLISH})).text
    assert ('href="/a/other"' in page) is told
