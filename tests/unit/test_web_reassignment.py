"""A visit that is handed to a colleague, with a booking that answers what a test says."""

import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import ENGLISH, access_token, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
TUTOR = {ACCESS_COOKIE: access_token("tutor"), REFRESH_COOKIE: "mine"}
VISIT = appointment(sequence=3)
LEENA, PEKKA = (
    {"id": str(uuid.UUID(int=number)), "display_name": name} for number, name in ((8, "Leena"), (9, "Pekka"))
)
ADDRESS = f"/day/{VISIT['id']}/reassignment"
SENT = {"to": LEENA["id"], "version": "3", "date": "2126-03-03", "nonce": "n"}


Known = tuple[str, str, httpx2.Response]


def could(*tutors: dict[str, str], visits: tuple[dict[str, object], ...] = (VISIT,)) -> tuple[Known, Known]:
    """What booking answers of who could take over, and of the day; another visit of the day stays."""
    found = {"start": VISIT["start"], "tutors": tutors, "appointments": [each["id"] for each in visits]}
    others = appointment(citizen={"name": "Somebody Else", "phone": "+358401234567", "language": "fi"})
    return ("GET", "/reassignment", ok(found)), ("GET", "/appointments", ok({"items": [*visits, others]}))


async def shown(*tutors: dict[str, str], visits: tuple[dict[str, object], ...] = (VISIT,)) -> str:
    async with pages(answers(*could(*tutors, visits=visits)), **TUTOR) as browser:
        page = await browser.get(ADDRESS, params=ENGLISH)
    assert (page.status_code, "Somebody Else" in page.text) == (200, False)
    return " ".join(page.text.split())


async def test_who_is_free_is_chosen_and_what_the_citizen_is_told_is_read_first() -> None:
    page = await shown(LEENA, PEKKA)
    for text in (
        "3 March 2126 09:00–09:30",
        "Leena",
        "Pekka",
        "Aili: gets a message at once",
        'name="version" value="3"',
    ):
        assert text in page
    assert "checked" not in page  # of two, none is chosen for them
    assert f'value="{LEENA["id"]}" required checked>' in await shown(LEENA)


@pytest.mark.parametrize(
    ("citizen", "told"),
    [
        ({"name": "Aili", "phone": "+35888511234", "language": "fi"}, "gets no messages."),
        ({"name": "Aili", "unreachable": True, "language": "fi"}, "nobody can tell this person of it"),
    ],
)
async def test_whom_no_message_reaches_is_named_with_a_number_to_call(citizen: dict[str, object], told: str) -> None:
    page = await shown(LEENA, visits=(VISIT, appointment(citizen=citizen)))
    assert f"Aili: <strong>{told}" in page
    assert ('href="tel:+35888511234"' in page) == ("phone" in citizen)


async def test_who_may_not_be_named_is_not() -> None:
    page = await shown(LEENA, visits=(VISIT | {"citizen": None, "non_disclosure": True},))
    assert "The citizen: gets a message" in page


async def test_when_nobody_is_free_it_says_what_else_can_be_done() -> None:
    page = await shown()
    away = "/absences?from=2126-03-03&amp;until=2126-03-03&amp;from_time=09%3A00&amp;to_time=09%3A30"
    for text in ("Nobody else is free then", f'href="{away}"', 'href="/day?date=2126-03-03"'):
        assert text in page
    assert "<button" not in page.partition("<main")[2].partition("</main>")[0]
    async with pages(answers(), **TUTOR) as browser:
        form = (await browser.get(away.replace("&amp;", "&"))).text
    for value in ("2126-03-03", "09:00", "09:30"):
        assert f'value="{value}"' in form


async def test_it_is_handed_over_as_it_was_seen() -> None:
    asked: list[httpx2.Request] = []
    listed = ("GET", "/appointments", ok({"items": [VISIT]}))
    async with pages(answers(("POST", "/reassignment", ok(VISIT)), listed, asked=asked), **TUTOR) as browser:
        done = await browser.post(ADDRESS, data=SENT)
        again = await browser.post(ADDRESS, data=SENT)
        told = (await browser.get(f"{done.headers['location']}&lang=en")).text
    [first, second] = [each for each in asked if each.method == "POST"]
    assert (json.loads(first.content), first.headers["if-match"]) == ({"tutor_id": LEENA["id"]}, '"3"')
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert done.headers["location"] == again.headers["location"] == "/day?date=2126-03-03&reassigned=1"
    assert "The visit has another helper now." in told


@pytest.mark.parametrize(
    ("sent", "refused", "status", "told"),
    [
        (SENT, problem("nobody-else", 409, alternatives=[]), 409, "This helper is not free any more."),
        (SENT, problem("changed-meanwhile", 412), 412, "The visit was changed meanwhile"),
        (SENT | {"to": ""}, ok({}), 422, "Choose who helps instead."),
    ],
)
async def test_what_cannot_be_handed_over_is_said_beside_who_is_free_now(
    sent: dict[str, str], refused: httpx2.Response, status: int, told: str
) -> None:
    async with pages(answers(("POST", "/reassignment", refused), *could(PEKKA)), **TUTOR) as browser:
        page = await browser.post(ADDRESS, params=ENGLISH, data=sent)
    assert (page.status_code, told in page.text, "Pekka" in page.text) == (status, True, True)


async def test_what_is_a_colleagues_already_is_said_to_be_theirs_and_what_cannot_be_done_is_a_problem() -> None:
    for refused, status in ((problem("not-found", 404), 303), (problem("wrong-state", 409), 409)):
        async with pages(answers(("POST", "/reassignment", refused), *could(PEKKA)), **TUTOR) as browser:
            page = await browser.post(ADDRESS, params=ENGLISH, data=SENT)
        assert (page.status_code, "Pekka" in page.text) == (status, False)


async def test_only_a_visit_to_come_is_handed_over() -> None:
    for more, offered in (({}, True), ({"state": "displaced"}, False), ({"start": "2026-01-01T09:00:00Z"}, False)):
        day = answers(("GET", "/appointments", ok({"items": [VISIT | more]})))
        async with pages(day, **TUTOR) as browser:
            page = (await browser.get("/day", params={"date": "2126-03-03"})).text
        assert (f'href="{ADDRESS}"' in page) == offered


async def test_what_is_moved_at_that_moment_leads_to_its_day() -> None:
    who, _listed = could(LEENA)
    async with pages(answers(who, ("GET", "/appointments", ok({"items": []}))), **TUTOR) as browser:
        page = await browser.get(ADDRESS)
    assert page.headers["location"] == "/day?date=2126-03-03"
