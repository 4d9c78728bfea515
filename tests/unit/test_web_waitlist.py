"""The pages of the waitlist: joined where somebody helps, told what happens, left, and never lost."""

import json
import re

import httpx2
import pytest

from tests.unit.web_pages import ENGLISH, WHERE, Answer, agenda, answers, entry, ok, pages, point, problem, slot

pytestmark = pytest.mark.anyio
WHO = {"name": "Aili", "phone": "040 123 4567", "email": "aili@example.fi"}
OTHERWISE: dict[str, object] = {"nearest": None, "remote": None, "drop_in": None}


def nothing(**otherwise: object) -> tuple[str, str, httpx2.Response]:
    """A search that finds nothing but this."""
    return "GET", "/slots", ok({"items": [], "otherwise": OTHERWISE | otherwise})


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page."""
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page))


async def test_the_page_says_for_what_and_where_one_waits_and_until_when() -> None:
    async with pages(answers(nothing(waitlist=True))) as browser:
        page = await browser.get("/wait", params={**WHERE, **ENGLISH})
    assert page.status_code == 200
    for text in ("E-services", "Kuusamo", "You can be in the queue until", "A landline phone cannot receive"):
        assert text in page.text
    assert hidden(page.text).keys() == {"topic", "municipality", "nonce", "until"}


async def test_another_language_keeps_what_was_typed_and_joins_nothing() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(asked=asked)) as browser:
        page = (await browser.post("/wait", params=ENGLISH, data={**WHERE, "name": "Aili"})).text
        assert 'name="do" value="language" formaction="/wait?lang=sv"' in page
        sent = {**WHERE, **WHO, "nonce": "n", "do": "language"}
        again = (await browser.post("/wait", params={"lang": "sv"}, data=sent)).text
    assert not [request for request in asked if request.method == "POST"]
    assert all(f'value="{each}"' in again for each in WHO.values())
    assert 'formaction="/wait?lang=fi"' in again


async def test_where_nobody_helps_the_page_says_so_and_what_there_is() -> None:
    remote = slot() | {"channel": "phone", "place": None}
    otherwise = {"nearest": {"slot": slot(), "km": 60}, "remote": remote, "drop_in": slot() | {"id": None}}
    called = ("GET", "/service-points", ok({"items": [point(phone="+358401234567")], "next": None}))
    async with pages(answers(nothing(waitlist=False, **otherwise), called)) as browser:
        page = await browser.get("/wait", params={**WHERE, **ENGLISH})
    for text in (
        "tel:+358401234567",
        "Nobody helps with this here",
        "About 60 km away",
        "By phone",
        "Without booking",
        "Kirjasto",
    ):
        assert text in page.text
    assert "<form" not in page.text


async def test_where_nobody_helps_any_more_when_the_form_is_sent_the_page_says_so() -> None:
    refused = ("POST", "/waitlist", problem("nobody-helps", 409))
    async with pages(answers(nothing(waitlist=False), refused)) as browser:
        page = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO})
    assert page.status_code == 409
    assert "Nobody helps with this here" in page.text


async def test_where_there_is_time_nobody_is_asked_to_wait() -> None:
    async with pages(answers(("GET", "/slots", ok({"items": [slot()]})))) as browser:
        assert (await browser.get("/wait", params=WHERE)).headers[
            "location"
        ] == "/times?topic=e-services&municipality=305"


async def test_a_time_that_came_free_meanwhile_leads_to_the_times() -> None:
    async with pages(answers(("POST", "/waitlist", problem("there-is-time", 409)))) as browser:
        page = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO, "nonce": "n"})
    assert page.status_code == 409
    assert 'href="/times?topic=e-services&amp;municipality=305"' in page.text


def away(asked: list[httpx2.Request], path: str) -> Answer:
    """Booking, which does not answer to this the first time."""
    known = answers(("POST", "/waitlist", ok(entry(manage_token="key"), 201)), ("GET", "/mine", ok(entry())))

    def service(request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith(path):
            return known(request)
        asked.append(request)
        if len(asked) == 1:
            raise httpx2.ReadTimeout("slow", request=request)
        return known(request) if path == "/waitlist" else ok(entry("ended"))

    return service


async def test_who_gets_no_answer_is_told_so_and_finds_out_by_the_same_key() -> None:
    asked: list[httpx2.Request] = []
    async with pages(away(asked, "/waitlist")) as browser:
        form = {**WHERE, **WHO, "name": 'Aili "Äly" <b>', "nonce": "one", "until": "2126-04-01"}
        page = await browser.post("/wait", params=ENGLISH, data=form)
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert "We do not know yet" in page.text
        assert hidden(page.text).keys() == form.keys()
        done = await browser.post("/wait", params=ENGLISH, data=form)
    assert done.headers["location"] == "/w/key"
    keys = [request.headers["idempotency-key"] for request in asked]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert asked[0].content == asked[1].content


async def test_nothing_that_was_typed_is_lost_or_becomes_a_tag_while_nobody_answers() -> None:
    asked: list[httpx2.Request] = []
    async with pages(away(asked, "/waitlist")) as browser:
        page = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO, "name": 'A"><script>'})
    assert 'value="A&#34;&gt;&lt;script&gt;"' in page.text
    assert "hreflang" not in page.text  # a link to the page in another language would lose it


@pytest.mark.parametrize(("button", "path"), [("take", "/acceptance"), ("leave", "/withdrawal")])
async def test_an_answer_that_may_not_have_come_through_is_sent_again(button: str, path: str) -> None:
    asked: list[httpx2.Request] = []
    async with pages(away(asked, path)) as browser:
        page = await browser.post(f"/w/mine/{button}", params=ENGLISH)
        assert f'action="/w/mine/{button}?lang=en"' in page.text
        assert (await browser.post(f"/w/mine/{button}")).status_code == 303


@pytest.mark.parametrize("drawn", ["", "2000-01-01", "2999-01-01", "x"])
async def test_nobody_waits_longer_than_eight_weeks_whatever_the_form_says(drawn: str) -> None:
    asked: list[httpx2.Request] = []
    done = ("POST", "/waitlist", ok(entry(manage_token="key"), 201))
    async with pages(answers(done, asked=asked)) as browser:
        await browser.post("/wait", data={**WHERE, **WHO, "until": drawn})
    [sent] = [request for request in asked if request.method == "POST"]
    assert (b"2999" in sent.content) is False
    assert (b'"2000-01-01"' in sent.content) == (drawn == "2000-01-01")


async def test_what_is_about_no_field_is_about_the_form() -> None:
    refused = problem("limit-reached", 429, detail="Wait a little.")
    async with pages(answers(("POST", "/waitlist", refused))) as browser:
        page = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO})
    assert "Wait a little." in page.text
    assert "aria-invalid" not in page.text
    assert 'value="Aili"' in page.text


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
    assert status == 409 or 'value="Aili"' in answer.text


async def test_a_name_that_cannot_be_sent_on_is_asked_for_again() -> None:
    async with pages() as browser:
        page = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO, "name": "a" * 300})
    assert page.status_code == 422
    assert 'id="name-error">This is too long' in page.text


@pytest.mark.parametrize(("waitlist", "shown"), [(True, True), (False, False)])
async def test_the_page_of_times_offers_the_queue_where_somebody_helps(waitlist: bool, shown: bool) -> None:
    method, _path, found = nothing(waitlist=waitlist)
    days = ("GET", "/agenda", ok(agenda(otherwise=json.loads(found.content)["otherwise"])))
    async with pages(answers(days, (method, "/slots", ok({"items": []})))) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert ("/wait?topic=e-services&amp;municipality=305" in page) is shown
