"""Who comes without a time: noted and called on a page of its own, shown on the wall without a word of who it is."""

import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.test_web_desk import OWN_POINT, POINT, STAFF
from tests.unit.test_web_hours import TUESDAYS
from tests.unit.web_pages import ENGLISH, access_token, answers, ok, pages, point, problem

pytestmark = pytest.mark.anyio
HERE = ("GET", f"/service-points/{POINT}", ok(OWN_POINT))
FORM = {"point": POINT, "nonce": "n"}
EMPTY = {"items": [], "waiting": 0, "helped": 0, "turned_away": 0, "left": 0}
TALLY = ("GET", "/walk-ins", ok(EMPTY))
OTHER = str(uuid.UUID(int=6))


def walk_in(state: str, number: int | None = None) -> dict[str, object]:
    came = "2126-03-03T09:00:00+02:00"
    ended = None if state in ("waiting", "called") else came
    ids = {"id": str(uuid.uuid4()), "service_point_id": POINT}
    return {**ids, "state": state, "number": number, "came_at": came, "called_at": came, "ended_at": ended}


@pytest.mark.parametrize(
    ("form", "sent", "happened"),
    [
        ({"state": "helped", "device": "phone"}, {"state": "helped", "device": "phone"}, "noted=helped"),
        ({"state": "turned_away", "device": "phone"}, {"state": "turned_away"}, "noted=turned_away"),
        ({"state": "waiting", "minutes_helped": "10"}, {"state": "waiting"}, "given=7"),
    ],
)
async def test_one_tap_notes_somebody_and_what_was_ticked_is_of_who_was_helped(
    form: dict[str, str], sent: dict[str, str], happened: str
) -> None:
    asked: list[httpx2.Request] = []
    made = ("POST", "/walk-ins", ok(walk_in(form["state"], 7 if form["state"] == "waiting" else None), 201))
    async with pages(answers(made, asked=asked), **STAFF) as browser:
        done = await browser.post("/walk-ins", data=FORM | form)
    assert (done.status_code, done.headers["location"]) == (303, f"/walk-ins?point={POINT}&{happened}")
    [request] = [each for each in asked if each.method == "POST"]
    body = {name: value for name, value in json.loads(request.content).items() if value is not None}
    assert body == {"service_point_id": POINT, **sent}


async def test_the_same_form_sent_twice_has_one_key() -> None:
    asked: list[httpx2.Request] = []
    made = ("POST", "/walk-ins", ok(walk_in("helped"), 201))
    async with pages(answers(made, asked=asked), **STAFF) as browser:
        for _ in range(2):
            await browser.post("/walk-ins", data=FORM | {"state": "helped"})
    assert len({each.headers["idempotency-key"] for each in asked if each.method == "POST"}) == 1


@pytest.mark.parametrize("form", [{"state": "gone"}, {"point": "x"}, {"minutes_helped": "ten", "state": "helped"}])
async def test_what_no_page_sends_is_refused(form: dict[str, str]) -> None:
    async with pages(answers(), **STAFF) as browser:
        assert (await browser.post("/walk-ins", data=FORM | form)).status_code == 422


async def test_an_empty_queue_is_said_on_the_page() -> None:
    empty = ("POST", "/called-walk-ins", problem("nobody-waits", 409, detail="The queue is empty."))
    async with pages(answers(empty, HERE, TALLY), **STAFF) as browser:
        page = await browser.post("/walk-ins/next", data=FORM, params=ENGLISH)
    assert page.status_code == 409
    assert "The queue is empty." in page.text
    assert "Give the next number" in page.text


async def test_the_page_shows_who_waits_who_is_called_and_the_tally() -> None:
    items = [walk_in("waiting", 3), walk_in("called", 2), walk_in("left", 1)]
    tally = ("GET", "/walk-ins", ok(EMPTY | {"items": items, "waiting": 1, "left": 1}))
    async with pages(answers(HERE, tally), **STAFF) as browser:
        page = (await browser.get("/walk-ins", params=ENGLISH | {"called": "2"})).text
    for text in ("Now it is the turn of number 2.", "People waiting: 1", "Number 3: Left", "Number 2: Was helped"):
        assert text in page
    assert "Number 3: Was helped" not in page  # who is not called yet


async def test_what_was_noted_long_ago_is_counted_and_cannot_be_corrected() -> None:
    tally = ("GET", "/walk-ins", ok(EMPTY | {"items": [walk_in("helped")], "helped": 1}))
    async with pages(answers(HERE, tally), **STAFF) as browser:
        page = (await browser.get("/walk-ins", params=ENGLISH | {"date": "2026-01-01"})).text
    assert "<dt>Was helped</dt><dd>1</dd>" in page
    assert "Take it back" not in page
    assert "Give the next number" not in page


@pytest.mark.parametrize("role", ["staff", "manager"])
async def test_who_receives_for_an_organisation_chooses_one_of_its_places(role: str) -> None:
    own, others = point(organisation_id=OTHER, name={"en": "Library"}), point(name={"en": "Elsewhere"})
    second = point(organisation_id=OTHER, name={"en": "Town hall"})
    places = ("GET", "/service-points", ok({"items": [own, others, second], "next": None}))
    login = {ACCESS_COOKIE: access_token(role, organisation_id=OTHER), REFRESH_COOKIE: "mine"}
    async with pages(answers(places, TALLY), **login) as browser:
        page = (await browser.get("/walk-ins", params=ENGLISH)).text
    assert '<a href="/walk-ins">' in page
    assert "Town hall" in page
    assert "Elsewhere" not in page


async def test_who_receives_nobody_anywhere_is_told_what_to_do() -> None:
    nothing = ("GET", "/availability", ok({"items": []}))
    login = {ACCESS_COOKIE: access_token("tutor", tutor_id=OTHER), REFRESH_COOKIE: "mine"}
    async with pages(answers(nothing), **login) as browser:
        page = await browser.get("/walk-ins", params=ENGLISH)
    assert page.status_code == 200
    assert "Tell your hours at a place first." in page.text


async def test_the_wall_shows_numbers_to_everybody_and_runs_its_own_script_alone() -> None:
    queue = ("GET", f"/queues/{POINT}", ok({"called": [12, 11], "waiting": 3}))
    async with pages(answers(HERE, queue)) as browser:
        page = await browser.get("/wall", params={**ENGLISH, "point": POINT})
    assert page.text.index(">12<") < page.text.index(">11<")
    assert "People waiting: 3" in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert page.headers["cache-control"] == "no-store"


async def test_a_tutor_has_the_buttons_on_the_list_of_today_for_the_place_where_they_help() -> None:
    at = {"service_point_id": POINT, "place": {"name": {"en": "Library"}, "address": "Tie 1"}}
    known = (("GET", "/appointments", ok({"items": []})), ("GET", "/availability", ok({"items": [TUESDAYS | at]})))
    login = {ACCESS_COOKIE: access_token("tutor", tutor_id=OTHER), REFRESH_COOKIE: "mine"}
    async with pages(answers(*known), **login) as browser:
        today, tomorrow = [
            (await browser.get("/day", params=ENGLISH | day)).text for day in ({}, {"date": "2126-03-04"})
        ]
    assert f'name="point" value="{POINT}"' in today
    assert 'name="state" value="helped"' in today
    assert "Somebody came without a time" not in tomorrow
