"""Another time for somebody else: where it is found, whose time it is, and what is read aloud after it."""

import datetime as dt
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import AGENDA, ENGLISH, access_token, agenda, answers, appointment, ok, pages, problem, slot

pytestmark = pytest.mark.anyio
STAFF = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}
TUTOR = {ACCESS_COOKIE: access_token("tutor"), REFRESH_COOKIE: "mine"}
MANAGER = {ACCESS_COOKIE: access_token("manager"), REFRESH_COOKIE: "mine"}
ID = str(uuid.UUID(int=9))
POINT = str(uuid.UUID(int=5))
AT_LIBRARY = {"service_point_id": POINT, "place": {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}}
THERE = ("GET", "/agenda", ok(agenda(slot() | {"service_point_id": POINT})))
LANDLINE = {"name": "Eino", "phone": "+35881234567", "language": "fi"}
SENT = {"slot": "slot-1", "date": "2126-03-03"}


def visit(**more: object) -> dict[str, object]:
    """Aili's visit at the library."""
    return appointment(id=ID, **AT_LIBRARY) | more


def known(**more: object) -> tuple[str, str, httpx2.Response]:
    return "GET", f"/appointments/{ID}", ok(visit(**more))


async def shown(path: str, *answered: tuple[str, str, httpx2.Response]) -> str:
    async with pages(answers(*answered), **STAFF) as browser:
        page = await browser.get(path, params=ENGLISH)
    assert page.status_code == 200
    return " ".join(page.text.split())


async def moved(origin: str, *answered: tuple[str, str, httpx2.Response]) -> tuple[httpx2.Response, list[str]]:
    """What a press on a time answers, and what was sent to booking for it."""
    asked: list[httpx2.Request] = []
    async with pages(answers(*answered, asked=asked), **STAFF) as browser:
        done = await browser.post(f"/day/{ID}/move/{origin}", params=ENGLISH, data=SENT)
    sent = [each for each in asked if each.method == "POST"]
    return done, [f"{each.url.path.rpartition('/')[2]} {each.headers.get('if-match', '')}".strip() for each in sent]


PAST = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)).isoformat()


@pytest.mark.parametrize(
    ("more", "who", "leads"),
    [
        ({}, STAFF, True),
        ({}, TUTOR, True),
        ({"state": "displaced"}, STAFF, True),
        ({"state": "displaced", "start": PAST}, STAFF, True),
        ({"start": PAST}, STAFF, False),
        ({"state": "attended", "result": "solved"}, STAFF, False),
        ({}, MANAGER, False),
    ],
)
async def test_what_is_to_come_or_was_displaced_can_be_moved_from_the_day_and_the_desk(
    more: dict[str, object], who: dict[str, str], leads: bool
) -> None:
    found = ok({"items": [visit(**more)], "more": False})
    async with pages(answers(("GET", "/appointments", found), ("POST", "/lookups", found)), **who) as browser:
        day = (await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text
        desk = (await browser.post("/desk", params=ENGLISH, data={"words": "Aili"})).text
    assert (f'href="/day/{ID}/move/day"' in day) == leads
    if who != MANAGER:  # who finds nobody at a desk
        assert (f'href="/day/{ID}/move/desk"' in desk) == leads
        assert ("the time is gone" in desk) == (more.get("state") == "displaced")


async def test_whose_time_it_is_stands_above_the_times_with_a_way_back() -> None:
    page = await shown(f"/day/{ID}/move/day", known(), THERE)
    for text in (
        "<dd>Aili</dd>",
        "Sunday 3 March 2126 09:00–09:30",
        "Kirjasto",
        "E-services",
        'href="/day?date=2126-03-03">Change nothing',
        "Press the time that they want. The time moves there at once. We tell the citizen at once.",
        "These times are at the same place.",
        'value="slot-1" autofocus>',
    ):
        assert text in page
    assert 'href="/desk">Change nothing' in await shown(f"/day/{ID}/move/desk", known(), THERE)


async def test_who_gets_no_messages_is_told_and_other_places_are_called_so() -> None:
    page = await shown(f"/day/{ID}/move/calls", known(citizen=LANDLINE, state="displaced"), AGENDA)
    for text in ("the time is gone", "gets no messages: tell them", "tel:+35881234567", "These are at other places."):
        assert text in page
    assert "We tell the citizen" not in page


async def test_whose_details_may_not_be_disclosed_is_not_named() -> None:
    for path in ("move", "moved"):
        page = await shown(f"/day/{ID}/{path}/desk", known(non_disclosure=True, citizen=LANDLINE), THERE)
        assert "Eino" not in page
        assert "81234567" not in page


async def test_what_is_over_is_not_moved() -> None:
    async with pages(answers(known(state="cancelled")), **STAFF) as browser:
        answer = await browser.get(f"/day/{ID}/move/day")
    assert answer.headers["location"] == "/day?date=2126-03-03"


@pytest.mark.parametrize(
    ("origin", "sent"), [("calls", ["move", 'told "7"']), ("desk", ["move", 'told "7"']), ("day", ["move"])]
)
async def test_with_whom_one_speaks_knows_the_new_time(origin: str, sent: list[str]) -> None:
    done, asked = await moved(origin, ("POST", "/move", ok(visit(sequence=7))), ("POST", "/told", ok(visit())))
    assert done.headers["location"] == f"/day/{ID}/moved/{origin}?date=2126-03-03"
    assert asked == sent


async def test_a_time_is_needed_and_one_that_was_taken_meanwhile_is_said() -> None:
    async with pages(answers(known(), THERE), **STAFF) as browser:
        missing = await browser.post(f"/day/{ID}/move/day", params=ENGLISH)
    taken = problem("taken", 409, title="It is taken", detail="Choose another.")
    done, _ = await moved("day", known(), THERE, ("POST", "/move", taken))
    assert (missing.status_code, "Choose a time." in missing.text) == (422, True)
    assert (done.status_code, "Choose another." in done.text, "Aili" in done.text) == (409, True, True)
    assert 'value="slot-1" autofocus' not in done.text  # the error is


@pytest.mark.parametrize(
    ("origin", "citizen", "told", "back"),
    [
        ("day", LANDLINE, "gets no messages: tell them the new time.", "/day?date=2126-03-01"),
        ("desk", LANDLINE, "It is saved that they know the new time.", "/desk"),
        ("calls", LANDLINE, "It is saved that they know the new time.", "/calls"),
        ("desk", LANDLINE | {"phone": "+358401234567"}, "We tell the citizen at once.", "/desk"),
    ],
)
async def test_the_new_time_and_the_code_word_are_read_aloud(
    origin: str, citizen: dict[str, str], told: str, back: str
) -> None:
    async with pages(answers(known(citizen=citizen)), **STAFF) as browser:
        page = (await browser.get(f"/day/{ID}/moved/{origin}", params={"date": "2126-03-01", **ENGLISH})).text
    shown_aloud = ("Eino", "Sunday 3 March 2126 09:00–09:30", "Kirjasto", "koivu", "Åsa")
    for text in (*shown_aloud, told, f'href="{back}">Back', f'href="/desk/slip/{ID}"'):
        assert text in page


async def test_what_is_a_colleague_s_now_is_said_on_the_day_s_list() -> None:
    gone = problem("not-found", 404)
    done, _ = await moved("desk", ("POST", "/move", ok(visit())), ("POST", "/told", gone))
    async with pages(answers(("GET", f"/appointments/{ID}", gone)), **TUTOR) as browser:
        answer = await browser.get(done.headers["location"])
    assert answer.headers["location"] == "/day?date=2126-03-03&reassigned=1"
