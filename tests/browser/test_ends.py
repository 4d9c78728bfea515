"""Those for whom it is hardest each reach an end that helps: what they read there, on a phone without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import BOOK, SEND, give_details, new_address, new_number, reading, seek, take
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def finnish(browser: Browser, installation: Installation) -> Iterator[Page]:
    with reading(browser, installation, "fi") as page:
        yield page


@pytest.fixture
def english(browser: Browser, installation: Installation) -> Iterator[Page]:
    with reading(browser, installation, "en") as page:
        yield page


def first_mail(installation: Installation, to: str) -> dict[str, Any]:
    return eventually(lambda: installation.mails(to))[0]


def shown(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_who_reads_only_english_is_helped_and_written_to_in_english(english: Page, installation: Installation) -> None:
    email = new_address()
    seek(english)
    english.locator("details:has(#language) > summary").click()
    english.locator("#language").select_option("en")
    english.locator("form:has(#language) > button").click()
    take(english)
    give_details(english, email=email)
    shown(english, "Your time is booked")
    language = english.locator("dl.card dt:text-matches('^Languages? of help$') + dd")
    expect(language).to_contain_text("English")
    expect(language).not_to_contain_text("does not speak")
    expect(english.locator("dl.card")).to_contain_text("You sign in yourself.")
    message = first_mail(installation, email)["text"]
    assert "Your time is booked" in message
    link = re.search(r"http\S+/a/\S+", message)
    assert link
    english.goto(link[0])
    shown(english, "Your time")


def test_where_nobody_speaks_english_it_is_told_before_one_goes_there(
    english: Page, installation: Installation
) -> None:
    speak = {slot["id"] for slot in installation.slots(language="en", limit=100)}
    slot = next(slot["id"] for slot in installation.slots(channel="on_site", limit=100) if slot["id"] not in speak)
    booked = installation.book(slot, language="en")
    english.goto(booked.json()["manage_url"])
    language = english.locator("dl.card dt:text-matches('^Languages? of help$') + dd")
    expect(language).to_contain_text("does not speak your language")
    expect(language).to_contain_text("may interpret")
    english.goto("/times?topic=e-services&municipality=305&language=sv")
    expect(english.get_by_role("main")).to_contain_text("Oulu")


def test_who_has_a_landline_only_leaves_with_a_slip_and_a_number_to_call(finnish: Page) -> None:
    seek(finnish)
    take(finnish)
    finnish.locator("#name").fill("Aili Mäkelä")
    finnish.locator("#phone").fill(new_number("08 851"))
    finnish.locator(BOOK).click()
    expect(finnish.get_by_role("alert")).to_contain_text("Tähän numeroon emme voi lähettää tekstiviestiä.")
    finnish.get_by_role("button", name="Varaa ilman viestejä").click()
    shown(finnish, "Aikasi on varattu")
    expect(finnish.get_by_role("main")).to_contain_text("Siksi et saa meiltä viestiä")
    expect(finnish.get_by_role("main")).not_to_contain_text("Lähetimme sinulle")
    word, when = finnish.locator(".word").inner_text(), finnish.locator("dl.card strong").first.text_content()
    assert when
    expect(finnish.locator("dl.card a[href^='tel:']")).to_be_visible()
    finnish.locator("a[href$='/slip']").click()
    for part in (word, when, "Esimerkkitie", "08 000 0000", "Aili Mäkelä"):
        expect(finnish.locator(".slip")).to_contain_text(part)


def test_who_books_for_their_mother_gets_the_messages_and_the_helper_knows(
    finnish: Page, installation: Installation
) -> None:
    mine = new_address("tytar")
    seek(finnish)
    take(finnish)
    finnish.locator("input[name=for_other][value=yes]").check()
    give_details(finnish, "Helmi Mäkelä", email=mine)
    shown(finnish, "Aikasi on varattu")
    expect(finnish.get_by_role("main")).to_contain_text("ty…@example.fi")
    link = re.search(r"http\S+/a/\S+", first_mail(installation, mine)["text"])
    assert link
    finnish.goto(link[0])
    finnish.locator("a[href$='/details']").click()
    expect(finnish.locator("dl.card")).to_contain_text("Helmi Mäkelä")
    expect(finnish.locator("dl.card")).to_contain_text("Joku muu on varannut ajan")  # as the helper reads it
    finnish.go_back()
    finnish.locator("a[href$='/slip']").click()
    expect(finnish.locator(".slip")).to_contain_text("Helmi Mäkelä")


def test_who_lost_the_link_and_cannot_open_links_cancels_by_the_code(finnish: Page, installation: Installation) -> None:
    email = new_address()
    booked = installation.book(installation.slots(channel="on_site", limit=60)[-1]["id"], email=email).json()
    finnish.goto("/")
    finnish.locator("a[href='/lost']").click()
    finnish.locator("#contact").fill(email)
    finnish.locator(SEND).click()
    message = eventually(
        lambda: [mail for mail in installation.mails(email) if mail["subject"] == "Linkit varauksiisi digitukeen"]
    )
    code = re.search(r": (\d{6})\.", message[0]["text"])
    assert code
    finnish.locator("#code").fill(code[1])
    finnish.locator(SEND).click()
    finnish.locator("article a.button").click()
    expect(finnish.locator(".word")).to_have_text(booked["code_word"])
    finnish.locator("details:has(button.danger) > summary").click()
    finnish.locator("button.danger").click()
    shown(finnish, "Tämä aika on peruttu")


def test_who_lost_the_link_and_has_a_landline_is_told_whom_to_call(finnish: Page) -> None:
    finnish.goto("/lost")
    finnish.locator("#contact").fill("08 851 1234")
    finnish.locator(SEND).click()
    expect(finnish.get_by_role("main")).to_contain_text("Emme voi lähettää tekstiviestejä tähän numeroon")
    expect(finnish.get_by_role("main")).to_contain_text("Voit myös soittaa")


def test_who_lives_where_nobody_helps_books_at_the_nearest_place(finnish: Page) -> None:
    seek(finnish, "614")  # Posio
    expect(finnish.get_by_role("main")).to_contain_text(re.compile(r"\d+ km"))
    finnish.locator("main a.button[href*='municipality=305']").click()
    take(finnish)
    give_details(finnish, email=new_address())
    shown(finnish, "Aikasi on varattu")
    expect(finnish.locator("dl.card")).to_contain_text("Kuusamo")


def test_who_lives_where_nobody_helps_near_or_by_phone_is_told_whom_to_ask(finnish: Page) -> None:
    seek(finnish, "091")  # Helsinki, of another region
    expect(finnish.locator("button.time")).to_have_count(0)
    for text in ("Täältä ei saa apua tähän asiaan", "Soita kuntaasi tai kirjastoon"):
        expect(finnish.get_by_role("main")).to_contain_text(text)
    expect(finnish.locator("main a[href^='/?topic=e-services']").last).to_be_visible()
