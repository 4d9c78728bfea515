"""A day at the desk of a service point: somebody who is here, somebody on the phone, a lost slip, an ill tutor,
and those who come without a time."""

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import BY_HAND, Hand, Keyboard, Pointer
from tests.browser.steps import BOOK, new_address, new_number, reading, sheets
from tests.browser.test_journeys import sign_in
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
HERE = "889"  # where nobody else helps
MOST_IN_A_DAY = 20
SAVE_NUMBER = "form[action='/account/phone'] button"


@dataclass(frozen=True)
class Desk:
    """A service point with one tutor, who helps there every day, and the addresses of both."""

    name: str
    point: str
    tutor: str
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
    return Desk(name, place.point, tutor, staff)


def desk_slots(installation: Installation, desk: Desk) -> list[dict[str, Any]]:
    """Free times at its place, some days ahead."""
    far = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).isoformat()
    return installation.slots(municipality=HERE, service_point=desk.point, limit=100, **{"from": far})


def book(page: Page, desk: Desk) -> None:
    """From the desk to the form, at its own place."""
    page.get_by_role("link", name="Varaa asiakkaalle").click()
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
    expect(page.get_by_role("status")).to_contain_text("Auttajan päivä on suljettu")
    expect(page.get_by_role("article").filter(has_text="Åsa Öhman")).to_contain_text("valitsee toista aikaa")


def test_a_desk_calls_a_helper_at_the_number_that_they_have_written(
    browser: Browser, installation: Installation, desk: Desk
) -> None:
    slot = desk_slots(installation, desk)[0]
    assert installation.book(slot["id"], name="Eino Lanka").status_code == 201
    for width, hand, number in ((360, Pointer, "040 1234567"), (1280, Keyboard, "040 1234568")):
        with reading(browser, installation, "fi", width=width) as mine:
            sign_in(mine, installation, desk.tutor)
            mine.goto("/account")
            at = hand(mine)
            at.write("#phone", "12")
            at.press(SAVE_NUMBER)
            expect(mine.get_by_role("alert")).to_contain_text("Tämä ei ole puhelinnumero")
            expect(mine.locator("#phone")).to_have_value("12")
            at.write("#phone", number)
            at.press(SAVE_NUMBER)
            expect(mine.get_by_role("status")).to_have_text("Muutoksesi on tallennettu.")
            expect(mine.locator("#phone")).to_have_value(number)
        with reading(browser, installation, "fi", width=width) as page:
            sign_in(page, installation, desk.staff)
            page.goto(f"/day?date={slot['start'][:10]}")
            visit = page.get_by_role("article").filter(has_text="Eino Lanka")
            link = visit.get_by_role("link", name=number)
            expect(link).to_have_attribute("href", f"tel:+358{number[1:].replace(' ', '')}")
    with reading(browser, installation, "fi") as mine:
        sign_in(mine, installation, desk.tutor)
        mine.goto("/account")
        mine.get_by_role("button", name="Poista numero").click()
        expect(mine.locator("#phone")).to_have_value("")


def test_a_day_s_list_is_printed_on_two_sheets_and_nothing_of_it_is_pressed(
    each_page: Page, installation: Installation, desk: Desk
) -> None:
    page = each_page
    staff = installation.sign_in(desk.staff)
    free = desk_slots(installation, desk)
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


def test_who_comes_without_a_time(each_page: Page, installation: Installation, desk: Desk) -> None:
    """At the desk: one tap for who was helped at once, and numbers for those who wait, with a screen on the wall."""
    page = each_page
    sign_in(page, installation, desk.staff)
    page.get_by_role("link", name="Ilman aikaa").click()

    page.get_by_role("button", name="Sai apua").click()  # at once
    expect(page.get_by_role("status")).to_contain_text("Tänään apua sai 1.")
    page.get_by_role("button", name="Ei ehditty auttaa").click()
    expect(page.get_by_role("status")).to_contain_text("Auttamatta jäi 1.")
    page.get_by_text("Korjaa merkintöjä").click()
    page.get_by_role("button", name="Poista merkintä").first.click()
    expect(page.get_by_role("definition").nth(1)).to_have_text("0")

    page.get_by_role("button", name="Anna vuoronumero").click()
    expect(page.get_by_role("status")).to_contain_text("Numero 1")
    page.get_by_role("button", name="Anna vuoronumero").click()
    expect(page.get_by_role("status")).to_contain_text("Numero 2")
    with page.context.new_page() as wall:
        wall.goto(page.get_by_role("link", name="Näytä jono seinän näytöllä").get_attribute("href") or "")
        expect(wall.get_by_role("status")).to_have_text(re.compile(r"Odota hetki.*Jonossa: 2", re.DOTALL))
        page.get_by_role("button", name="Kutsu seuraava numero").click()
        wall.reload()
        expect(wall.locator(".turn")).to_have_text("1")
        expect(wall.get_by_role("status")).to_contain_text("Jonossa: 1")
    page.get_by_role("button", name="Numero 1: Sai apua").click()
    page.get_by_role("button", name="Numero 2: Lähti ennen vuoroaan").click()
    expect(page.get_by_role("main")).to_contain_text("Jonossa: 0")
    assert [count.inner_text() for count in page.get_by_role("definition").all()] == ["2", "0", "1"]


def test_a_screen_on_the_wall_follows_the_queue_by_itself(
    browser: Browser, installation: Installation, desk: Desk
) -> None:
    headers = installation.sign_in(desk.staff)
    walk_ins, here = "/api/booking/v1/walk-ins", {"service_point_id": desk.point}
    with reading(browser, installation, "fi", width=1280, scripts=True) as wall:
        wall.goto(f"/wall?point={desk.point}")
        expect(wall.get_by_role("status")).to_contain_text("Jonossa: 0")
        installation.http.post(walk_ins, json={**here, "state": "waiting"}, headers=headers).raise_for_status()
        installation.http.post("/api/booking/v1/called-walk-ins", json=here, headers=headers).raise_for_status()
        expect(wall.locator(".turn")).to_have_text("1", timeout=20_000)
        wall.context.set_offline(True)
        expect(wall.get_by_text("Numerot eivät ole ajan tasalla. Kysy tiskiltä.")).to_be_visible(timeout=20_000)


def test_a_tutor_notes_who_comes_with_one_tap_on_the_day_s_list(
    browser: Browser, installation: Installation, desk: Desk
) -> None:
    with reading(browser, installation, "fi") as page:
        sign_in(page, installation, desk.tutor)
        page.get_by_role("button", name="Sai apua").click()
        expect(page.get_by_role("status")).to_contain_text("Tänään apua sai 1.")


def test_a_desk_finds_a_booking_and_moves_it(each_page: Page, installation: Installation, desk: Desk) -> None:
    page, name = each_page, f"Eino {secrets.token_hex(3)}"
    assert page.viewport_size is not None
    hand: Hand = BY_HAND[page.viewport_size["width"]](page)
    was = desk_slots(installation, desk)[0]
    made = installation.book(was["id"], name=name).json()
    sign_in(page, installation, desk.staff)
    page.goto("/desk")
    hand.write("#words", name)
    hand.press("form[action='/desk'] button")
    hand.press(f"a[href='/day/{made['id']}/move/desk']")
    for text in (name, desk.name, "Nämä ajat ovat samassa paikassa.", "Kerromme asiakkaalle heti."):
        expect(page.get_by_role("main")).to_contain_text(text)
    first = page.locator("button.time").first
    expect(first).to_be_focused()
    clock = first.locator("strong").inner_text()
    hand.press("button.time")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aika on siirretty")
    said = page.get_by_role("status")
    expect(said).to_be_focused()
    for text in (name, clock, desk.name, made["code_word"]):
        expect(said).to_contain_text(text)
    hand.press(f"a[href='/desk/slip/{made['id']}']")
    expect(page.locator(".slip")).to_contain_text(clock)
    staff = installation.sign_in(desk.staff)
    now = installation.http.get(f"/api/booking/v1/appointments/{made['id']}", headers=staff).json()
    assert now["start"] != was["start"]
    page.goto(f"/day?date={now['start'][:10]}")  # and again from the day's list, where nothing is changed
    hand.press(f"a[href='/day/{made['id']}/move/day']")
    hand.press(f"a[href='/day?date={now['start'][:10]}']")
    expect(page.get_by_role("article").filter(has_text=name)).to_contain_text(clock)


@pytest.mark.parametrize("scripts", [False, True])
def test_who_gets_no_messages_stands_on_the_call_list_until_they_are_told(
    browser: Browser, installation: Installation, desk: Desk, scripts: bool
) -> None:
    staff = installation.sign_in(desk.staff)
    for name in ("Eino Lanka", "Toini Lanka"):
        slot = desk_slots(installation, desk)[0]
        booked = installation.book(slot["id"], staff, name=name, phone="08 1234 567")
        assert booked.status_code == 201, booked.text
        day = {"date": slot["start"][:10], "appointments": "offer"}
        path = f"/api/booking/v1/tutors/{slot['tutor_id']}/illness"
        ill = installation.http.post(path, json=day, headers=staff)
        assert ill.is_success, ill.text
    with reading(browser, installation, "fi", scripts=scripts) as page:
        sign_in(page, installation, desk.staff)
        page.get_by_role("link", name="Soittolistalla: 2").click()
        eino, toini = (page.get_by_role("article").filter(has_text=name) for name in ("Eino Lanka", "Toini Lanka"))
        expect(eino).to_contain_text("Kyllikki ei pääse tulemaan")
        expect(eino.get_by_role("link", name="08 1234567")).to_have_attribute("href", "tel:+35881234567")
        eino.get_by_role("button", name="Olen kertonut hänelle").click()
        expect(page.get_by_role("status")).to_contain_text("on kerrottu")
        expect(eino).to_have_count(0)
        toini.get_by_role("link", name="Valitse hänelle toinen aika").click()
        page.locator("button.time").first.click()
        expect(page.get_by_role("status")).to_contain_text("asiakas tietää uuden ajan")
        expect(page.get_by_role("status")).to_contain_text("Toini Lanka")
        page.get_by_role("link", name="Takaisin").click()
        expect(page.get_by_role("article")).to_have_count(0)
