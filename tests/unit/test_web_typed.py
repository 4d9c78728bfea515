"""Slips of the finger in numbers and addresses are told, or asked back once, before somebody books."""

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.web.forms.typed import TOO_LONG, TOO_SHORT, WELL_KNOWN, meant_address, wrong_length
from tests.unit.web_pages import ENGLISH, FORM, KEPT, answers, appointment, ok, pages

pytestmark = pytest.mark.anyio
AILI = {"name": "Aili", "nonce": "1"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("aili@gmial.com", "aili@gmail.com"),
        ("aili@gmail.con", "aili@gmail.com"),
        ("aili@gmail", "aili@gmail.com"),
        ("aili@gmail.fi", "aili@gmail.com"),
        ("aili@hotmial.com", "aili@hotmail.com"),
        ("aili@Outlok.com ", "aili@outlook.com"),
        ("aili@luuku.com", "aili@luukku.com"),
        ("aili@luukku.fi", "aili@luukku.com"),
        ("aili@saunlahti.fi", "aili@saunalahti.fi"),
        ("aili@hotmail.fi", None),
        ("aili@mail.com", None),
        ("aili@kuusamo.fi", None),
        ("aili@example.fi", None),
        ("gmial.com", None),
        ("", None),
    ],
)
def test_a_well_known_domain_that_is_one_slip_away_was_meant(typed: str, meant: str | None) -> None:
    assert meant_address(typed) == meant


@given(name=st.from_regex(r"[a-z]{1,10}", fullmatch=True), domain=st.sampled_from(WELL_KNOWN))
def test_who_writes_a_well_known_domain_right_is_asked_nothing(name: str, domain: str) -> None:
    assert meant_address(f"{name}@{domain}") is None


@given(domain=st.sampled_from(WELL_KNOWN), at=st.integers(0, 5))
def test_what_was_meant_is_never_asked_again(domain: str, at: int) -> None:
    slip = domain[:at] + domain[at + 1 :]
    meant = meant_address(f"aili@{slip}")
    assert meant is None or meant_address(meant) is None


@pytest.mark.parametrize(
    ("number", "text", "digits"),
    [
        ("040 123 45", TOO_SHORT, 8),
        ("+358 40 123 4", TOO_SHORT, 7),
        ("050 12345", TOO_SHORT, 8),
        ("040 123 456 789", TOO_LONG, 12),
        ("08 123 456 789 012", TOO_LONG, 14),
        ("040 685 404", None, 0),
        ("0457 123 4567", None, 0),
        ("050 123 4567", None, 0),
        ("08 8851 1234", None, 0),
        ("+46 70 123 45 67", None, 0),
        ("+46 70 123", TOO_SHORT, 5),
        ("12", None, 0),
        ("my number", None, 0),
        ("", None, 0),
    ],
)
def test_what_is_wrong_with_a_number_s_length(number: str, text: str | None, digits: int) -> None:
    found = wrong_length(number)
    assert (found.text if found else None) == text
    if found and digits:
        assert found.digits == digits


def booking(asked: list[httpx2.Request]) -> Any:
    made = ok(appointment(manage_url="http://vuoro.test/a/key"), 201)
    return answers(KEPT, ("POST", "/appointments", made), asked=asked)


def booked_with(asked: list[httpx2.Request]) -> list[dict[str, Any]]:
    return [json.loads(each.content)["citizen"] for each in asked if each.method == "POST"]


@pytest.mark.parametrize("right", ["aili@gmail.com", "aili@gmial.com"])
async def test_an_address_is_asked_back_once_and_one_press_books(right: str) -> None:
    asked: list[httpx2.Request] = []
    wrong = AILI | {"email": "aili@gmial.com"}
    async with pages(booking(asked)) as browser:
        page = await browser.post(FORM, data=wrong, params=ENGLISH)
        assert page.status_code == 422
        assert booked_with(asked) == []
        assert f'name="email_is" value="{right}"' in page.text
        again = await browser.post(FORM, data=wrong | {"email_is": right, "name": " "})
        assert f'name="kept_email" value="{right}"' in again.text
        done = await browser.post(FORM, data=AILI | {"email": right, "kept_email": right})
    assert done.status_code == 303
    assert [each["email"] for each in booked_with(asked)] == [right]


async def test_a_landline_is_told_that_it_gets_no_text_and_is_booked_on_purpose() -> None:
    asked: list[httpx2.Request] = []
    landline = AILI | {"phone": "08 8851 1234"}
    async with pages(booking(asked)) as browser:
        page = await browser.post(FORM, data=landline, params=ENGLISH)
        assert "We cannot text this number. The helper can call it." in page.text
        assert booked_with(asked) == []
        for known in ({"without_messages": "yes"}, {"email": "aili@example.fi"}):
            assert (await browser.post(FORM, data=landline | known)).status_code == 303
    assert len(booked_with(asked)) == 2


async def test_a_number_of_a_wrong_length_says_how_long_it_is() -> None:
    asked: list[httpx2.Request] = []
    async with pages(booking(asked)) as browser:
        page = await browser.post(FORM, data=AILI | {"phone": "040 123 45"}, params=ENGLISH)
    assert 'id="phone-error">This number is too short: it has 8 digits. A mobile number usually has 10.' in page.text
    assert booked_with(asked) == []


async def test_a_number_and_an_address_that_are_wrong_are_told_at_once() -> None:
    asked: list[httpx2.Request] = []
    async with pages(booking(asked)) as browser:
        slips = {"name": " ", "phone": "040 123 45", "email": "aili"}
        page = await browser.post(FORM, data=AILI | slips, params={"lang": "fi"})
    for field, text in (
        ("name", "Kirjoita nimi"),
        ("phone", "Numero on liian lyhyt"),
        ("email", "Tämä ei ole sähköposti"),
    ):
        assert f'id="{field}-error">{text}' in page.text
    assert booked_with(asked) == []


async def test_enter_in_a_field_presses_the_button_that_books_whatever_else_there_is() -> None:
    """A browser presses the first button of a form in the whole page: not another language, nor another time."""
    async with pages(booking([])) as browser:
        page = (await browser.post(FORM, data=AILI | {"email": "aili@gmial.com"}, params=ENGLISH)).text
    first = min(page.index('form="booking"'), page.index('<form id="booking"'))
    button = page[page.rindex("<", 0, first) : page.index(">", first)]
    assert button.startswith("<button")
    assert "name=" not in button
