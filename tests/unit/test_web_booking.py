"""The form that books a time that is kept: what it shows, what is missing, and nothing typed that is lost."""

import json
import re

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import (
    AGENDA,
    BY_PHONE,
    ENGLISH,
    FORM,
    HOLD,
    KEPT,
    WHERE,
    access_token,
    answers,
    appointment,
    hold,
    ok,
    pages,
    point,
    problem,
    registry_lists,
)

pytestmark = pytest.mark.anyio
WHO = {"name": "Aili", "phone": "040 123 4567"}
MINE = ("GET", "/mine", ok(appointment()))
GIVEN_BACK = (("GET", f"/holds/{HOLD}", problem("wrong-state", 409)), ("GET", "/mine", problem("not-found", 404)))


async def test_the_form_shows_what_is_kept_and_until_when() -> None:
    async with pages(answers(KEPT)) as browser:
        page = (await browser.get(FORM, params=ENGLISH)).text
    for text in ("Monday 4 March 2126", "Kirjasto", "Åsa", "We keep this time for you until 10:20."):
        assert text in page


@pytest.mark.parametrize(("languages", "told"), [(["fi"], True), (["fi", "en"], False), ([], False)])
async def test_the_form_says_in_which_languages_help_is_and_leads_to_others(languages: list[str], told: bool) -> None:
    kept = answers(("GET", f"/holds/{HOLD}", ok(hold(languages=languages))))
    async with pages(kept) as browser:
        page = (await browser.get(f"/book/{HOLD}/key", params={**WHERE, "date": "2126-03-04", **ENGLISH})).text
    assert ("Finnish" in page) == bool(languages)
    assert ("The helper does not speak your language." in page) == told
    there = f'/book/{HOLD}/key/release?topic=e-services&amp;municipality=305&amp;language=en"'
    assert (there in page) == told


async def test_what_is_missing_is_told_and_nothing_is_asked_to_be_booked() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(KEPT, asked=asked)) as browser:
        page = await browser.post(FORM, params=ENGLISH, data={"note": "Kela", "for_other": "yes", "interpreter": "yes"})
    assert page.status_code == 422
    for text in ("Write the name.", "Give a phone number or an e-mail address", ">Kela</textarea>"):
        assert text in page.text
    assert 'name="for_other" value="yes" checked' in page.text
    assert 'name="for_other" value="" >' in page.text
    assert re.search(r'name="interpreter"[^>]* checked', page.text)
    assert {request.method for request in asked} == {"GET"}


@pytest.mark.parametrize("do", ["longer", "language"])
async def test_more_time_and_another_language_lose_nothing_that_is_typed(do: str) -> None:
    longer = ("POST", "/extension", ok(hold(expires="2126-03-01T10:30:00+02:00")))
    async with pages(answers(KEPT, longer)) as browser:
        page = await browser.post(FORM, params=ENGLISH, data={**WHO, "note": "Kela", "do": do})
    assert page.status_code == 200
    for text in ('value="Aili"', ">Kela</textarea>", f"until {'10:30' if do == 'longer' else '10:20'}"):
        assert text in page.text


@pytest.mark.parametrize(("roles", "at_desk"), [((), False), (("coordinator",), False), (("staff",), True)])
async def test_only_staff_and_tutors_book_in_their_own_name(roles: tuple[str, ...], at_desk: bool) -> None:
    asked: list[httpx2.Request] = []
    made = ok(appointment(manage_url="https://vuoro.test/a/key"), 201)
    service = answers(KEPT, ("POST", "/appointments", made), asked=asked)
    async with pages(service, **{ACCESS_COOKIE: access_token(*roles), REFRESH_COOKIE: "mine"}) as browser:
        done = await browser.post(FORM, data=WHO)
    assert (done.status_code, done.headers["location"]) == (303, "/a/key?booked=1")
    assert ("authorization" in asked[-1].headers) == at_desk
    sent = json.loads(asked[-1].content)
    assert (sent["citizen"]["language"], sent["hold_id"], asked[-1].headers["manage-token"]) == ("fi", str(HOLD), "key")


async def test_who_was_signed_in_never_books_as_a_citizen_without_knowing_it() -> None:
    """Their access token has run out: it is renewed, or they sign in again."""
    made = ok(appointment(manage_url="https://vuoro.test/a/key"), 201)
    token = {"access_token": access_token("staff"), "token_type": "Bearer", "expires_in": 600, "refresh_token": "next"}
    for answer, leads_to in ((ok(token), "/a/key?booked=1"), (problem("invalid-grant", 400), "/sign-in")):
        known = answers(KEPT, ("POST", "/oauth/token", answer), ("POST", "/appointments", made))
        async with pages(known, **{REFRESH_COOKIE: "mine"}) as browser:
            assert (await browser.post(FORM, data=WHO)).headers["location"] == leads_to


async def test_a_time_that_was_kept_too_long_is_booked_all_the_same_when_nobody_has_it() -> None:
    asked: list[httpx2.Request] = []
    lapsed = problem("hold-lapsed", 409, alternatives=[])
    made = httpx2.Response(201, json=json.loads(ok(appointment(manage_url="https://vuoro.test/a/key")).content))

    def service(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if request.method == "GET":
            lapsed_hold = ok(hold(expires="2020-03-01T10:20:00+02:00"))
            return lapsed_hold if "/holds/" in request.url.path else registry_lists(request)
        return lapsed if json.loads(request.content).get("hold_id") else made

    async with pages(service) as browser:
        page = (await browser.get(FORM, params={"slot": "slot-1", **ENGLISH})).text
        done = await browser.post(FORM, params={"slot": "slot-1"}, data=WHO)
    assert "The time is not kept any more." in page
    assert done.headers["location"] == "/a/key?booked=1"
    assert json.loads(asked[-1].content)["slot_id"] == "slot-1"


async def test_when_nobody_answers_the_page_does_not_know_yet_and_the_same_form_finds_out() -> None:
    """A slow service answered "no connection" while the booking had been made."""
    async with pages(answers(KEPT, ("POST", "/appointments", httpx2.Response(503)))) as browser:
        page = await browser.post(FORM, params={"slot": "slot-1"}, data={**WHO, "nonce": "n", "note": "Kela"})
    assert page.status_code == 503
    assert f'action="{FORM}?slot=slot-1"' in page.text
    for name, value in {**WHO, "nonce": "n", "note": "Kela"}.items():
        assert f'name="{name}" value="{value}"' in page.text


async def test_while_booking_is_away_there_is_a_number_to_call() -> None:
    """Also where nobody knows yet whether a time was booked."""
    points = ("GET", "/service-points", ok({"items": [point(phone="+358401234567")], "next": None}))
    away = problem("unavailable", 503)
    known = answers(
        points, KEPT, *((method, end, away) for method, end in (("GET", "/agenda"), ("POST", "/appointments")))
    )
    async with pages(known) as browser:
        times = await browser.get("/times", params={**WHERE, **ENGLISH})
        unsure = await browser.post(FORM, params={**WHERE, **ENGLISH}, data={**WHO, "nonce": "n"})
    for page in (times, unsure):
        assert page.status_code == 503
        assert 'href="tel:+358401234567"' in page.text


async def test_nothing_typed_is_lost_when_nobody_says_whether_the_time_is_still_kept() -> None:
    async with pages(answers(("GET", f"/holds/{HOLD}", httpx2.Response(503)))) as browser:
        page = await browser.post(FORM, data={**WHO, "nonce": "n", "note": "Kela"})
    assert page.status_code == 503
    for name, value in {**WHO, "nonce": "n", "note": "Kela"}.items():
        assert f'name="{name}" value="{value}"' in page.text


async def test_going_back_after_booking_leads_to_the_booking_and_books_nothing() -> None:
    asked: list[httpx2.Request] = []
    booked = ("GET", f"/holds/{HOLD}", problem("wrong-state", 409))
    async with pages(answers(booked, MINE, asked=asked)) as browser:
        for answer in (await browser.get(FORM), await browser.post(FORM, data=WHO)):
            assert answer.headers["location"] == "/a/key?booked=1"
    assert {request.method for request in asked} == {"GET"}


async def test_a_time_that_was_given_back_leads_to_others() -> None:
    released = ("DELETE", f"/holds/{HOLD}", httpx2.Response(204))
    async with pages(answers(*GIVEN_BACK, released, AGENDA, BY_PHONE)) as browser:
        back = await browser.post(f"{FORM}/release", params=WHERE)
        again = (await browser.get(FORM, params={**WHERE, **ENGLISH})).text
    assert back.headers["location"] == "/times?topic=e-services&municipality=305"
    for text in ("Choose another time", "Your earlier time is no longer kept for you.", 'class="time"'):
        assert text in again
    assert "What you wrote" not in again  # nothing was


async def test_a_visit_at_home_asks_where_that_is() -> None:
    asked: list[httpx2.Request] = []
    needed = {"pointer": "/address", "detail": "Say where."}
    refused = problem("invalid-input", 422, errors=[needed])
    kept = ("GET", f"/holds/{HOLD}", ok(hold(channel="home", place=None)))
    async with pages(answers(kept, ("POST", "/appointments", refused), asked=asked)) as browser:
        page = await browser.post(FORM, params=ENGLISH, data={**WHO, "address": "Kotitie 1"})
    assert 'value="Kotitie 1"' in page.text
    assert 'id="address-error">Say where.' in page.text
    [sent] = [each for each in asked if each.method == "POST"]
    assert json.loads(sent.content)["address"] == "Kotitie 1"


@pytest.mark.parametrize(("again", "beside"), [("Eino", "&second=other"), ("Eino K", ""), ("", "")])
async def test_a_form_of_two_that_is_sent_again_leads_to_both(again: str, beside: str) -> None:
    """A double tap led to the first alone: who gets no message never saw the other's code word. Another name is another
    form, and books nobody else."""
    asked: list[httpx2.Request] = []
    note = "Kommer tillsammans med Eino.\nKela"
    mine = ("GET", "/mine", ok(appointment(note=note, languages=["sv", "fi"])))
    other = ("POST", "/appointments", ok(appointment(manage_url="https://vuoro.test/a/other"), 201))
    booked = ("GET", f"/holds/{HOLD}", problem("wrong-state", 409))
    form = {**WHO, "nonce": "n", "note": "Kela", "second_name": again, "beside": "slot-1"}
    async with pages(answers(booked, mine, other, asked=asked)) as browser:
        answer = await browser.post(FORM, params={"lang": "sv"}, data=form)
    assert answer.headers["location"] == f"/a/key?booked=1{beside}"
    sent = [json.loads(each.content)["citizen"]["name"] for each in asked if each.method == "POST"]
    assert sent == (["Eino"] if beside else [])
