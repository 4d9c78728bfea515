"""Who has neither a phone number nor an e-mail address: what they choose, what they are told, and what staff see."""

import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import (
    ENGLISH,
    FORM,
    HOLD,
    Answer,
    access_token,
    answers,
    appointment,
    hold,
    ok,
    pages,
    problem,
)

pytestmark = pytest.mark.anyio
TYYNE = {"name": "Tyyne", "language": "en", "unreachable": True}
TICKED = {"name": "Tyyne", "unreachable": "yes", "nonce": "1"}
LANDLINE = {"name": "Eino", "phone": "+35881234567", "language": "fi"}
STAFF = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}
MINE = ("GET", "/mine", ok(appointment(citizen=TYYNE, channel="on_site")))


def keeping(channel: str = "on_site", asked: list[httpx2.Request] | None = None, **citizen: object) -> Answer:
    kept = ("GET", f"/holds/{HOLD}", ok(hold(channel=channel)))
    made = appointment(manage_url="http://vuoro.test/a/key", citizen=TYYNE | citizen)
    return answers(kept, ("POST", "/appointments", ok(made, 201)), MINE, asked=asked)


async def test_who_has_neither_is_told_what_that_means_and_gets_the_slip_at_once() -> None:
    asked: list[httpx2.Request] = []
    async with pages(keeping(asked=asked)) as browser:
        form = (await browser.get(FORM, params=ENGLISH)).text
        done = await browser.post(FORM, data=TICKED)
        slip = (await browser.get(f"{done.headers['location']}&lang=en")).text
    assert "Nobody can tell you about changes." in form
    assert done.headers["location"] == "/a/key/slip?booked=1"
    sent = json.loads(next(each.content for each in asked if each.method == "POST"))["citizen"]
    assert (sent["unreachable"], sent["phone"], sent["email"]) == (True, None, None)
    for part in ("Your time is booked", "koivu", "Print this slip", "Ask before you come"):
        assert part in slip


@pytest.mark.parametrize("channel", ["phone", "video", "home"])
async def test_where_a_contact_is_needed_it_is_no_choice_and_the_page_says_why(channel: str) -> None:
    asked: list[httpx2.Request] = []
    async with pages(keeping(channel, asked)) as browser:
        form = (await browser.get(FORM, params=ENGLISH)).text
        done = await browser.post(FORM, data=TICKED, params=ENGLISH)
    assert "I have neither" not in form
    assert "The helper " in form.partition("Who needs help?")[2].partition('id="phone"')[0]
    assert done.status_code == 422
    assert 'href="#phone"' in done.text
    assert [each for each in asked if each.method == "POST"] == []


async def test_a_contact_that_is_written_all_the_same_is_used() -> None:
    asked: list[httpx2.Request] = []
    async with pages(keeping(asked=asked, unreachable=False, phone="+358401234567")) as browser:
        done = await browser.post(FORM, data=TICKED | {"phone": "040 123 4567"})
    assert done.headers["location"] == "/a/key?booked=1"
    sent = json.loads(next(each.content for each in asked if each.method == "POST"))["citizen"]
    assert (sent["unreachable"], sent["phone"]) == (False, "040 123 4567")


async def test_pressing_twice_leads_to_the_slip_again_and_the_tick_stays_after_an_error() -> None:
    gone = answers(("GET", f"/holds/{HOLD}", problem("wrong-state", 409)), MINE)
    async with pages(gone) as browser:
        assert (await browser.post(FORM, data=TICKED)).headers["location"] == "/a/key/slip?booked=1"
    async with pages(keeping()) as browser:
        page = (await browser.post(FORM, data=TICKED | {"name": ""})).text
    assert 'name="unreachable" value="yes" checked' in page
    assert 'href="#name"' in page
    assert 'href="#phone"' not in page


async def test_their_own_page_promises_nothing_and_takes_a_contact_later() -> None:
    data = ok({"appointment": appointment(citizen=TYYNE), "history": [], "kept_until": "2126-06-01T00:00:00+03:00"})
    asked: list[httpx2.Request] = []
    service = answers(MINE, ("GET", "/data", data), ("POST", "/correction", ok(appointment())), asked=asked)
    async with pages(service) as browser:
        page = (await browser.get("/a/key", params=ENGLISH)).text
        for form in ({"name": "Tyyne Aho"}, {"name": "Tyyne", "phone": "040 123 4567"}):
            done = await browser.post("/a/key/details", data={**form, "nonce": "1", "language": "en"})
            assert done.status_code == 303
    assert "You get no message from us." in page
    assert "Send the message again" not in page
    sent = [json.loads(each.content)["citizen"] for each in asked if each.method == "POST"]
    assert [each["unreachable"] for each in sent] == [True, False]


@pytest.mark.parametrize(
    ("citizen", "in_rows", "in_cancelling", "when_gone"),
    [
        (TYYNE, "Tell them at the desk", "tell them at the desk", "the time is gone"),
        (LANDLINE, "Gets no messages", "call them", "the time is gone"),
        (
            {"name": "Aili", "phone": "+358401234567", "language": "fi"},
            "",
            "We tell the citizen at once",
            "the citizen is choosing another time",
        ),
    ],
)
async def test_staff_see_who_hears_of_nothing_and_whom_to_tell(
    citizen: dict[str, object], in_rows: str, in_cancelling: str, when_gone: str
) -> None:
    for state, shown in (("booked", in_cancelling), ("displaced", when_gone)):
        day = answers(("GET", "/appointments", ok({"items": [appointment(citizen=citizen, state=state)]})))
        async with pages(day, **STAFF) as browser:
            page = (await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text
        assert in_rows in page
        assert shown in page.partition("<dt>State</dt>")[2]


async def test_a_tutor_who_is_away_sees_whom_nobody_can_tell() -> None:
    known = {"id": str(uuid.uuid4()), "start": "2126-07-02T10:00:00+03:00"}
    affected = problem("appointments-affected", 409, appointments=[known | {"unreachable": True}, known])
    nothing = ok({"items": []})
    service = answers(("GET", "/availability", nothing), ("GET", "/absences", nothing), ("POST", "/absences", affected))
    tutor = {ACCESS_COOKIE: access_token("tutor"), REFRESH_COOKIE: "mine"}
    async with pages(service, **tutor) as browser:
        page = (
            await browser.post("/absences", data={"from": "2126-07-01", "until": "2126-07-31"}, params=ENGLISH)
        ).text
    assert page.count("nobody can tell this person of it") == 1
