"""The list of a day that a tutor keeps on their phone: who may keep which, and what erases it."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.web.kept_day import AHEAD, KEEPER_COOKIE, KEEPER_SECONDS, may_be_kept
from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from shared.clock import FINLAND
from tests.unit.web_pages import ENGLISH, access_token, answers, appointment, ok, pages

pytestmark = pytest.mark.anyio
ME, OTHER = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
CLEAR = "clear-site-data"


TUTOR = {ACCESS_COOKIE: access_token("tutor", tutor_id=ME), REFRESH_COOKIE: "mine"}
STAFF = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}
NOTHING = answers(
    ("GET", "/appointments", ok({"items": []})),
    ("GET", "/availability", ok({"items": []})),
    ("POST", "/revoke", ok({})),
)


def on_day(days: int) -> dict[str, str]:
    """So many days from today, on the installation's wall clock."""
    return {"date": str(dt.datetime.now(FINLAND).date() + dt.timedelta(days)), **ENGLISH}


@given(st.dates(dt.date(2000, 1, 2), dt.date(2100, 1, 1)), st.integers(-400, 400))
def test_today_and_a_week_ahead_may_be_kept(today: dt.date, days: int) -> None:
    assert may_be_kept(today + dt.timedelta(days), today) == (days in range(8))


def test_who_keeps_it_is_remembered_for_as_long_as_the_last_day_lasts() -> None:
    assert dt.timedelta(seconds=KEEPER_SECONDS) == AHEAD + dt.timedelta(days=1)


async def test_a_list_that_is_kept_says_of_when_it_is_and_asks_for_nothing_that_needs_network() -> None:
    begun = appointment(citizen={"name": "Aili", "phone": "+358401234567", "language": "sv"})
    hidden = appointment(citizen=None, code_word="kuikka", non_disclosure=True)
    day = answers(("GET", "/appointments", ok({"items": [begun, hidden]})))
    async with pages(day, **TUTOR) as browser:
        answer = await browser.get("/day/kept", params=on_day(1))
    assert answer.headers["cache-control"] == "no-store"
    assert f"{KEEPER_COOKIE}={ME}" in answer.headers["set-cookie"]
    assert "This is the list as it was on" in answer.text
    assert answer.text.count("How did the visit end?") == 2
    for away in ("Sign out", "Cancel this time", "Book for somebody", 'type="date"'):
        assert away not in answer.text


@pytest.mark.parametrize("days", [-1, 8])
async def test_no_other_day_is_kept(days: int) -> None:
    async with pages(NOTHING, **TUTOR) as browser:
        assert (await browser.get("/day/kept", params=on_day(days))).status_code == 404
        listed = (await browser.get("/day", params=on_day(days))).text
    assert "Keep this day" not in listed
    assert f'data-keeper="{ME}"' in listed  # what is marked of that day may have to wait, too


async def test_only_a_tutor_keeps_a_day() -> None:
    async with pages(NOTHING, **STAFF) as browser:
        assert (await browser.get("/day/kept", params=on_day(0))).status_code == 404
        listed = (await browser.get("/day", params=on_day(0))).text
    assert "Keep this day" not in listed
    assert "<script" not in listed


async def test_signing_out_erases_what_is_kept() -> None:
    async with pages(NOTHING, **TUTOR) as browser:
        answer = await browser.post("/sign-out")
    assert answer.headers[CLEAR] == '"cache", "storage"'


@pytest.mark.parametrize(
    ("keeper", "who", "erased"),
    [
        (ME, TUTOR, False),
        (OTHER, TUTOR, True),
        (ME, STAFF, True),
        ("", TUTOR, False),
    ],
)
async def test_a_sign_in_erases_what_somebody_else_keeps(keeper: str, who: dict[str, str], *, erased: bool) -> None:
    login = {"access_token": who[ACCESS_COOKIE], "token_type": "Bearer", "expires_in": 600}
    service = answers(("POST", "/login", ok(login, 201)))
    async with pages(service, **({KEEPER_COOKIE: keeper} if keeper else {})) as browser:
        answer = await browser.post(f"/sign-in/{uuid.uuid4()}", data={"code": "123456"})
    assert (answer.status_code, CLEAR in answer.headers) == (303, erased)


async def test_the_worker_may_do_what_it_is_for() -> None:
    async with pages() as browser:
        worker, script = [await browser.get(f"/static/{name}") for name in ("day-worker.js", "near.js")]
    assert worker.headers["service-worker-allowed"] == "/day"
    assert "connect-src 'self'" in worker.headers["content-security-policy"]
    assert "service-worker-allowed" not in script.headers
    assert "connect-src" not in script.headers["content-security-policy"]
