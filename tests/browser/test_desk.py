"""A day at the desk of a service point: somebody who is here, somebody on the phone, a lost slip, an ill tutor."""

import datetime as dt
import re
import secrets
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import BOOK, new_address, new_number, sheets
from tests.browser.test_journeys import sign_in
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
HERE = "889"  # where nobody else helps
MOST_IN_A_DAY = 20


@dataclass(frozen=True)
class Desk:
    """A service point with one tutor, who helps there every day, and the address of its staff."""

    name: str
    point: str
    staff: str


@pytest.fixture
def desk(installation: Installation) -> Desk:
    name, tutor, staff = f"Kylätalo {secrets.token_hex(2)}", new_address("tuutori"), new_address("tiski")
    place = installation.make_place(HERE, name, email=tutor)
    headers = installation.open_place(place, tutor)
    for weekday in (1, 3, 4, 5, 6, 7):
        hours = {"weekday": weekday, "from": "08:00", "to": "20:00", "service_point_id": place.point}
        installation.http.post("/api/booking/v1/availability", json=hours, headers=headers).raise_for_status()
    point = installation.http.get(f"/api/providers/v1/service-points/{place.point}").json()
    role = {"role": "staff", "organisation_id": point["organisation_id"], "service_point_id": place.point}
    person = {"region": "17", "email": staff, "roles": [role]}
    made = installation.http.post("/api/providers/v1/people", json=person, headers=installation.as_coordinator())
    assert made.status_code == 201, made.text
    installation.confirm()
    asked = {"municipality": HERE, "service_point": place.point}
    eventually(lambda: installation.slots(**asked))
    return Desk(name, place.point, staff)


def book(page: Page, desk: Desk) -> None:
    """From the desk to the form, at its own place."""
    page.get_by_role("link", name="Varaa jollekulle toiselle").click()
    page.get_by_role("button", name="Näytä vapaat ajat").click()
    page.locator("button.time", has_text=desk.name).first.click()
    page.wait_for_url("**/book/**")


def test_a_day_at_the_desk(each_page: Page, installation: Installation, desk: Desk) -> None:
    page = each_page
    sign_in(page, installation, desk.staff)

    book(page, desk)  # somebody who is here, and has neither a phone nor an e-mail address
    page.locator("#name").fill("Tyyne Aho")
    page.locator("summary", has_text="Hänellä ei ole kumpaakaan").click()
    page.get_by_label("Hänellä ei ole kumpaakaan, eikä hän saa viestejä").check()
    page.locator(BOOK).click()
    page.wait_for_url("**/slip?booked=1")
    expect(page.locator(".slip")).to_contain_text("Tyyne Aho")
    word = page.locator(".word").inner_text()

    book(page, desk)  # somebody on the phone, who reads Swedish
    number = new_number("040 685")
    page.locator("#name").fill("Åsa Öhman")
    page.locator("#phone").fill(number)
    page.get_by_label("Millä kielellä hän saa viestit?").select_option("sv")
    page.locator(BOOK).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aika on varattu")
    page.get_by_role("link", name="Varaa seuraavalle").click()

    for words, whose in ((word, "Tyyne Aho"), (number, "Åsa Öhman"), ("öhm ås", "Åsa Öhman")):  # a lost slip
        page.get_by_label("Nimi, puhelinnumero tai tunnussana").fill(words)
        page.get_by_role("button", name="Etsi").click()
        expect(page.get_by_role("article").filter(has_text=whose).first).to_be_visible()
    page.get_by_role("link", name=re.compile("Tulosta muistilappu")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Din tid för hjälp med digitala tjänster"
    )  # it is Åsa's paper
    expect(page.locator(".slip")).to_contain_text("Åsa Öhman")
    page.get_by_role("link", name="Takaisin").click()

    page.get_by_label("Nimi, puhelinnumero tai tunnussana").fill("Åsa Öhman")  # and their tutor falls ill
    page.get_by_role("button", name="Etsi").click()
    page.get_by_role("link", name=re.compile("Päivän lista:")).first.click()
    page.get_by_text("Auttaja on sairastunut").click()
    page.get_by_role("button", name="Siirrä päivän käynnit").click()
    expect(page.get_by_role("main")).to_contain_text("Åsa Öhman")
    page.get_by_role("button", name="Pyydä asiakkaita valitsemaan toinen aika", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("käynnit on siirretty")
    expect(page.get_by_role("article").filter(has_text="Åsa Öhman")).to_contain_text("valitsee toista aikaa")


def test_a_day_s_list_is_printed_on_two_sheets_and_nothing_of_it_is_pressed(
    each_page: Page, installation: Installation, desk: Desk
) -> None:
    page = each_page
    staff = installation.sign_in(desk.staff)
    far = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).isoformat()
    free = installation.slots(municipality=HERE, service_point=desk.point, limit=100, **{"from": far})
    day = max({slot["start"][:10] for slot in free}, key=[slot["start"][:10] for slot in free].count)
    apart = [slot["id"] for slot in free if slot["start"][:10] == day and slot["start"][14:16] in {"00", "30"}]
    for number, slot in enumerate(apart[:MOST_IN_A_DAY]):
        booked = installation.book(
            slot, staff, name=f"Kaarina Pitkäsukunimi-Toinen {number}", phone=new_number("040 685")
        )
        assert booked.status_code == 201, booked.text
    sign_in(page, installation, desk.staff)
    page.goto(f"/day?date={day}")
    assert sheets(page, "210mm", "297mm") <= 2
    page.emulate_media(media="print")
    assert page.locator("button, .button, a, form, nav, footer, article, summary").filter(visible=True).count() == 0
    expect(page.locator("table.printed tbody tr")).to_have_count(MOST_IN_A_DAY)
    expect(page.get_by_role("heading", level=1)).to_contain_text(desk.name)
    expect(page.get_by_role("table")).to_contain_text("Kaarina Pitkäsukunimi-Toinen 0")
