"""Who has a time already is told so before they book another, and nobody else is told of it."""

import uuid
from typing import Any

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from services.web.pages.earlier_times import COOKIE, KEPT_SECONDS
from tests.unit.web_pages import ENGLISH, FORM, KEPT, Answer, access_token, answers, appointment, ok, pages

pytestmark = pytest.mark.anyio
AILI = {"name": "Aili", "phone": "040 123 4567", "nonce": "1"}
SAME_DAY = {"start": "2126-03-04T13:00:00+02:00", "end": "2126-03-04T13:30:00+02:00"}
ASKED = "You already have a time"


def having(asked: list[httpx2.Request] | None = None, **earlier: Any) -> Answer:
    """A time that is kept, and one that was booked before."""
    made = ok(appointment(manage_url="http://vuoro.test/a/new"), 201)
    return answers(
        KEPT,
        ("POST", "/appointments", made),
        ("POST", "/release", httpx2.Response(204)),
        ("GET", "/mine", ok(appointment(**earlier))),
        asked=asked,
    )


def making(**made: Any) -> Answer:
    """A booking that makes this."""
    new = ok(appointment(manage_url="http://vuoro.test/a/new", **made), 201)
    return answers(KEPT, ("POST", "/appointments", new))


async def answered(earlier: dict[str, Any], cookie: str = "old", **sent: str) -> httpx2.Response:
    async with pages(having(**earlier), **{COOKIE: cookie}) as browser:
        return await browser.post(FORM, data=AILI | sent, params=ENGLISH)


@pytest.mark.parametrize(
    ("earlier", "told"),
    [
        ({"topic": "computer", **SAME_DAY}, True),
        ({"topic": "e-services"}, True),  # on another day
        ({"topic": "computer"}, False),
        ({"topic": "e-services", "state": "cancelled"}, False),
        ({"topic": "e-services", "start": "2026-03-04T13:00:00+02:00", "end": "2026-03-04T13:30:00+02:00"}, False),
    ],
)
async def test_one_day_or_one_matter_is_told_before_it_books(earlier: dict[str, Any], told: bool) -> None:
    page = await answered(earlier)
    assert (page.status_code == 409, ASKED in page.text) == (told, told)
    assert ('href="/a/old"' in page.text) is told


@pytest.mark.parametrize(
    "sent", [{"name": "Eino"}, {"phone": "040 765 4321"}, {"phone": "", "email": "aili@example.fi"}]
)
async def test_who_is_somebody_else_hears_of_nothing(sent: dict[str, str]) -> None:
    assert (await answered({}, **sent)).status_code == 303


async def test_who_shows_no_key_hears_of_nothing_whatever_they_type() -> None:
    asked: list[httpx2.Request] = []
    async with pages(having(asked)) as browser:
        assert (await browser.post(FORM, data=AILI)).status_code == 303
    assert [each for each in asked if each.url.path.endswith("/mine")] == []


async def test_both_are_booked_on_purpose_by_one_press_or_the_new_one_is_given_back() -> None:
    assert (await answered({}, also="yes")).headers["location"] == "/a/new?booked=1"
    async with pages(having(), **{COOKIE: "old"}) as browser:
        enough = await browser.post(f"{FORM}/release", data={"earlier": "old"})
        elsewhere = await browser.post(f"{FORM}/release", data={"earlier": "/evil.example"})
    assert enough.headers["location"] == "/a/old"
    assert elsewhere.status_code == 422


async def test_the_keys_of_the_last_three_are_kept_for_a_while_where_no_script_or_other_site_reads_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VUORO_PUBLIC_URL", "https://vuoro.example")
    headers = {"Cookie": f"__Host-{COOKIE}=a.b.c.d", "Origin": "https://vuoro.example"}
    async with pages(having(topic="computer")) as browser:
        done = await browser.post(FORM, data=AILI, headers=headers)
    [said] = [each for each in done.headers.get_list("set-cookie") if COOKIE in each]
    name, *attributes = (each.strip().lower() for each in said.split(";"))
    assert name == f"__host-{COOKIE}=new.a.b"
    assert {"httponly", "secure", "samesite=strict", "path=/", f"max-age={KEPT_SECONDS}"} == set(attributes)


async def test_nothing_is_kept_at_a_desk_of_who_may_not_be_disclosed_or_of_whom_a_name_alone_would_open() -> None:
    staff = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}
    unreachable = {"name": "Aili", "language": "fi", "unreachable": True}
    for answer, cookies in ((having(), staff), (making(non_disclosure=True), {}), (making(citizen=unreachable), {})):
        async with pages(answer, **cookies) as browser:
            done = await browser.post(FORM, data=AILI | {"nonce": str(uuid.uuid4())})
        assert done.status_code == 303
        assert COOKIE not in " ".join(done.headers.get_list("set-cookie"))
