"""A tutor who signs in for the first time is led from an empty day to hours that can be booked."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import new_address
from tests.browser.test_journeys import sign_in
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
PYHÄNTÄ = "630"  # where nobody else helps: whoever takes the first time in Kuusamo takes one of the library


def test_a_new_tutor_tells_where_and_when_and_can_be_booked(each_page: Page, installation: Installation) -> None:
    page, email, name = each_page, new_address("uusi"), f"Kylätalo {secrets.token_hex(2)}"
    place = installation.make_place(PYHÄNTÄ, name, email=email)
    installation.confirm()
    headers = installation.sign_in(email)
    own_hours = "/api/booking/v1/availability"  # answered once booking has heard of them
    eventually(lambda: installation.http.get(own_hours, headers=headers).status_code == 200)

    sign_in(page, installation, email)
    expect(page.get_by_role("main")).to_contain_text("Kukaan ei voi varata sinulta aikaa ennen sitä.")
    page.get_by_role("link", name="Kerron aikani").click()
    me = page.locator("section", has=page.get_by_role("heading", name="Mitä asiakkaat näkevät sinusta"))
    for part in (
        "Kyllikki",
        "suomi",
        "Kela, vero, OmaKanta",
        "paikan päällä",
        f"Organisaatiosi korjaa sen. Kysy: {name}",
    ):
        expect(me).to_contain_text(part)
    expect(me).to_contain_text(email)  # by which they sign in
    page.get_by_role("link", name="Kerron aikani").click()
    page.get_by_label("Kunta").select_option(label="Pyhäntä")
    page.get_by_role("button", name="Näytä paikat").click()
    page.get_by_label("Paikka").select_option(label=name)
    for day in ("tiistai", "torstai"):
        page.get_by_label(day).check()
    page.get_by_role("button", name="Lisää nämä ajat").click()

    expect(page.get_by_role("status")).to_have_text("Muutoksesi on tallennettu.")
    for day in ("tiistai", "torstai"):
        expect(page.get_by_role("main")).to_contain_text(re.compile(rf"{day} 10\.00–14\.00\s*{name}"))
    expect(page.locator(".week rect")).to_have_count(2)
    assert {slot["service_point_id"] for slot in installation.slots(municipality=PYHÄNTÄ, tutor=place.tutor)} == {
        place.point
    }
