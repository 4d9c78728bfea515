"""What a citizen does once they have booked, without scripts, on a phone and on a desk: prints it, has it sent again,
adds it to a calendar."""

import secrets

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.browser.steps import sheets
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
A4, A5, A6, RECEIPT = ("210mm", "297mm"), ("148mm", "210mm"), ("105mm", "148mm"), ("80mm", "400mm")
SHEETS = {A4: 1, A5: 1, A6: 2, RECEIPT: 1}
"""How many sheets of each size a slip may take."""


def booked(page: Page, installation: Installation, **how: str) -> None:
    """The page of a visit of somebody who is reached so, as it is right after booking."""
    slot = next(slot for slot in installation.slots() if slot["channel"] == "on_site")
    citizen = {"name": "Aili Mäkelä", "language": "fi", **how}
    body = {"slot_id": slot["id"], "topic": "e-services", "citizen": citizen}
    made = installation.http.post("/api/booking/v1/appointments", json=body)
    assert made.status_code == 201, made.text
    page.goto(f"{made.json()['manage_url']}?booked=1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")


def test_a_landline_is_promised_nothing_and_prints_a_slip_on_one_small_sheet(
    page: Page, installation: Installation
) -> None:
    booked(page, installation, phone=f"08 123 {secrets.randbelow(9000) + 1000}")
    expect(page.get_by_role("main")).to_contain_text("Siksi et saa meiltä viestiä")
    word = page.locator(".word").inner_text()
    page.get_by_role("link", name="Tulosta muistilappu").click()
    page.emulate_media(media="print")
    for part in ("Aili Mäkelä", "Esimerkkitie", "08 000 0000", "Ota mukaan", word):
        expect(page.locator(".slip")).to_contain_text(part)
    for hidden in (
        page.get_by_text("Tulosta sivu selaimen valikosta"),
        page.locator("header nav"),
        page.locator("footer"),
    ):
        expect(hidden).not_to_be_visible()
    expect(page.locator("button:visible")).to_have_count(0)
    for (width, height), most in SHEETS.items():
        assert sheets(page, width, height) <= most, (width, height)


def test_the_message_comes_again_and_the_time_goes_into_a_calendar(page: Page, installation: Installation) -> None:
    email = f"kadonnut-{secrets.token_hex(4)}@example.fi"
    booked(page, installation, email=email)
    eventually(lambda: installation.mails(email))
    page.get_by_role("button", name="Lähetä viesti uudelleen").click()
    expect(page.get_by_role("status")).to_contain_text("Lähetimme viestin uudelleen")
    first, again = eventually(lambda: mails if len(mails := installation.mails(email)) == 2 else None)
    assert first["text"] == again["text"]
    link = page.get_by_role("link", name="Lisää kalenteriin").get_attribute("href") or ""
    [event] = Calendar.from_ical(installation.http.get(link).content).walk("VEVENT")
    assert str(event["SUMMARY"]).startswith("Digituki, auttajana ")
