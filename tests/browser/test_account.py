"""One's own account in a real browser: a passkey from a virtual authenticator, sessions, data."""

import json
import secrets
from collections.abc import Iterator

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.home import Home
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(params=[360, 1280])
def own(request: pytest.FixtureRequest, browser: Browser, installation: Installation) -> Iterator[Page]:
    """A browser with a phone's own authenticator. A passkey is bound to a name, so the address is localhost."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800},
        locale="fi-FI",
        base_url=installation.gateway.replace("127.0.0.1", "localhost"),
    )
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    yield page
    context.close()


def a_colleague(installation: Installation) -> str:
    """The e-mail address of a new coordinator."""
    email = f"{secrets.token_hex(4)}@vuoro.example"
    body = {"region": "17", "email": email, "roles": [{"role": "coordinator"}]}
    boss = installation.as_coordinator()
    assert installation.http.post("/api/providers/v1/people", json=body, headers=boss).status_code == 201
    installation.confirm()
    return email


def sign_in(page: Page, installation: Installation, email: str) -> None:
    by_code(page, installation, email)
    page.wait_for_url("**/day")


def by_code(page: Page, installation: Installation, email: str) -> None:
    known = len(installation.codes(email))
    page.goto("/sign-in")
    page.get_by_label("Sähköpostiosoitteesi tai puhelinnumerosi").fill(email)
    page.get_by_role("button", name="Lähetä minulle koodi").click()
    expect(page.get_by_label("Koodi")).to_be_visible()
    page.get_by_label("Koodi").fill(eventually(lambda: installation.codes(email)[known:])[0])
    page.get_by_role("main").get_by_role("button", name="Kirjaudu").click()


def no_barriers(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_passkey_is_added_used_and_removed(own: Page, installation: Installation) -> None:
    sign_in(own, installation, a_colleague(installation))
    own.get_by_role("link", name="Oma tili").click()
    no_barriers(own)
    own.get_by_role("link", name="Lisää pääsyavain").click()
    no_barriers(own)
    own.get_by_label("Anna pääsyavaimelle nimi").fill("Oma puhelin")
    own.get_by_role("button", name="Lisää pääsyavain").click()
    expect(own.get_by_text("Oma puhelin")).to_be_visible()
    own.get_by_role("button", name="Kirjaudu ulos", exact=True).click()

    own.goto("/sign-in")
    own.get_by_role("link", name="Kirjaudu pääsyavaimella").click()
    no_barriers(own)
    own.get_by_role("button", name="Kirjaudu pääsyavaimella").click()
    own.wait_for_url("**/day")
    own.goto("/account")
    expect(own.get_by_text("pääsyavaimella, käytetty")).to_be_visible()

    own.get_by_role("button", name="Poista: Oma puhelin").click()
    expect(own.get_by_text("Sinulla ei ole vielä yhtään.")).to_be_visible()
    own.get_by_role("button", name="Kirjaudu ulos", exact=True).click()
    own.goto("/sign-in/passkey")
    own.get_by_role("button", name="Kirjaudu pääsyavaimella").click()
    expect(own.get_by_role("alert").filter(visible=True)).to_contain_text("Sitä ei tunneta täällä")


def test_a_coordinator_is_led_from_the_code_to_a_passkey_and_in_with_it(own: Page, installation: Installation) -> None:
    """In a region that says nothing of it, as by default."""
    email = f"{secrets.token_hex(6)}@vuoro.example"
    with psycopg.connect(Home(installation.home, installation.port).database_url("providers")) as connection:
        connection.execute(
            "WITH one AS (INSERT INTO person (region, email, language) VALUES ('01', %s, 'fi') RETURNING id) "
            "INSERT INTO role_grant (person_id, role) SELECT id, 'coordinator' FROM one",
            [email],
        )
    by_code(own, installation, email)
    own.wait_for_url("**/account/passkey")
    no_barriers(own)
    own.goto("/day")
    own.wait_for_url("**/account/passkey")
    own.get_by_label("Anna pääsyavaimelle nimi").fill("Oma puhelin")
    own.get_by_role("button", name="Lisää pääsyavain").click()
    expect(own.get_by_text("Pääsyavaimesi on tehty. Kirjaudu nyt sillä.")).to_be_visible()
    no_barriers(own)
    own.get_by_role("button", name="Kirjaudu pääsyavaimella").click()
    own.wait_for_url("**/day")

    own.get_by_role("button", name="Kirjaudu ulos", exact=True).click()
    by_code(own, installation, email)
    expect(own.get_by_text("Sinulla on jo pääsyavain.")).to_be_visible()


def test_one_signs_out_elsewhere_downloads_ones_data_and_is_forgotten(own: Page, installation: Installation) -> None:
    email = a_colleague(installation)
    elsewhere = installation.sign_in(email)
    sign_in(own, installation, email)
    own.goto("/account")
    expect(own.get_by_text("tässä, nyt")).to_be_visible()
    other = own.locator(".row", has_text="koodilla").filter(has_not_text="tässä, nyt")
    other.get_by_role("button").click()
    expect(own.locator(".row", has_text="koodilla")).to_have_count(1)
    eventually(lambda: installation.http.get("/api/providers/v1/me", headers=elsewhere).status_code == 401)

    with own.expect_download() as download:
        own.get_by_role("link", name="Lataa tiedosto").click()
    held = json.loads(download.value.path().read_text())
    assert held["registry"]["account"]["email"] == email

    own.get_by_text("Poista tilini", exact=True).click()
    own.get_by_role("button", name="Kyllä, poista tilini").click()
    own.wait_for_url("**/")
    assert installation.http.post("/api/providers/v1/sign-ins", json={"contact": email}).status_code == 202
    boss = installation.as_coordinator()
    people = installation.http.get("/api/providers/v1/people", params={"limit": 500}, headers=boss).json()["items"]
    assert email not in [person["email"] for person in people]
