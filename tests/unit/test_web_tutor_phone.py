"""The number at which the service point calls a tutor: on their account's page, and on the desk's list of the day."""

import datetime as dt
import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.test_web_hours import MINE
from tests.unit.web_pages import ENGLISH, access_token, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
ME = str(uuid.UUID(int=5))
TUTOR = {ACCESS_COOKIE: access_token("tutor", tutor_id=ME), REFRESH_COOKIE: "mine"}
STAFF = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}
COORDINATOR = {ACCESS_COOKIE: access_token("coordinator"), REFRESH_COOKIE: "mine"}
NUMBER = {"phone": "+35840685404", "version": 2}
CALLED = {**MINE, "tutor": [{**MINE["tutor"][0], "phone": NUMBER["phone"]}]}  # type: ignore[index]
DAY = {"date": f"{dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)}", **ENGLISH}
LINK = '<a href="tel:+35840685404">040 685404</a>'


async def test_a_tutor_sees_what_their_number_is_for_and_changes_or_removes_it() -> None:
    asked: list[httpx2.Request] = []
    saved = ("PUT", f"/tutors/{ME}/phone", ok(NUMBER))
    async with pages(answers(("GET", "/me/data", ok(CALLED)), saved, asked=asked), **TUTOR) as browser:
        page = (await browser.get("/account", params=ENGLISH)).text
        done = [await browser.post("/account/phone", data=data) for data in ({"phone": "\u202a040 685 404\u202c"}, {})]
        told = (await browser.get(f"{done[0].headers['location']}&lang=en")).text
    assert "The service point calls you at this number. Citizens do not see it." in page
    assert ('value="040 685404"' in page, "Remove the number" in page) == (True, True)
    assert ("Your change is saved." in page, "Your change is saved." in told) == (False, True)
    sent = [json.loads(each.content) for each in asked if each.method == "PUT"]
    assert sent == [{"phone": "040 685 404"}, {"phone": ""}]


async def test_who_has_given_none_is_asked_for_one() -> None:
    nothing = [("GET", f"/{name}", ok({"items": []})) for name in ("availability", "absences", "extra-time")]
    for held, asks in ((MINE, True), (CALLED, False)):
        async with pages(answers(*nothing, ("GET", "/me/data", ok(held))), **TUTOR) as browser:
            account = (await browser.get("/account", params=ENGLISH)).text
            hours = (await browser.get("/hours", params=ENGLISH)).text
        assert ("Remove the number" in account, 'href="/account#phone"' in hours) == (not asks, asks)


async def test_what_is_no_number_stays_in_its_field_and_is_told_beside_it() -> None:
    refused = problem("invalid-input", 422, errors=[{"pointer": "/phone", "detail": "This is no number."}])
    known = (("GET", "/me/data", ok(CALLED)), ("PUT", "/phone", refused))
    async with pages(answers(*known), **TUTOR) as browser:
        answer = await browser.post("/account/phone", params=ENGLISH, data={"phone": "12"})
        long = await browser.post("/account/phone", params=ENGLISH, data={"phone": "1" * 500})
    assert (answer.status_code, long.status_code) == (422, 422)
    for text in (
        '<a href="#phone">This is no number.</a>',
        '<p class="error" id="phone-error">This is no number.</p>',
        'value="12" aria-invalid="true" aria-describedby="phone-error"',
        "<title>Check the form: My account",
    ):
        assert text in answer.text


async def test_who_is_no_tutor_has_no_such_number() -> None:
    held = {**MINE, "tutor": []}
    async with pages(answers(("GET", "/me/data", ok(held))), **COORDINATOR) as browser:
        page = (await browser.get("/account", params=ENGLISH)).text
        sent = await browser.post("/account/phone", data={"phone": "040 685 404"})
    assert ("/account/phone" in page, sent.status_code) == (False, 404)


async def test_a_desk_calls_the_helper_from_the_day_s_list_and_nobody_prints_the_number() -> None:
    visits = ("GET", "/appointments", ok({"items": [appointment(tutor_id=ME), appointment(tutor_id=ME)]}))
    asked: list[httpx2.Request] = []
    known = (visits, ("GET", f"/tutors/{ME}/phone", ok(NUMBER)))
    async with pages(answers(*known, asked=asked), **STAFF) as browser:
        page = (await browser.get("/day", params=DAY)).text
    assert page.count(LINK) == 2
    assert f'<option value="{ME}">Åsa, 040 685404</option>' in page
    assert "685404" not in page.partition('<table class="printed">')[2]
    assert len([each for each in asked if each.url.path.endswith("/phone")]) == 1
    for cookies in (TUTOR, COORDINATOR):
        asked.clear()
        async with pages(answers(*known, asked=asked), **cookies) as browser:
            assert "685404" not in (await browser.get("/day", params=DAY)).text
        assert not [each for each in asked if each.url.path.endswith("/phone")]


@pytest.mark.parametrize("answer", [httpx2.Response(503), problem("forbidden", 403), ok({"phone": None, "version": 1})])
async def test_a_desk_has_its_list_without_a_number(answer: httpx2.Response) -> None:
    visits = ("GET", "/appointments", ok({"items": [appointment(tutor_id=ME)]}))
    async with pages(answers(visits, ("GET", "/phone", answer)), **STAFF) as browser:
        page = await browser.get("/day", params=DAY)
    assert (page.status_code, "Åsa</dd>" in page.text, f'<option value="{ME}">Åsa</option>' in page.text) == (
        200,
        True,
        True,
    )
