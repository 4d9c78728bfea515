"""The desk's own page: whom one books for, and finding what they have booked."""

import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import (
    ENGLISH,
    HOLD,
    access_token,
    agenda,
    answers,
    appointment,
    hold,
    ok,
    pages,
    problem,
    slot,
)

pytestmark = pytest.mark.anyio
POINT = str(uuid.UUID(int=5))
STAFF = {ACCESS_COOKIE: access_token("staff", service_point_id=POINT), REFRESH_COOKIE: "mine"}
OWN_POINT = {
    "id": POINT,
    "organisation_id": POINT,
    "name": {"fi": "Kirjasto"},
    "address": "Tie 1",
    "municipality": "305",
    "region": "17",
}


async def test_the_desk_books_in_its_own_municipality() -> None:
    async with pages(answers(("GET", f"/service-points/{POINT}", ok(OWN_POINT))), **STAFF) as browser:
        page = (await browser.get("/desk", params=ENGLISH)).text
    assert '<option value="305" lang="fi" selected>Kuusamo' in page
    assert "Helsinki" not in page


async def test_while_the_registry_is_away_the_desk_chooses_the_municipality() -> None:
    async with pages(answers(("GET", f"/service-points/{POINT}", httpx2.Response(503))), **STAFF) as browser:
        page = await browser.get("/desk", params=ENGLISH)
    assert (page.status_code, " selected>Kuusamo" in page.text) == (200, False)


async def test_what_somebody_says_is_looked_up_and_stands_in_no_address() -> None:
    asked: list[httpx2.Request] = []
    visit = appointment()
    found = ("POST", "/lookups", ok({"items": [visit], "more": True}))
    async with pages(answers(found, asked=asked), **STAFF) as browser:
        page = (await browser.post("/desk", params=ENGLISH, data={"words": " Aili "})).text
    for text in ("3 March 2126 09:00–09:30", "Aili", f'href="/desk/slip/{visit["id"]}"', "There are more."):
        assert text in page
    [sent] = [each for each in asked if each.method == "POST"]
    assert json.loads(sent.content) == {"words": "Aili"}
    assert not any("ili" in str(each.url) for each in asked)


@pytest.mark.parametrize(
    ("words", "answer", "status", "told"),
    [
        ("a", ok({}), 422, "Write at least two letters"),
        ("Aili", ok({"items": [], "more": False}), 200, "Nothing was found."),
        ("Aili", problem("asked-too-often", 429, detail="Wait."), 429, "Wait."),
    ],
)
async def test_what_finds_nobody_is_told(words: str, answer: httpx2.Response, status: int, told: str) -> None:
    async with pages(answers(("POST", "/lookups", answer)), **STAFF) as browser:
        page = await browser.post("/desk", params=ENGLISH, data={"words": words})
    assert (page.status_code, told in page.text, f'value="{words}"' in page.text) == (status, True, True)


async def test_a_lost_slip_is_printed_from_the_desk() -> None:
    visit = appointment()
    async with pages(answers(("GET", f"/appointments/{visit['id']}", ok(visit))), **STAFF) as browser:
        page = (await browser.get(f"/desk/slip/{visit['id']}")).text
    for text in ("Aili", "koivu", 'href="/desk"'):
        assert text in page
    assert "/a/" not in page


async def test_at_a_desk_the_hands_stay_on_the_keys_and_nobody_is_taken_for_the_citizen() -> None:
    asked: list[httpx2.Request] = []
    kept = ("GET", f"/holds/{HOLD}", ok(hold()))
    made = ("POST", "/appointments", ok({**appointment(), "manage_url": "https://v/a/key"}, 201))
    nothing = ("GET", "/slots", ok({"items": []}))
    known = answers(("GET", "/agenda", ok(agenda(slot()))), nothing, kept, made, asked=asked)
    async with pages(known, **STAFF) as browser:
        times = (await browser.get("/times?topic=e-services&municipality=305", params=None)).text
        form = (await browser.get(f"/book/{HOLD}/key", params=ENGLISH)).text
        sent = {"name": "Aili", "phone": "040 123 4567", "spoken": "sv"}
        await browser.post(f"/book/{HOLD}/key", params=ENGLISH, data=sent)
    assert 'value="slot-1" autofocus>' in times
    assert "The details of who comes" in form
    assert 'name="for_other"' not in form
    [booked] = [each for each in asked if each.method == "POST"]
    assert json.loads(booked.content)["citizen"]["language"] == "sv"


async def test_a_desk_reads_its_own_language_and_prints_the_citizen_s() -> None:
    mine = ("GET", "/mine", ok(appointment()))  # of somebody who is written to in Swedish
    async with pages(answers(mine), **STAFF, language="fi") as browser:
        page, slip = (await browser.get("/a/key")).text, (await browser.get("/a/key/slip")).text
        chosen = (await browser.get("/a/key/slip", params=ENGLISH)).text
    assert all('<html lang="fi">' in each for each in (page, slip))
    assert '<div class="slip" lang="sv">' in slip
    assert '<html lang="en">' in chosen
    assert '<div class="slip" lang="en">' in chosen


async def test_a_citizen_is_led_by_no_focus() -> None:
    nothing = ("GET", "/slots", ok({"items": []}))
    async with pages(answers(("GET", "/agenda", ok(agenda(slot()))), nothing)) as browser:
        times = (await browser.get("/times?topic=e-services&municipality=305")).text
    assert "autofocus" not in times


async def test_a_day_s_list_has_its_place_and_no_protected_details_on_paper() -> None:
    there = {"place": {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}, "service_point_id": POINT}
    shown, hidden = appointment(**there), appointment(**there, citizen=None, code_word="haapa", non_disclosure=True)
    elsewhere = appointment(state="displaced")
    lists = []
    for visits in ([shown, hidden], [shown, elsewhere]):
        async with pages(answers(("GET", "/appointments", ok({"items": visits}))), **STAFF) as browser:
            lists.append((await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text)
    at_one, at_two = (page.partition('<table class="printed">')[2] for page in lists)
    for text in ("Aili", "040 1234567", "koivu", "haapa", "Åsa", "Kirjasto", "not printed", "Details under a non-"):
        assert text in at_one
    assert "Home visit" not in at_two
    assert "(the time is gone)" in at_two
    assert "Details under" not in at_two
    named = '<span class="printed">, <span lang="fi">Kirjasto</span></span></h1>'
    assert [named in page for page in lists] == [True, False]
