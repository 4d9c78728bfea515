"""A citizen's own details, with a booking that answers what a test says."""

import json
import uuid
from typing import Any

import httpx2
import pytest

from services.booking.domain.states import Step
from services.web.pages.own_details import STEPS
from tests.unit.web_pages import AILI, ENGLISH, answers, appointment, entry, ok, pages, problem

pytestmark = pytest.mark.anyio
FORM = {
    "name": "Aili Mäkelä",
    "phone": "040 685 404",
    "email": "",
    "language": "sv",
    "note": "Kela",
    "non_disclosure": "yes",
    "nonce": "n",
}
STEP: dict[str, object] = {"before": None, "after": "booked", "by": "citizen", "reason": None, "minutes_before": 60}
HISTORY = [STEP | {"at": "2126-03-01T09:00:00+02:00", "step": step} for step in ("book", "something-new")]


def held(**more: object) -> dict[str, object]:
    kept = appointment(note="Verokortti", address="Kotitie 1", **more)
    return {"appointment": kept, "history": HISTORY, "kept_until": "2126-06-01T09:30:00+03:00"}


DATA = ("GET", "/mine/data", ok(held()))
MINE = ("GET", "/mine", ok(appointment()))
CORRECTED = ("POST", "/correction", ok(appointment()))


def waiting(**more: Any) -> dict[str, object]:
    return entry(**{"citizen": AILI | {"language": "sv", "non_disclosure": True}, **more})


def test_every_step_of_a_history_has_its_words() -> None:
    assert {*Step.__args__, "correct"} == STEPS.keys()  # type: ignore[attr-defined]


async def test_all_that_is_held_is_shown_and_until_when() -> None:
    async with pages(answers(DATA)) as browser:
        page = (await browser.get("/a/key/details", params=ENGLISH)).text
    for part in ("Aili", "040 1234567", "Verokortti", "Kotitie 1", "koivu", "1 June 2126", "the time was booked"):
        assert part in page
    assert "something-new" in page
    assert 'href="/a/key/data"' in page
    assert "one last message" in page


@pytest.mark.parametrize("path", ["/a/key/details", "/w/key/details"])
async def test_it_is_shown_in_the_citizens_language(path: str) -> None:
    async with pages(answers(DATA, ("GET", "/waitlist/mine", ok(waiting())))) as browser:
        assert (await browser.get(path)).headers["content-language"] == "sv"


async def test_a_visit_that_is_over_is_erased_without_a_message() -> None:
    over = held(start="2026-03-03T09:00:00+02:00", end="2026-03-03T09:30:00+02:00")
    async with pages(answers(("GET", "/mine/data", ok(over)))) as browser:
        assert "one last message" not in (await browser.get("/a/key/details", params=ENGLISH)).text


async def test_a_number_that_gets_no_messages_is_promised_none_when_it_is_corrected() -> None:
    for phone, promised in (("+358401234567", True), ("+35881234567", False)):
        kept = held(citizen={"name": "Aili", "phone": phone, "language": "en"})
        async with pages(answers(("GET", "/mine/data", ok(kept)))) as browser:
            page = (await browser.get("/a/key/details", params={"corrected": "1", **ENGLISH})).text
        assert ("on their way there" in page) is promised
        assert ("cannot receive text messages" in page) is not promised


async def test_a_correction_is_sent_on_once_for_each_form() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(DATA, MINE, CORRECTED, asked=asked)) as browser:
        done = [await browser.post("/a/key/details", data=FORM) for _ in range(2)]
    assert {(each.status_code, each.headers["location"]) for each in done} == {(303, "/a/key/details?corrected=1")}
    sent = [request for request in asked if request.method == "POST"]
    assert len({request.headers["idempotency-key"] for request in sent}) == 1
    assert {request.headers["manage-token"] for request in sent} == {"key"}
    citizen: dict[str, object] = {"name": "Aili Mäkelä", "phone": "040 685 404", "email": None, "language": "sv"}
    citizen |= {"non_disclosure": True, "unreachable": False}
    assert json.loads(sent[0].content) == {"citizen": citizen, "note": "Kela", "address": None}


async def test_who_is_reached_otherwise_goes_on_by_the_new_link_also_when_the_form_is_sent_twice() -> None:
    asked: list[httpx2.Request] = []
    moved = ("POST", "/correction", ok(appointment(manage_url="https://vuoro.example/a/fresh")))
    dead = ("GET", "/mine", problem("not-found", 404))
    async with pages(answers(DATA, MINE, moved, asked=asked)) as browser:
        form = FORM | {"appointment": str(uuid.UUID(int=5))}
        shown = (await browser.get("/a/key/details")).text
        first = await browser.post("/a/key/details", data=form)
    async with pages(answers(dead, moved, asked=asked)) as browser:
        again = await browser.post("/a/key/details", data=form)
        without = await browser.post("/a/key/details", data=FORM)
    assert 'name="appointment" value="' in shown
    assert {each.headers["location"] for each in (first, again)} == {"/a/fresh/details?corrected=1"}
    first_sent, again_sent = [request for request in asked if request.method == "POST"]
    assert first_sent.headers["idempotency-key"] == again_sent.headers["idempotency-key"]
    assert (first_sent.content, again_sent.headers["manage-token"]) == (again_sent.content, "key")
    assert str(again_sent.url).endswith(f"/appointments/{uuid.UUID(int=5)}/correction")
    assert without.status_code == 404


async def test_a_link_that_ended_with_a_correction_says_so_to_whoever_sends_something_else_by_it() -> None:
    refused = ("POST", "/correction", problem("unauthenticated", 401))
    async with pages(answers(("GET", "/mine", problem("not-found", 404)), refused)) as browser:
        form = FORM | {"appointment": str(uuid.UUID(int=5))}
        page = await browser.post("/a/key/details", params=ENGLISH, data=form)
    assert page.status_code == 404
    assert "A new number or address also means a new link." in page.text


@pytest.mark.parametrize(
    ("changed", "refusal", "status", "shown"),
    [
        ({"name": " "}, None, 422, "Write the name."),
        ({"phone": "", "email": ""}, None, 422, "Give a phone number or an e-mail address"),
        ({"note": "x" * 2001}, None, 422, "This is too long"),
        ({"name": "x" * 201}, None, 422, 'id="name-error">This is too long'),
        (
            {"phone": "12"},
            problem("invalid-input", 422, errors=[{"pointer": "/citizen/phone", "detail": "No number."}]),
            422,
            'id="phone-error">No number.',
        ),
        ({}, problem("sensitive-text", 422, detail="Leave it out."), 422, 'id="note-error">Leave it out.'),
        ({}, problem("limit-reached", 429, detail="Try again later."), 429, "Try again later."),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_written_stays(
    changed: dict[str, str], refusal: httpx2.Response | None, status: int, shown: str
) -> None:
    correction = ("POST", "/correction", refusal) if refusal else CORRECTED
    form = FORM | {"name": "Aili Korjattu"} | changed
    async with pages(answers(DATA, MINE, correction)) as browser:
        page = await browser.post("/a/key/details", params=ENGLISH, data=form)
    assert page.status_code == status
    assert shown in page.text
    assert f'value="{form["name"]}"' in page.text


async def test_all_that_is_held_is_taken_along_as_a_file() -> None:
    async with pages(answers(DATA)) as browser:
        answer = await browser.get("/a/key/data")
    assert answer.headers["content-disposition"] == 'attachment; filename="vuoro.json"'
    assert answer.json()["appointment"]["citizen"]["name"] == "Aili"
    assert answer.headers["cache-control"] == "no-store"


async def test_erasing_leads_to_a_page_that_knows_nobody_and_twice_is_as_once() -> None:
    for known in ((MINE, ("POST", "/erasure", httpx2.Response(204))), (("GET", "/mine", problem("not-found", 404)),)):
        async with pages(answers(*known)) as browser:
            assert (await browser.post("/a/key/erase")).headers["location"] == "/erased"
            assert "erased" in (await browser.get("/erased", params=ENGLISH)).text
    limited = ("POST", "/erasure", problem("limit-reached", 429, detail="Later."))
    async with pages(answers(MINE, limited)) as browser:
        assert (await browser.post("/a/key/erase")).status_code == 429


@pytest.mark.parametrize("path", ["/a/key/details", "/a/key/data", "/w/key/details", "/w/key/data"])
async def test_of_who_is_erased_nothing_is_shown(path: str) -> None:
    gone: Any = problem("not-found", 404)
    async with pages(answers(("GET", "/mine/data", gone), ("GET", "/mine", gone))) as browser:
        assert (await browser.get(path)).status_code == 404
        if path.endswith("details"):
            assert (await browser.post(path, data=FORM)).status_code == 404


async def test_who_waits_sees_and_corrects_their_details() -> None:
    asked: list[httpx2.Request] = []
    mine = ("GET", "/waitlist/mine", ok(waiting()))
    async with pages(answers(mine, ("POST", "/correction", ok(waiting())), asked=asked)) as browser:
        page = (await browser.get("/w/key/details", params=ENGLISH)).text
        file = await browser.get("/w/key/data")
        done = await browser.post("/w/key/details", data=FORM)
        missing = await browser.post("/w/key/details", data=FORM | {"name": ""})
    assert "The last day is 1 April 2126" in page
    assert 'action="/w/key/leave"' in page
    assert "note" not in page
    assert file.json()["citizen"]["name"] == "Aili"
    assert done.headers["location"] == "/w/key/details?corrected=1"
    assert missing.status_code == 422
    (sent,) = [request for request in asked if request.method == "POST"]
    assert json.loads(sent.content).keys() == {"citizen"}


async def test_who_waits_no_longer_has_nothing_to_correct() -> None:
    async with pages(answers(("GET", "/waitlist/mine", ok(waiting(state="ended", citizen=None))))) as browser:
        assert (await browser.get("/w/key/details")).headers["location"] == "/w/key"


@pytest.mark.parametrize("path", ["/a/key/details", "/w/key/details"])
async def test_while_nobody_answers_what_was_typed_is_kept_to_be_sent_again(path: str) -> None:
    away = ("POST", "/correction", problem("unavailable", 503))
    known = (("GET", "/waitlist/mine", ok(waiting())), MINE, away)
    async with pages(answers(*known)) as browser:
        page = await browser.post(path, params=ENGLISH, data=FORM)
    assert page.status_code == 503
    assert f'action="{path}?lang=en"' in page.text
    for name, value in FORM.items():
        assert f'type="hidden" name="{name}" value="{value}"' in page.text
