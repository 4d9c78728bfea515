"""The form that books a time, in each way that people fill it in."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import BOOK, give_details, new_address, reading, seek, sheets, take
from tests.installation import Installation

pytestmark = pytest.mark.browser


def open_form(page: Page) -> None:
    """The form of a time at a library."""
    seek(page)
    take(page)


def test_who_has_neither_phone_nor_e_mail_leaves_with_a_slip(page: Page) -> None:
    open_form(page)
    form = page.url
    page.locator("#name").fill("Tyyne Aho")
    page.locator(BOOK).click()
    expect(page.get_by_role("alert")).to_contain_text("Anna puhelinnumero tai sähköpostiosoite")
    page.locator("summary", has_text="Minulla ei ole kumpaakaan").click()
    expect(page.get_by_text("Kukaan ei voi kertoa sinulle muutoksista.")).to_be_visible()
    page.get_by_label("Minulla ei ole kumpaakaan, enkä saa viestejä").check()
    page.locator(BOOK).click()
    page.wait_for_url("**/slip?booked=1")
    expect(page.get_by_role("status")).to_contain_text("Aikasi on varattu")
    assert len(page.locator(".word").inner_text()) > 1
    page.emulate_media(media="print")
    for part in ("Tyyne Aho", "08 000 0000", "Kysy ennen kuin tulet"):
        expect(page.locator(".slip")).to_contain_text(part)
    assert sheets(page, "148mm", "210mm") == 1
    page.goto(form)  # it is booked: nothing is booked again
    page.wait_for_url("**/slip?booked=1")


def test_by_phone_there_is_no_such_choice(browser: Browser, installation: Installation) -> None:
    with reading(browser, installation, "en") as page:
        seek(page)
        page.goto(f"{page.url}&channel=phone")
        take(page)
        expect(page.get_by_role("main")).to_contain_text("The helper calls you. So we need your phone number.")
        expect(page.get_by_text("I have neither")).to_have_count(0)


def test_a_slip_in_the_address_is_asked_back_once_and_enter_never_books_it(page: Page) -> None:
    open_form(page)
    page.locator("#name").fill("Aili Mäkelä")
    page.locator("#email").fill("aili@gmial.com")
    for _ in range(2):  # Enter in a field asks again, and takes neither answer
        page.locator("#email").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Onko sähköpostiosoitteesi oikein?")
    page.get_by_role("button", name="Kyllä, varaa osoitteella aili@gmail.com").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    expect(page.get_by_role("main")).to_contain_text("ai…@gmail.com")


def test_the_same_person_twice_is_told_so_and_books_both_on_purpose(page: Page) -> None:
    def fill_in() -> None:
        open_form(page)
        page.locator("#name").fill("Aili Kaksi")
        page.locator("#phone").fill("040 685 404")
        page.locator(BOOK).click()

    fill_in()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    booked = page.url.partition("?")[0]
    fill_in()
    expect(page.get_by_role("alert")).to_contain_text("Sinulla on jo aika")
    page.locator("#name").press("Enter")  # Enter asks again, and does not take an answer
    expect(page.get_by_role("alert")).to_contain_text("Sinulla on jo aika")
    page.get_by_role("button", name="Ei, aiempi aika riittää").click()
    page.wait_for_url(booked)
    fill_in()
    page.get_by_role("button", name="Kyllä, varaa myös tämä aika").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    assert page.url.partition("?")[0] != booked


def test_who_gets_no_answer_loses_nothing_and_is_booked_once(page: Page, installation: Installation) -> None:
    """The service hangs while the form is sent."""
    open_form(page)
    page.locator("#name").fill("Aili Odottaja")
    page.locator("#email").fill(new_address())
    page.locator("#note").fill("Kelan hakemus\nja salasana")
    booking = installation.child("services.booking api")
    booking.suspend()
    try:
        page.locator(BOOK).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Emme tiedä vielä, tallentuivatko tiedot")
    finally:
        booking.resume()
    page.get_by_role("button", name="Tarkista nyt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    page.get_by_role("link", name="Katso, korjaa tai poista tietosi").click()
    expect(page.locator("dl.card")).to_contain_text("Kelan hakemus")


def test_after_booking_back_leads_to_what_is_booked(browser: Browser, installation: Installation) -> None:
    """With scripts, as most have them: the form from before is not there to be sent once more."""
    with reading(browser, installation, "sv", scripts=True) as page:
        open_form(page)
        give_details(page, "Aili Tillbaka", email=new_address())
        booked = page.url.partition("?")[0]
        page.go_back()
        page.wait_for_url(f"{booked}*")
        expect(page.get_by_role("heading", level=1)).to_have_text("Din tid är bokad")
