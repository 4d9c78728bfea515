"""The citizen's pages, with a booking that answers what a test says."""

import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE
from tests.unit.web_pages import access_token, answers, appointment, ok, pages, problem, slot

pytestmark = pytest.mark.anyio
WHERE = {"topic": "e-services", "municipality": "305"}
WHO = {"name": "Aili", "phone": "040 123 4567"}
SLOTS = ("GET", "/slots", ok({"items": [slot()]}))
DAYS = ("GET", "/days", ok({"days": ["2126-03-04"]}))
MINE = ("GET", "/mine", ok(appointment()))
ENGLISH = {"lang": "en"}


def entry(state: str = "waiting", **more: object) -> dict[str, object]:
    known = {"id": str(uuid.uuid4()), "state": state, "topic": "e-services", "until": "2126-04-01"}
    return {**known, "offered_until": None, **more}


async def test_a_link_whose_topic_or_place_is_none_leads_to_the_first_page() -> None:
    async with pages(answers(SLOTS, DAYS)) as browser:
        for path in ("/times", "/wait"):
            for where in ({}, {**WHERE, "topic": "x"}, {**WHERE, "municipality": "x"}):
                assert (await browser.get(path, params=where)).headers["location"] == "/"


async def test_the_times_page_shows_times_and_days_and_a_form() -> None:
    async with pages(answers(SLOTS, DAYS)) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert 'value="slot-1"' in page
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;date=2126-03-04"' in page
    assert 'name="nonce" value=""' not in page


async def test_what_somebody_sees_first_of_a_search_is_counted_once_and_what_nobody_sees_is_not() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(SLOTS, DAYS, asked=asked)) as browser:
        for nth, headers in enumerate(({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "ABot/2.1"})):
            await browser.get("/times", params=WHERE, headers=headers)
            assert counted(asked) == 1, nth
        await browser.head("/times", params=WHERE)
        await browser.get("/times", params={**WHERE, "date": "2126-03-04"})
        for form in ({"show": "later"}, {"note": "Kela"}):
            await browser.post("/times", data={**WHERE, **form})
    assert counted(asked) == 1


def counted(asked: list[httpx2.Request]) -> int:
    """How many searches booking counts as demand."""
    return sum(each.url.path.endswith("/slots") and "vuoro-counted" not in each.headers for each in asked)


async def test_what_is_missing_is_told_and_nothing_is_asked_to_be_booked() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(SLOTS, DAYS, asked=asked)) as browser:
        page = await browser.post("/times", params=ENGLISH, data={**WHERE, "note": "Kela"})
    assert page.status_code == 422
    for text in ("Choose a time.", "Write your name.", "Give a phone number or an e-mail address", ">Kela</textarea>"):
        assert text in page.text
    assert {request.method for request in asked} == {"GET"}


async def test_looking_at_other_times_books_nothing_whatever_is_filled_in() -> None:
    asked: list[httpx2.Request] = []
    form = {**WHERE, **WHO, "slot": "slot-1", "show": "later"}
    async with pages(answers(SLOTS, DAYS, asked=asked)) as browser:
        assert (await browser.post("/times", data=form)).status_code == 200
    assert {request.method for request in asked} == {"GET"}
    assert "later" in {request.url.params.get("after") for request in asked}


@pytest.mark.parametrize(("roles", "at_desk"), [((), False), (("coordinator",), False), (("staff",), True)])
async def test_only_staff_and_tutors_book_in_their_own_name(roles: tuple[str, ...], at_desk: bool) -> None:
    asked: list[httpx2.Request] = []
    made = ok(appointment(manage_url="https://vuoro.test/a/key"), 201)
    service = answers(("POST", "/appointments", made), asked=asked)
    async with pages(service, **{ACCESS_COOKIE: access_token(*roles)}) as browser:
        done = await browser.post("/times", data={**WHERE, **WHO, "slot": "slot-1"})
    assert (done.status_code, done.headers["location"]) == (303, "/a/key?booked=1")
    assert ("authorization" in asked[-1].headers) == at_desk
    assert json.loads(asked[-1].content)["citizen"]["language"] == "fi"


async def test_booking_hears_from_where_a_citizen_asks() -> None:
    """Or all who book by these pages would be limited as one."""
    asked: list[httpx2.Request] = []
    made = ok(appointment(manage_url="https://vuoro.test/a/key"), 201)
    async with pages(answers(("POST", "/appointments", made), asked=asked)) as browser:
        await browser.post("/times", data={**WHERE, **WHO, "slot": "slot-1"})
    assert asked[-1].headers["x-forwarded-for"] == "127.0.0.1"


async def test_a_time_that_somebody_else_took_is_told_beside_the_times() -> None:
    taken = problem("slot-taken", 409, detail="Choose another.", alternatives=[])
    async with pages(answers(("POST", "/appointments", taken), SLOTS, DAYS)) as browser:
        page = await browser.post("/times", data={**WHERE, **WHO, "slot": "slot-1"})
    assert page.status_code == 409
    assert 'id="slot-error">slot-taken. Choose another.' in page.text
    assert 'value="Aili"' in page.text


async def test_an_appointment_is_shown_in_the_language_that_it_was_booked_in() -> None:
    async with pages(answers(MINE)) as browser:
        assert (await browser.get("/a/key")).headers["content-language"] == "sv"
        assert (await browser.get("/a/key", params=ENGLISH)).headers["content-language"] == "en"


HELD = {"state": "held", "expires": "2126-03-01T10:30:00+02:00"}


async def test_a_booking_that_is_to_be_verified_leads_to_the_page_that_asks_for_the_code() -> None:
    made = ok(appointment(manage_url="https://vuoro.test/a/key", **HELD), 201)
    async with pages(answers(("POST", "/appointments", made))) as browser:
        done = await browser.post("/times", data={**WHERE, **WHO, "slot": "slot-1"})
    assert done.headers["location"] == "/a/key"
    async with pages(answers(("GET", "/mine", ok(appointment(**HELD))))) as browser:
        page = (await browser.get("/a/key", params=ENGLISH)).text
    assert "Your time is kept until 10:30" in page
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
    assert [request.headers["manage-token"] for request in asked] == ["key"] * len(asked)
    async with pages(answers(held, ("POST", "/verification", ok(appointment())))) as browser:
        done = await browser.post("/a/key/verification", data={"code": typed})
    assert done.headers["location"] == "/a/key?booked=1"


async def test_a_time_that_was_not_verified_in_time_is_told_with_a_way_on() -> None:
    async with pages(answers(("GET", "/mine", ok(appointment(state="lapsed"))))) as browser:
        page = (await browser.get("/a/key", params=ENGLISH)).text
    assert "This time is not kept any more" in page
    assert 'href="/?topic=e-services"' in page


async def test_a_key_that_opens_nothing_is_told() -> None:
    async with pages(answers(("GET", "/mine", problem("not-found", 404)))) as browser:
        assert (await browser.get("/a/key")).status_code == 404


async def test_other_times_are_asked_for_from_a_day_on() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(MINE, SLOTS, asked=asked)) as browser:
        page = await browser.get("/a/key/move", params={"date": "4.3.2126", **ENGLISH})
    assert page.status_code == 200
    assert asked[-1].url.params["from"] == "2126-03-04T00:00:00+02:00"


@pytest.mark.parametrize("state", ["cancelled", "attended", "no_show"])
async def test_what_is_over_cannot_be_moved(state: str) -> None:
    async with pages(answers(("GET", "/mine", ok(appointment(state=state))))) as browser:
        assert (await browser.get("/a/key/move")).headers["location"] == "/a/key"


async def test_a_move_needs_a_time_and_says_why_it_is_refused() -> None:
    taken = problem("slot-taken", 409, detail="Choose another.")
    async with pages(answers(MINE, SLOTS, ("POST", "/reschedule", taken), ("POST", "/move", taken))) as browser:
        none = await browser.post("/a/key/move", params=ENGLISH)
        refused = await browser.post("/a/key/move", data={"slot": "slot-1"})
    assert none.status_code == 422
    assert "Choose a time." in none.text
    assert refused.status_code == 409
    assert "slot-taken. Choose another." in refused.text


@pytest.mark.parametrize(
    ("refusal", "status", "shown"),
    [
        (problem("there-is-time", 409), 409, "There is a free time now"),
        (
            problem("invalid-input", 422, errors=[{"pointer": "/citizen/phone", "detail": "No number."}]),
            422,
            "No number.",
        ),
        (problem("too-many-requests", 429, detail="Wait a little."), 429, "Wait a little."),
    ],
)
async def test_a_refused_entry_says_why(refusal: httpx2.Response, status: int, shown: str) -> None:
    async with pages(answers(("POST", "/waiting", refusal), ("POST", "/waitlist", refusal))) as browser:
        answer = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO})
    assert answer.status_code == status
    assert shown in answer.text
    assert 'value="Aili"' in answer.text


async def test_a_name_that_cannot_be_sent_on_is_asked_for_again() -> None:
    async with pages() as browser:
        page = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO, "name": "a" * 300})
    assert page.status_code == 422
    assert "Write your name." in page.text


async def test_taking_an_offer_leads_to_the_appointment() -> None:
    taken = entry("booked", appointment=appointment(manage_url="https://vuoro.test/a/key"))
    async with pages(answers(("GET", "/mine", ok(entry("offered"))), ("POST", "/acceptance", ok(taken)))) as browser:
        assert (await browser.post("/w/mine/take")).headers["location"] == "/a/key?booked=1"
    hidden = entry("booked", appointment=appointment())
    async with pages(answers(("GET", "/mine", ok(entry("offered"))), ("POST", "/acceptance", ok(hidden)))) as browser:
        assert (await browser.post("/w/mine/take")).headers["location"] == "/w/mine"


async def test_an_offer_that_has_to_be_verified_leads_to_where_the_code_is_written() -> None:
    """Taking it again would send one more."""
    held = appointment(state="held", manage_url="https://vuoro.test/a/key")
    taken = entry("offered", offered_until="2027-03-01T12:00:00+02:00", appointment=held)
    async with pages(answers(("GET", "/mine", ok(taken)))) as browser:
        page = await browser.get("/w/mine", params=ENGLISH)
    assert 'href="https://vuoro.test/a/key">Write the code' in page.text
    assert "/w/mine/take" not in page.text


@pytest.mark.parametrize(("button", "end"), [("take", "/acceptance"), ("leave", "/withdrawal")])
async def test_an_answer_that_comes_too_late_is_told(button: str, end: str) -> None:
    over = problem("offer-over", 409, detail="It went to the next.")
    async with pages(answers(("GET", "/mine", ok(entry())), ("POST", end, over))) as browser:
        page = await browser.post(f"/w/mine/{button}")
    assert page.status_code == 409
    assert "It went to the next." in page.text
