"""Help near where somebody is, if they want to say it."""

from collections.abc import Iterator

import pytest
from playwright._impl._api_structures import Geolocation
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.installation import Installation

pytestmark = pytest.mark.browser
NORTH_OF_THE_LIBRARY: Geolocation = {"latitude": 66.06812, "longitude": 29.16934}


@pytest.fixture
def context(browser: Browser, installation: Installation) -> Iterator[BrowserContext]:
    """A phone that knows where it is."""
    made = browser.new_context(
        viewport={"width": 360, "height": 800},
        locale="fi-FI",
        base_url=installation.gateway,
        geolocation=NORTH_OF_THE_LIBRARY,
    )
    yield made
    made.close()


def start(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Kela, vero, OmaKanta").check()
    return page


def test_times_near_somebody_say_how_far_each_place_is(context: BrowserContext) -> None:
    context.grant_permissions(["geolocation"])
    page = start(context)
    page.get_by_role("button", name="Käytä sijaintiani").click()
    expect(page.get_by_role("status")).to_have_text("Etsimme apua läheltäsi.")
    page.get_by_role("button", name="Näytä vapaat ajat").click()
    page.wait_for_url("**/times?**")
    assert "near=66.07%2C29.17" in page.url  # to a kilometre, and no closer
    expect(page.locator("button.time").first).to_contain_text("päässä")
    expect(page.locator("main")).to_contain_text("lähellä sinua")
    page.get_by_role("list", name="Valintasi").get_by_role("link").click()
    assert "near" not in page.url
    expect(page.locator("button.time").first).not_to_contain_text("päässä")


def test_who_does_not_say_where_they_are_chooses_a_place(context: BrowserContext) -> None:
    page = start(context)
    page.get_by_role("button", name="Käytä sijaintiani").click()
    expect(page.get_by_role("status")).to_have_text("Sijaintiasi ei saatu. Valitse kunta.")
    page.get_by_label("Missä tarvitset apua?").select_option(label="Kuusamo")
    page.get_by_role("button", name="Näytä vapaat ajat").click()
    page.wait_for_url("**/times?**")
    assert "near" not in page.url


def test_a_place_that_is_chosen_is_where_help_is_wanted(context: BrowserContext) -> None:
    context.grant_permissions(["geolocation"])
    page = start(context)
    page.get_by_role("button", name="Käytä sijaintiani").click()
    expect(page.get_by_role("status")).to_have_text("Etsimme apua läheltäsi.")
    page.get_by_label("Missä tarvitset apua?").select_option(label="Kuusamo")
    expect(page.get_by_role("status")).to_be_empty()
    page.get_by_role("button", name="Näytä vapaat ajat").click()
    page.wait_for_url("**/times?**")
    assert "near" not in page.url
