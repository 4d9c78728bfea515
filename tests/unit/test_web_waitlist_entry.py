"""The page of a waitlist entry: how it stands, what is offered and taken, and when it is over."""

import uuid

import pytest

from tests.unit.web_pages import AILI, ENGLISH, Answer, answers, appointment, entry, ok, pages, problem

pytestmark = pytest.mark.anyio


def mine(**more: object) -> Answer:
    return answers(("GET", "/mine", ok(entry(**more))))  # type: ignore[arg-type]


async def test_the_entry_says_what_is_waited_for_where_until_when_and_how_one_is_told() -> None:
    async with pages(mine()) as browser:
        page = (await browser.get("/w/mine")).text
    for text in (
        "E-services",
        "Kuusamo",
        "You stay in the queue until 1 April 2126",
        "040\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}567",
        "What happens next",
        "Leave the queue",
    ):
        assert text in page


async def test_an_entry_for_one_place_names_it() -> None:
    place = {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}
    async with pages(mine(service_point_id=str(uuid.uuid4()), place=place)) as browser:
        page = (await browser.get("/w/mine")).text
    assert "Kirjasto" in page
    assert "Tie 1" in page


@pytest.mark.parametrize(
    ("citizen", "told"),
    [
        ({"phone": "+35888511234"}, "We cannot send you a message"),
        ({"phone": "+35888511234", "email": "aili@example.fi"}, "What happens next"),
        ({"phone": None, "email": "aili@example.fi"}, "What happens next"),
    ],
)
async def test_who_has_a_landline_alone_is_told_what_to_do(citizen: dict[str, object], told: str) -> None:
    async with pages(mine(citizen=AILI | citizen)) as browser:
        page = (await browser.get("/w/mine")).text
    shown = [text for text in ("We cannot send you a message", "What happens next") if text in page]
    assert shown == [told]


@pytest.mark.parametrize(
    ("address", "until", "told"),
    [
        ("/w/mine?left=1", "2126-04-01", "You left the queue. Your details"),
        ("/w/mine", "2026-01-01", "No time became available. We are sorry."),
        ("/w/mine", "2126-04-01", "did not answer when we offered times"),
    ],
)
async def test_an_entry_that_is_over_says_so_kindly_and_what_to_do_now(address: str, until: str, told: str) -> None:
    over = answers(("GET", "/mine", ok(entry("ended", until=until, citizen=None))))
    async with pages(over) as browser:
        page = (await browser.get(address, params=ENGLISH if "?" not in address else {"left": "1", **ENGLISH})).text
    assert told in page
    assert 'href="/times?topic=e-services&amp;municipality=305"' in page


@pytest.mark.parametrize("path", ["/w/mine", "/w/mine/details"])
async def test_a_link_that_opens_nothing_says_what_it_may_be(path: str) -> None:
    async with pages(answers(("GET", "/mine", problem("not-found", 404)))) as browser:
        page = await browser.get(path, params=ENGLISH)
    assert page.status_code == 404
    assert "No place in the queue was found with this link" in page.text
    assert "The link may be old" in page.text


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
