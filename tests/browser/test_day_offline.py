"""A tutor's day without network: the list is read from the phone, and outcomes are sent later."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.browser.test_account import no_barriers
from tests.browser.test_journeys import sign_in
from tests.installation import Installation

pytestmark = pytest.mark.browser
B = "/api/booking/v1"
KEEP, WAITS = "Tallenna tämä päivä puhelimeen", "Tuli, ratkesi. Merkintä on tallessa tässä puhelimessa."
OFFLINE, KEPT = "Verkkoa ei ole", "Tämä päivä on tallessa tässä puhelimessa"
ALL_THAT_IS_KEPT = "async () => [...await caches.keys(), ...Object.keys(localStorage)]"


class Tutor:
    """The demonstration's tutor, and visits to them that have begun."""

    def __init__(self, installation: Installation) -> None:
        self._in = installation
        self.contact = installation.demo()["tutor"]
        self.headers = installation.sign_in(self.contact)
        self.id = installation.tutor_of(self.headers)

    def cookies(self) -> list[Any]:
        """Of a login of theirs that no page has opened."""
        return cookies(self._in, self.headers)

    def book(self, name: str, *, begun: bool = True) -> str:
        """The id of a visit of that person."""
        [slot] = self._in.slots(tutor=self.id, drop_in="false", limit=1)
        visit = str(self._in.book(slot["id"], name=name).json()["id"])
        if begun:
            self._in.begin_visit(visit)
        return visit

    def read(self, visit: str) -> dict[str, Any]:
        """The visit, as booking has it."""
        found: dict[str, Any] = self._in.http.get(f"{B}/appointments/{visit}", headers=self.headers).json()
        return found


def cookies(installation: Installation, headers: dict[str, str]) -> list[Any]:
    token = headers["Authorization"].removeprefix("Bearer ")
    said = {"access": token, "session": "-", "language": "fi"}
    return [{"name": name, "value": value, "url": installation.gateway} for name, value in said.items()]


@pytest.fixture(scope="module")
def tutor(installation: Installation) -> Tutor:
    return Tutor(installation)


@pytest.fixture
def phone(browser: Browser, installation: Installation, tutor: Tutor) -> Iterator[BrowserContext]:
    """A phone on which the tutor is signed in."""
    made = browser.new_context(viewport={"width": 360, "height": 800}, locale="fi-FI", base_url=installation.gateway)
    made.add_cookies(tutor.cookies())
    yield made
    made.close()


def keep(page: Page) -> None:
    page.goto("/day")
    page.get_by_role("button", name=KEEP).press("Enter")
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.get_by_role("button", name="Poista tämä päivä puhelimesta")).to_be_focused()


def visit_of(page: Page, name: str) -> Locator:
    return page.get_by_role("article").filter(has_text=name)


def mark(page: Page, name: str) -> Locator:
    visit = visit_of(page, name)
    visit.get_by_label("45 min").check()
    visit.get_by_label("puhelin").check()
    visit.get_by_role("button", name="Tuli, ratkesi", exact=True).click()
    return visit


def sent_by(page: Page) -> list[str]:
    """Where the page sends something from now on."""
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(urlsplit(asked.url).path) if asked.method == "POST" else None)
    return sent


def close_login(phone: BrowserContext) -> None:
    """Forget who is signed in, as a browser does that is closed."""
    for name in ("access", "session"):
        phone.clear_cookies(name=name)


def nothing_is_kept(page: Page) -> None:
    assert page.evaluate(ALL_THAT_IS_KEPT) == []
    page.context.set_offline(True)
    with pytest.raises(Error, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
        page.goto("/day")


def test_a_day_without_network(phone: BrowserContext, tutor: Tutor) -> None:
    visit, page = tutor.book("Aili Verkoton"), phone.new_page()
    keep(page)
    phone.set_offline(True)
    page.reload()
    expect(page.get_by_role("status").filter(has_text=OFFLINE)).to_be_visible()
    expect(visit_of(page, "Aili Verkoton")).to_contain_text("040 685404")
    assert page.evaluate("document.styleSheets[0].cssRules.length > 9")
    said = mark(page, "Aili Verkoton")
    expect(said.get_by_role("status")).to_contain_text(WAITS)
    no_barriers(page)
    page.goto("/day")
    expect(said.get_by_role("status")).to_contain_text(WAITS)
    assert tutor.read(visit)["state"] == "booked"

    phone.set_offline(False)
    expect(said.get_by_role("status")).to_have_text("Tuli, ratkesi. Merkintä on lähetetty.")
    found = tutor.read(visit)
    assert (found["state"], found["minutes_helped"], found["device"]) == ("attended", 45, "phone")
    page.get_by_role("link", name="Yritä uudelleen").click()
    expect(said).to_contain_text("tuli, ratkesi, 45 min, puhelin")


def test_outcomes_that_wait_are_sent_in_their_order_when_the_list_is_next_opened(
    phone: BrowserContext, tutor: Tutor
) -> None:
    names = ["Aili Kolmas", "Aili Toka", "Aili Eka"]
    visits, page = {name: tutor.book(name) for name in names}, phone.new_page()
    page.goto("/day")
    phone.set_offline(True)  # the list itself is not kept
    for name in names:
        expect(mark(page, name).get_by_role("status")).to_contain_text(WAITS)
    page.close()
    phone.set_offline(False)
    page = phone.new_page()
    asked = sent_by(page)
    page.goto("/day")
    for name in names:
        expect(visit_of(page, name)).to_contain_text("tuli, ratkesi, 45 min, puhelin")
    assert asked == [f"/day/{visits[name]}/outcome" for name in names]
    assert {tutor.read(visit)["state"] for visit in visits.values()} == {"attended"}
    assert page.evaluate(ALL_THAT_IS_KEPT) == []


def test_what_is_kept_is_as_the_list_was_seen_last(phone: BrowserContext, tutor: Tutor) -> None:
    page = phone.new_page()
    keep(page)
    tutor.book("Aili Uusi")
    page.goto("/day", wait_until="networkidle")
    phone.set_offline(True)
    page.goto("/day")
    expect(visit_of(page, "Aili Uusi")).to_be_visible()


def test_signing_out_erases_what_is_kept(phone: BrowserContext) -> None:
    page = phone.new_page()
    keep(page)
    assert page.evaluate(ALL_THAT_IS_KEPT)
    page.get_by_role("button", name="Kirjaudu ulos").click()
    page.wait_for_url("**/")
    nothing_is_kept(page)


def test_whoever_signs_in_next_sees_nothing_of_it(phone: BrowserContext, installation: Installation) -> None:
    """Their own page has no script that would erase it: the answer to their sign-in does."""
    page = phone.new_page()
    keep(page)
    close_login(phone)
    sign_in(page, installation, installation.demo()["staff"])
    nothing_is_kept(page)


def test_the_list_of_another_tutor_erases_it_too(
    phone: BrowserContext, tutor: Tutor, installation: Installation
) -> None:
    """In whatever way they came to be signed in."""
    visit, page = tutor.book("Aili Toinen"), phone.new_page()
    keep(page)
    phone.set_offline(True)
    mark(page, "Aili Toinen")
    page.close()
    phone.set_offline(False)
    phone.add_cookies(cookies(installation, installation.sign_in("asa@vuoro.example")))
    page = phone.new_page()
    page.goto("/day", wait_until="networkidle")
    nothing_is_kept(page)
    assert tutor.read(visit)["state"] == "booked"


def test_the_tutor_erases_it_themself(phone: BrowserContext) -> None:
    page = phone.new_page()
    keep(page)
    page.get_by_role("button", name="Poista tämä päivä puhelimesta").press("Enter")
    expect(page.get_by_text("Tämä päivä ei ole enää tässä puhelimessa.")).to_be_visible()
    expect(page.get_by_role("button", name=KEEP)).to_be_focused()
    nothing_is_kept(page)


def test_a_day_that_is_over_is_shown_no_more_and_erased(phone: BrowserContext, tutor: Tutor) -> None:
    page = phone.new_page()
    keep(page)
    over = f"day {tutor.id} 2026-01-02 2026-01-03T00:00:00+02:00"
    page.evaluate("async (name) => (await caches.open(name)).put('/day/kept', new Response('Aili'))", over)
    phone.set_offline(True)
    with pytest.raises(Error, match="ERR_FAILED"):
        phone.new_page().goto("/day?date=2026-01-02")
    page.goto("/day")
    expect(page.get_by_role("status").filter(has_text=OFFLINE)).to_be_visible()
    assert over not in page.evaluate(ALL_THAT_IS_KEPT)


def test_an_outcome_that_is_refused_is_told_until_it_has_been_read(
    phone: BrowserContext, tutor: Tutor, installation: Installation
) -> None:
    visit, page = tutor.book("Aili Peruttu"), phone.new_page()
    page.goto("/day")
    phone.set_offline(True)
    mark(page, "Aili Peruttu")
    cancelled = installation.http.post(f"{B}/appointments/{visit}/cancellation", headers=tutor.headers)
    assert cancelled.status_code == 200, cancelled.text
    phone.set_offline(False)
    told = page.get_by_role("status").filter(has_text="käynnin päättymistä ei tallennettu")
    expect(told).to_contain_text("Aika on peruttu")
    no_barriers(page)
    asked = sent_by(page)
    page.goto("/day")
    told.get_by_role("button", name="Olen lukenut tämän").press("Enter")
    expect(told).to_have_count(0)
    assert asked == []
    assert page.evaluate(ALL_THAT_IS_KEPT) == []


def test_who_is_signed_out_meanwhile_signs_in_and_it_is_sent(
    phone: BrowserContext, tutor: Tutor, installation: Installation
) -> None:
    visit, page = tutor.book("Aili Vanhentunut"), phone.new_page()
    keep(page)
    phone.set_offline(True)
    page.goto("/day")
    mark(page, "Aili Vanhentunut")
    close_login(phone)
    phone.set_offline(False)
    expect(page.get_by_role("link", name="Kirjaudu, niin ne lähtevät.")).to_be_visible()
    no_barriers(page)
    sign_in(page, installation, tutor.contact)
    expect(visit_of(page, "Aili Vanhentunut")).to_contain_text("tuli, ratkesi, 45 min, puhelin")
    assert tutor.read(visit)["state"] == "attended"


def test_too_little_network_is_as_none(phone: BrowserContext, tutor: Tutor, installation: Installation) -> None:
    tutor.book("Aili Heikko")
    page = phone.new_page()
    keep(page)
    page.clock.install()
    page.goto("/day")
    pages = installation.child("web")
    pages.suspend()
    try:
        said = mark(page, "Aili Heikko").get_by_role("status")
        expect(said).to_have_text("Tuli, ratkesi. Lähetetään.")
        page.clock.fast_forward("00:16")
        expect(said).to_contain_text(WAITS)
        page.goto("/day")
        expect(page.get_by_role("status").filter(has_text=OFFLINE)).to_be_visible()
    finally:
        pages.resume()


def test_a_visit_is_said_to_have_ended_only_once_it_has_begun(phone: BrowserContext, tutor: Tutor) -> None:
    visit, page = tutor.book("Aili Tuleva", begun=False), phone.new_page()
    start = dt.datetime.fromisoformat(tutor.read(visit)["start"])
    page.clock.install(time=start - dt.timedelta(minutes=5))
    page.goto(f"/day/kept?date={start.date()}")
    question = visit_of(page, "Aili Tuleva").get_by_text("Miten käynti päättyi?")
    expect(question).to_be_hidden()
    page.clock.fast_forward("05:01")
    expect(question).to_be_visible()


def test_without_scripts_nothing_of_it_is_there(browser: Browser, installation: Installation, tutor: Tutor) -> None:
    visit = tutor.book("Aili Skriptitön")
    plain = browser.new_context(locale="fi-FI", base_url=installation.gateway, java_script_enabled=False)
    plain.add_cookies(tutor.cookies())
    page = plain.new_page()
    page.goto("/day")
    expect(page.get_by_text(KEEP)).to_be_hidden()
    mark(page, "Aili Skriptitön")
    expect(visit_of(page, "Aili Skriptitön")).to_contain_text("tuli, ratkesi, 45 min, puhelin")
    assert tutor.read(visit)["state"] == "attended"
    plain.close()
