"""What a citizen and a tutor do, in a real browser without scripts, on a phone and on a desk."""

import datetime as dt
import re
import secrets

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from services.booking.domain.slots import SlotKey
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser


def choose(page: Page) -> None:
    """The first page: e-services in Kuusamo."""
    page.goto("/")
    page.get_by_label("Kela, vero, OmaKanta").check()
    page.get_by_label("Missä tarvitset apua?").select_option(label="Kuusamo")
    page.get_by_role("button", name="Näytä vapaat ajat").click()
    page.wait_for_url("**/times?**")


def choose_time(page: Page, number: int = 0) -> None:
    """The page of times: one of those that are shown first."""
    page.locator("button.time").nth(number).click()
    page.wait_for_url("**/book/**")


def fill_in(page: Page, phone: str = "040 685 404") -> None:
    page.get_by_label("Nimi", exact=True).fill("Aili Mäkelä")
    page.get_by_label("Puhelinnumero").fill(phone)


def book(page: Page) -> None:
    choose(page)
    choose_time(page)
    fill_in(page)
    page.get_by_role("button", name="Varaa tämä aika").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")


def test_three_pages_from_the_trouble_to_the_time(page: Page) -> None:
    book(page)
    card = page.locator("dl.card")
    for part in ("Milloin", "Missä", "Auttaja", "Ota mukaan", "Tunnussana", "Esimerkkitie"):
        expect(card).to_contain_text(part)
    assert len(card.locator(".word").inner_text()) > 1


def test_nothing_is_lost_when_something_is_missing_or_another_language_is_chosen(page: Page) -> None:
    choose(page)
    choose_time(page, 1)
    form, kept = page.url, page.locator("dl.card").inner_text()
    fill_in(page, phone="12")
    page.get_by_label("Mitä auttajan on hyvä tietää?").fill("Kelan hakemus")
    page.get_by_role("button", name="Varaa tämä aika").click()
    expect(page.get_by_role("alert")).to_contain_text("Tämä ei ole puhelinnumero")
    expect(page.get_by_label("Nimi", exact=True)).to_have_value("Aili Mäkelä")
    page.get_by_role("button", name="In English").click()
    expect(page.get_by_label("What should the helper know?")).to_have_value("Kelan hakemus")
    page.get_by_role("button", name="Suomeksi").click()
    page.get_by_role("button", name="Tarvitsen lisää aikaa").click()
    expect(page.get_by_label("Mitä auttajan on hyvä tietää?")).to_have_value("Kelan hakemus")
    assert page.locator("dl.card").inner_text() == kept
    page.get_by_label("Puhelinnumero").fill("040 685 404")
    page.get_by_role("button", name="Varaa tämä aika").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    page.goto(form)  # going back leads to what is booked, and books no second visit
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")


def test_other_days_and_choices_that_can_be_taken_away(page: Page) -> None:
    choose(page)
    days = page.locator("details.times")
    expect(days).to_have_count(10)
    days.nth(1).locator("summary").click()
    days.nth(1).get_by_role("link", name="Kaikki tämän päivän ajat").click()
    expect(page.locator("details.times")).to_have_count(1)
    page.get_by_role("link", name="Muut päivät").click()
    page.get_by_text("Lisää valintoja").click()
    far = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=21)
    page.get_by_label("Ajat tästä päivästä alkaen").fill(far.isoformat())
    page.get_by_label("puhelimessa").check()
    page.get_by_role("button", name="Näytä").click()
    slot = SlotKey.decode(page.locator("button.time").first.get_attribute("value") or "")
    assert slot is not None
    assert (slot.channel, slot.start.date() >= far) == ("phone", True)
    page.get_by_role("link", name="puhelimessa (poista)").click()
    expect(page.get_by_role("link", name="(poista)")).to_have_count(1)


def test_another_time_is_chosen_with_all_that_was_typed_and_the_first_is_free_again(page: Page) -> None:
    choose(page)
    first = page.locator("button.time").first.get_attribute("value")
    choose_time(page)
    fill_in(page)
    page.get_by_role("button", name="Valitse toinen aika").click()
    page.get_by_role("button", name="In English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose another time")
    page.get_by_role("button", name="Suomeksi").click()
    later = page.locator("details.times").nth(1)
    later.locator("summary").click()
    day = later.locator("h2").inner_text()
    later.get_by_role("button", name="Kaikki tämän päivän ajat").click()
    choose_time(page)
    expect(page.locator("dl.card")).to_contain_text(day)
    page.get_by_role("button", name="Varaa tämä aika").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    expect(page.locator("dl.card")).to_contain_text(day)
    choose(page)
    assert page.locator("button.time").first.get_attribute("value") == first


def test_own_words(page: Page) -> None:
    page.goto("/")
    page.get_by_text("Kerron omin sanoin").click()
    page.get_by_label("Kerro muutamalla sanalla", exact=True).fill("kännykkä")
    page.get_by_label("Missä tarvitset apua?").select_option(label="Kuusamo")
    page.get_by_role("button", name="Näytä vapaat ajat").click()
    page.wait_for_url("**/times?topic=smart-devices&municipality=305")


def test_where_nobody_helps_there_is_help_elsewhere(page: Page) -> None:
    page.goto("/times?topic=e-services&municipality=614")
    expect(page.get_by_role("main")).to_contain_text("km päässä")
    expect(page.get_by_role("link", name="Ilmoittaudu jonoon")).to_have_count(0)
    page.goto("/wait?topic=e-services&municipality=614")
    expect(page.get_by_role("heading", level=1)).to_have_text("Täältä ei saa apua tähän asiaan")
    expect(page.get_by_role("main")).to_contain_text("Kuusamon")


def test_help_by_phone_needs_a_number(page: Page) -> None:
    choose(page)
    page.get_by_role("link", name="Puhelinajat").click()
    choose_time(page)
    page.get_by_label("Nimi", exact=True).fill("Aili Mäkelä")
    page.get_by_label("Sähköpostiosoite").fill("aili@example.fi")
    page.get_by_role("button", name="Varaa tämä aika").click()
    expect(page.get_by_role("alert")).to_contain_text("Auttaja soittaa siihen")


def test_large_text_does_not_run_over_the_edge(browser: Browser, installation: Installation) -> None:
    """WCAG 1.4.4: text at twice its size, on a phone."""
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="fi-FI", base_url=installation.gateway, bypass_csp=True
    )
    page = context.new_page()
    choose(page)
    for address in (page.url, "/", "/sign-in", "/accessibility"):
        page.goto(address)
        page.add_style_tag(content="html { font-size: 225% !important }")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, (address, width)
    context.close()


def test_a_time_that_somebody_else_took_meanwhile(page: Page, installation: Installation) -> None:
    choose(page)
    taken = page.locator("button.time").first.get_attribute("value") or ""
    while installation.book(taken).status_code == 201:  # a time stands for all who are free then
        pass
    page.locator("button.time").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Joku toinen ehti ensin")
    choose_time(page)
    fill_in(page)
    page.get_by_role("button", name="Varaa tämä aika").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")


def sign_in(page: Page, installation: Installation, contact: str) -> None:
    known = len(installation.codes(contact))
    page.goto("/sign-in")
    page.get_by_label("Sähköpostiosoitteesi tai puhelinnumerosi").fill(contact)
    page.get_by_role("button", name="Lähetä minulle koodi").click()
    page.get_by_label("Koodi").fill(eventually(lambda: installation.codes(contact)[known:])[0])
    page.get_by_role("main").get_by_role("button", name="Kirjaudu").click()
    expect(page).to_have_url(re.compile("/day$"))


def test_a_tutor_adds_their_hours_and_marks_who_came(each_page: Page, installation: Installation) -> None:
    page = each_page
    sign_in(page, installation, "asa@vuoro.example")
    page.get_by_role("link", name="Omat ajat").click()
    page.get_by_role("link", name=re.compile("Lisää viikoittainen aika|Kerron aikani")).click()
    page.get_by_label("Kunta").select_option(label="Oulu")
    page.get_by_role("button", name="Näytä paikat").click()
    page.get_by_label("Paikka").select_option(label="Oulun kirjasto (esimerkki)")
    page.get_by_label("lauantai").check()
    page.get_by_label("Alkaa").fill("09:00")
    page.get_by_label("Päättyy").fill("11:00")
    page.get_by_role("button", name="Lisää nämä ajat").click()
    expect(page.get_by_role("main")).to_contain_text("lauantai 9.00–11.00")
    page.get_by_role("link", name="Muuta: lauantai").click()
    page.get_by_label("Päättyy").fill("12:00")
    page.get_by_role("button", name="Tallenna nämä ajat").click()
    expect(page.get_by_role("main")).to_contain_text("lauantai 9.00–12.00")

    # Of a day to come, which has no outcome yet; and for another person in each window.
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    [slot] = installation.slots(municipality="564", weekday=6, limit=1, **{"from": tomorrow})
    name = f"Pekka Öhman {secrets.token_hex(2)}"
    booked = installation.book(slot["id"], name=name)
    assert booked.status_code == 201
    page.goto(f"/day?date={slot['start'][:10]}")
    visit = page.get_by_role("article").filter(has_text=name)
    expect(visit).to_contain_text("varattu")
    expect(visit.get_by_text("Miten käynti päättyi?")).to_have_count(0)
    installation.begin_visit(booked.json()["id"])
    page.goto("/day")
    visit.get_by_role("button", name="Tuli, ratkesi", exact=True).click()
    expect(visit).to_contain_text("tuli, ratkesi")
    visit.get_by_role("button", name="Kumoa").click()
    expect(visit).to_contain_text("varattu")

    page.get_by_role("link", name="Omat ajat").click()
    page.get_by_role("link", name="Olen poissa").click()
    july = dt.datetime.now(dt.UTC).date().year + 1
    page.get_by_label("Ensimmäinen poissaolopäivä").fill(f"{july}-07-01")
    page.get_by_label("Viimeinen poissaolopäivä").fill(f"{july}-07-31")
    page.get_by_role("button", name="Olen silloin poissa").click()
    expect(page.get_by_role("main")).to_contain_text(f"1.7.{july} – ")
    expect(page.get_by_role("main")).to_contain_text(f"31.7.{july}")
    page.get_by_role("button", name=re.compile("Poista: .*7")).last.click()

    # Hours in which somebody has booked: who it is, before anything is saved.
    [slot] = installation.slots(municipality="564", weekday=6, limit=1, **{"from": tomorrow})
    assert installation.book(slot["id"], name=name).status_code == 201
    page.get_by_label("Poista: lauantai").click()
    page.get_by_role("button", name="Kyllä, poista").locator("visible=true").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("käyn")
    expect(page.get_by_role("main")).to_contain_text(name)
    page.get_by_role("button", name="Pidä ne: tulen silti").click()
    expect(page.get_by_role("main")).not_to_contain_text("lauantai 9.00")
    page.get_by_role("button", name="Kirjaudu ulos").click()
    page.goto("/day")
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_a_service_point_sees_its_day(each_page: Page, installation: Installation) -> None:
    slot = installation.slots()[0]
    assert installation.book(slot["id"], name="Tyyne Tiskillä").status_code == 201
    page = each_page
    sign_in(page, installation, installation.demo()["staff"])
    page.goto(f"/day?date={slot['start'][:10]}")
    expect(page.get_by_role("main")).to_contain_text("Tyyne Tiskillä")


@pytest.fixture(params=[360, 1280])
def scripted(request: pytest.FixtureRequest, browser: Browser, installation: Installation) -> Page:
    """A page in which axe can run; its rules are about colours and sizes too, so at both widths."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, locale="fi-FI", base_url=installation.gateway, bypass_csp=True
    )
    return context.new_page()


def check(page: Page, axe: Axe) -> None:
    found = axe.run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert found.violations_count == 0, found.generate_report()
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_who_gets_no_answer_finds_out_and_stands_in_the_queue_once(page: Page, installation: Installation) -> None:
    """The service hangs while the form is sent."""
    installation.let_wait_in("832")
    email = f"{secrets.token_hex(6)}@example.fi"
    page.goto("/wait?topic=e-services&municipality=832")
    page.get_by_label("Nimi").fill("Aili Mäkelä")
    page.get_by_label("Sähköpostiosoite").fill(email)
    booking = installation.child("services.booking api")
    booking.suspend()
    try:
        page.get_by_role("button", name="Ilmoittaudu jonoon").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Emme tiedä vielä, tallentuivatko tiedot")
    finally:
        booking.resume()
    page.get_by_role("button", name="Tarkista nyt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Olet jonossa")
    [message] = eventually(lambda: installation.mails(email))
    assert page.url in message["text"]


def test_a_second_person_confirms_and_refuses_what_waits(scripted: Page, installation: Installation) -> None:
    installation.confirm()  # what other tests have left
    organisation = installation.http.get("/api/providers/v1/organisations").json()["items"][0]["id"]
    emails = [f"tiski-{secrets.token_hex(4)}@vuoro.example" for _ in range(2)]
    for email in emails:
        role = {"role": "staff", "organisation_id": organisation}
        body = {"region": "17", "email": email, "roles": [role]}
        added = installation.http.post("/api/providers/v1/people", json=body, headers=installation.as_coordinator())
        assert added.status_code == 201, added.text
    page, axe = scripted, Axe()
    second = installation.demo()["second_coordinator"]
    sign_in(page, installation, second)
    expect(page.get_by_role("link", name="Varaa asiakkaalle")).to_have_count(0)
    page.get_by_role("link", name="Odottaa vahvistustasi").click()
    expect(page.get_by_role("article").filter(has_text=emails[0])).to_contain_text(installation.demo()["coordinator"])
    check(page, axe)
    page.get_by_role("button", name=f"Vahvista: {emails[0]}").click()
    expect(page.get_by_role("status")).to_contain_text("Vahvistettu")
    told = eventually(lambda: [mail for mail in installation.mails(second) if emails[1] in mail["text"]])
    link = re.search(r"http\S+/grants\b", told[-1]["text"])
    assert link
    page.goto(link[0])
    page.get_by_role("button", name=f"Hylkää: {emails[1]}").click()
    expect(page.get_by_role("status")).to_contain_text("Hylätty")
    expect(page.get_by_role("main")).to_contain_text("Mikään ei odota sinua")
    check(page, axe)
    page.context.close()
