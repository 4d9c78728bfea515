"""How a visit went, said on its page, with a booking that answers what a test says."""

import json
import uuid

import httpx2
import pytest

from tests.unit.web_pages import ENGLISH, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
PATH = "/a/key/feedback"
OVER = {"start": "2026-03-03T09:00:00+02:00", "end": "2026-03-03T09:30:00+02:00"}
FORM = {"met_need": "3", "recommends": "no", "words": "Rivi\r\ntoinen"}
MINE = ("GET", "/mine", ok(appointment(**OVER)))
NOTHING_SAID = ("GET", "/feedback", problem("not-found", 404))


def said(**changed: object) -> dict[str, object]:
    ids = {name: str(uuid.uuid4()) for name in ("appointment_id", "organisation_id", "tutor_id")}
    visit = {
        "region": "17",
        "service_point_id": None,
        "channel": "phone",
        "topic": "e-services",
        "start": OVER["start"],
    }
    given = {"given_at": OVER["end"], "met_need": 4, "recommends": True, "words": "Kiitos!", "non_disclosure": False}
    return {**ids, **visit, **given, "answer": None, "answered_at": None, **changed}


SAID = ("GET", "/feedback", ok(said()))
TAKEN = ("PUT", "/feedback", ok(said()))


@pytest.mark.parametrize(
    ("state", "over", "asked"),
    [
        ("booked", True, True),
        ("attended", True, True),
        ("no_show", True, False),
        ("cancelled", True, False),
        ("booked", False, False),
    ],
)
async def test_who_was_there_is_asked_once_the_visit_is_over(state: str, over: bool, asked: bool) -> None:
    mine = ("GET", "/mine", ok(appointment(state=state, **(OVER if over else {}))))
    async with pages(answers(mine, NOTHING_SAID)) as browser:
        assert (f'href="{PATH}"' in (await browser.get("/a/key")).text) is asked
        page = await browser.get(PATH)
    assert page.status_code == (200 if asked else 303)


async def test_two_questions_and_words_in_the_citizens_language() -> None:
    async with pages(answers(MINE, NOTHING_SAID)) as browser:
        page = await browser.get(PATH)
    assert page.headers["content-language"] == "sv"
    assert page.text.count('name="met_need"') == 5
    assert page.text.count('name="recommends"') == 2
    assert "checked" not in page.text


async def test_what_was_said_is_sent_on_and_its_line_breaks_count_once() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(MINE, SAID, TAKEN, asked=asked)) as browser:
        done = await browser.post(PATH, data=FORM | {"words": "a\r\n" * 999})
    assert done.headers["location"] == f"{PATH}?said=1"
    [sent] = [request for request in asked if request.method == "PUT"]
    assert sent.headers["manage-token"] == "key"
    body = json.loads(sent.content)
    assert (body["met_need"], body["recommends"]) == (3, False)
    assert body["words"] == "\n".join(["a"] * 999)


async def test_what_was_said_stands_there_to_be_changed_with_the_answer() -> None:
    answered = ("GET", "/feedback", ok(said(answer="Hyvä <kuulla>", answered_at="2026-03-05T09:00:00+02:00")))
    async with pages(answers(MINE, answered)) as browser:
        page = (await browser.get(PATH, params=ENGLISH | {"said": "1"})).text
    for part in ('value="4" required checked', 'value="yes" required checked', "Kiitos!</textarea>", "Thank you!"):
        assert part in page
    assert "Hyvä &lt;kuulla&gt;" in page
    assert "Thursday 5 March 2026" in page


@pytest.mark.parametrize(
    ("changed", "refusal", "status", "shown"),
    [
        ({"met_need": ""}, None, 422, 'href="#met_need"'),
        ({"recommends": "maybe"}, None, 422, 'href="#recommends"'),
        ({"words": "x" * 2001}, None, 422, 'id="words-error"'),
        ({}, problem("sensitive-text", 422, detail="Leave it out."), 422, 'id="words-error">Leave it out.'),
        ({}, problem("visit-not-over", 409, detail="Not yet."), 409, "Not yet."),
        ({}, problem("limit-reached", 429, detail="Later."), 429, "Later."),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_written_stays(
    changed: dict[str, str], refusal: httpx2.Response | None, status: int, shown: str
) -> None:
    taken = ("PUT", "/feedback", refusal) if refusal else TAKEN
    form = FORM | changed
    async with pages(answers(MINE, NOTHING_SAID, taken)) as browser:
        page = await browser.post(PATH, params=ENGLISH, data=form)
    assert page.status_code == status
    assert shown in page.text
    assert form["words"].replace("\r\n", "\n") in page.text.replace("\r\n", "\n")
    if form["met_need"]:
        assert 'value="3" required checked' in page.text


async def test_while_nobody_answers_what_was_written_is_kept_to_be_sent_again() -> None:
    async with pages(answers(MINE, NOTHING_SAID, ("PUT", "/feedback", problem("unavailable", 503)))) as browser:
        page = await browser.post(PATH, params=ENGLISH, data=FORM | {"words": "Kiitos"})
    assert page.status_code == 503
    for text in (f'action="{PATH}?lang=en"', 'name="words" value="Kiitos"', 'name="met_need" value="3"'):
        assert text in page.text


async def test_a_dead_link_says_so() -> None:
    async with pages(answers(("GET", "/mine", problem("not-found", 404)))) as browser:
        assert (await browser.get(PATH)).status_code == 404
        assert (await browser.post(PATH, data=FORM)).status_code == 404


async def test_what_was_said_is_among_what_is_kept() -> None:
    kept = {"appointment": appointment(**OVER), "history": [], "kept_until": "2126-06-01T09:30:00+03:00"}
    async with pages(answers(("GET", "/mine/data", ok(kept | {"feedback": said()})))) as browser:
        assert "Kiitos!" in (await browser.get("/a/key/details")).text
