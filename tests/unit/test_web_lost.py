"""The pages for who has lost a link, with a booking that answers what a test says."""

import json
import uuid

import httpx2
import pytest

from tests.unit.web_pages import ENGLISH, answers, appointment, ok, pages, problem, registry_lists

pytestmark = pytest.mark.anyio
ASKED = str(uuid.uuid4())
ACCEPTED = ("POST", "/lost-links", ok({"id": ASKED, "expires_at": "2126-03-03T09:30:00+02:00"}, 202))
FORM = {"contact": "040 685 404", "nonce": "n"}
CODE = {"asked": ASKED, "contact": "040 685 404", "code": "012 345", "nonce": "n"}
PLACE = {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}
URL = "https://vuoro.test/a/key"


def item(**changed: object) -> dict[str, object]:
    when = {"start": "2126-03-03T09:00:00+02:00", "end": "2126-03-03T09:30:00+02:00", "place": PLACE}
    return {"kind": "appointment", "id": ASKED, "state": "booked", "manage_url": URL, **when, **changed}


def opened(*items: dict[str, object]) -> tuple[str, str, httpx2.Response]:
    return ("POST", "/opening", ok({"items": list(items)}))


async def test_it_is_found_from_the_first_page_and_from_a_dead_link() -> None:
    async with pages(answers(("GET", "/mine", problem("not-found", 404)))) as browser:
        for path in ("/", "/a/an-old-key", "/nothing-here", "/privacy"):
            assert 'href="/lost"' in (await browser.get(path)).text, path


@pytest.mark.parametrize(
    ("path", "status", "leads_to"),
    [
        ("/nothing-here", 404, ["/"]),
        ("/find", 405, ["/"]),  # a form's address, typed or opened anew
        ("/a/key/cancel", 405, ["/", "/a/key"]),
        ("/w/key/leave", 405, ["/", "/w/key"]),
        ("/a/an-old-key", 404, ["/"]),
        ("/w/an-old-key", 404, ["/"]),
    ],
)
@pytest.mark.parametrize(("language", "says"), [("fi", "Palvelupisteiden puhelinnumerot"), ("en", "Phone numbers")])
async def test_a_dead_end_leads_on_in_the_reader_s_language(
    path: str, status: int, leads_to: list[str], language: str, says: str
) -> None:
    async with pages(answers(("GET", "/mine", problem("not-found", 404)))) as browser:
        page = await browser.get(path, headers={"Accept-Language": language})
    assert page.status_code == status
    assert says in page.text
    for address in ("/lost", "/points", *leads_to):
        assert f'href="{address}"' in page.text


async def test_whoever_asks_is_told_the_same_and_what_they_wrote_is_in_no_address() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(ACCEPTED, asked=asked)) as browser:
        told = [await browser.post("/lost", params=ENGLISH, data=FORM) for _ in range(2)]
    assert {each.status_code for each in told} == {200}
    for part in (
        "Then a message is on its way",
        "040 685 404",
        f'value="{ASKED}"',
        "A landline phone cannot receive messages.",
    ):
        assert part in told[0].text
    sent = [request for request in asked if request.method == "POST"]
    assert len({request.headers["idempotency-key"] for request in sent}) == 1
    assert {request.url.query for request in sent} == {b""}
    assert json.loads(sent[0].content) == {"contact": "040 685 404"}


@pytest.mark.parametrize(
    ("contact", "refusal", "status", "shown"),
    [
        ("  ", None, 422, "Write a phone number or an e-mail address."),
        ("040\x07", None, 422, "Some of the information needs correcting"),
        (
            "12",
            problem("invalid-input", 422, errors=[{"pointer": "/contact", "detail": "Neither."}]),
            422,
            'role="alert">Neither.',
        ),
        ("040 685 404", problem("limit-reached", 429, detail="Later."), 429, "Later."),
        ("040 685 404", problem("unavailable", 503), 503, "cannot be reached"),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_written_stays(
    contact: str, refusal: httpx2.Response | None, status: int, shown: str
) -> None:
    known = ("POST", "/lost-links", refusal) if refusal else ACCEPTED
    async with pages(answers(known)) as browser:
        page = await browser.post("/lost", params=ENGLISH, data=FORM | {"contact": contact})
    assert page.status_code == status
    assert shown in page.text
    assert contact.strip() in page.text


@pytest.mark.parametrize("number", ["08 123 4567", "+46 70 123 45 67"])
@pytest.mark.parametrize("path", ["/lost", "/sign-in"])
async def test_a_number_that_gets_no_messages_is_told_so_before_one_is_promised(path: str, number: str) -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(asked=asked)) as browser:
        page = await browser.post(path, params=ENGLISH, data=FORM | {"contact": number})
    assert page.status_code == 422
    assert "We cannot send text messages to this number." in page.text
    assert f'value="{number}"' in page.text
    assert "on its way" not in page.text
    assert [request for request in asked if request.method == "POST"] == []


async def test_a_number_abroad_may_be_of_a_region_that_sends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_NOTIFY_SMS_COUNTRIES_OF_REGIONS", '{"17": ["FI", "SE"]}')
    async with pages(answers(ACCEPTED)) as browser:
        page = await browser.post("/lost", params=ENGLISH, data=FORM | {"contact": "+46 70 123 45 67"})
    assert page.status_code == 200
    assert "Then a message is on its way" in page.text


async def test_the_code_shows_what_is_to_come_each_with_its_link() -> None:
    asked: list[httpx2.Request] = []
    nothing = {"start": None, "end": None, "place": None}
    items = [
        item(),
        item(state="displaced"),
        item(state="held"),
        item(**nothing),
        item(kind="waitlist_entry", state="offered", **nothing),
    ]
    async with pages(answers(opened(*items), asked=asked)) as browser:
        page = await browser.post("/lost/code", params=ENGLISH, data=CODE)
    assert page.text.count(f'href="{URL}"') == 5
    for part in ("Sunday 3 March 2126 09:00", "Kirjasto", "cannot come then", "Write the code first", "in the queue"):
        assert part in page.text
    assert 'aria-label="Open this time: Sunday 3 March 2126 09:00"' in page.text
    assert page.headers["cache-control"] == "no-store"
    [sent] = [request for request in asked if request.method == "POST"]
    assert sent.url.path == f"/api/booking/v1/lost-links/{ASKED}/opening"
    assert json.loads(sent.content) == {"code": "012 345"}


async def test_who_has_nothing_to_come_any_more_is_led_to_a_new_time() -> None:
    async with pages(answers(opened())) as browser:
        page = (await browser.post("/lost/code", params=ENGLISH, data=CODE)).text
    assert "You have no upcoming times." in page
    assert "Book a new time" in page


@pytest.mark.parametrize(
    ("code", "refusal", "status", "form"),
    [
        (" ", None, 422, "/lost/code"),
        ("000000", problem("wrong-code", 403, detail="Look once more."), 403, "/lost/code"),
        ("000000", problem("unavailable", 503), 503, "/lost/code"),
        ("000000", problem("code-over", 409, detail="Ask for a new message."), 409, "/lost"),
    ],
)
async def test_a_wrong_code_is_typed_again_and_one_that_is_over_is_asked_for_anew(
    code: str, refusal: httpx2.Response | None, status: int, form: str
) -> None:
    known = ("POST", "/opening", refusal) if refusal else opened()
    async with pages(answers(known)) as browser:
        page = await browser.post("/lost/code", params=ENGLISH, data=CODE | {"code": code})
    assert page.status_code == status
    assert f'action="{form}"' in page.text
    assert 'role="alert"' in page.text
    assert 'value="040 685 404"' in page.text


async def test_a_form_without_its_request_is_refused_as_a_page() -> None:
    async with pages(registry_lists) as browser:
        assert (await browser.post("/lost/code", data={"code": "012345"})).status_code == 422
        assert (await browser.post("/lost/code", data=CODE | {"asked": "x"})).status_code == 422


async def test_what_somebody_writes_is_a_text_on_the_page() -> None:
    async with pages(answers(ACCEPTED, ("GET", "/mine", ok(appointment())))) as browser:
        page = (await browser.post("/lost", data=FORM | {"contact": "<b>040</b>"})).text
    assert "<b>040" not in page
    assert "&lt;b&gt;040" in page


async def test_a_contact_that_was_copied_from_a_phone_is_asked_for_without_the_marks_around_it() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(asked=asked)) as browser:
        await browser.post("/lost", data={"contact": "\u202a040 685 404\u202c", "nonce": "n"})
        await browser.post("/sign-in", data={"contact": "\u202a040 685 404\u202c", "nonce": "n"})
    sent = [json.loads(request.content)["contact"] for request in asked if request.method == "POST"]
    assert sent == ["040 685 404"] * 2
