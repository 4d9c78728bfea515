"""Nothing typed is lost by choosing another language: on each page with a form that a citizen fills in, it is a button
of that form, and the page that it leads to has all of it."""

import httpx2
import pytest

from tests.unit.test_web_own_details import DATA, waiting
from tests.unit.web_pages import ENGLISH, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
OVER = {"start": "2026-03-03T09:00:00+02:00", "end": "2026-03-03T09:30:00+02:00"}
TYPED = {"name": "Aili Uusi", "words": "Kiitos avusta", "phone": "12"}


@pytest.mark.parametrize(
    ("page", "to", "kept"),
    [
        ("/", "/find", "Kiitos avusta"),
        ("/a/key/details", "/a/key/details", "Aili Uusi"),
        ("/w/key/details", "/w/key/details", "Aili Uusi"),
        ("/a/key/feedback", "/a/key/feedback", "Kiitos avusta"),
    ],
)
async def test_another_language_is_a_button_of_the_form_and_keeps_what_was_typed(page: str, to: str, kept: str) -> None:
    asked: list[httpx2.Request] = []
    nothing_said = ("GET", "/feedback", problem("not-found", 404))
    mine = [("GET", "/waitlist/mine", ok(waiting())), ("GET", "/mine", ok(appointment(**OVER)))]
    async with pages(answers(DATA, nothing_said, *mine, asked=asked)) as browser:
        first = (await browser.get(page, params={"lang": "fi"})).text
        other = await browser.post(to, params=ENGLISH, data={**TYPED, "do": "language"})
    assert f'formaction="{to}?lang=en"' in first
    assert 'hreflang="en" href' not in first.partition("<body>")[2]
    assert (other.status_code, other.headers["content-language"]) == (200, "en")
    assert kept in other.text
    assert {each.method for each in asked} == {"GET"}
