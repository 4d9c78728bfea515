"""Two people book together where several are helped at once: a couple, a mother and her daughter."""

import re
import secrets
import string
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import new_number
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
B = "/api/booking/v1"
SIIKALATVA, TUTOR = "791", "kerho@example.fi"


@pytest.fixture
def family() -> str:
    """A last name that nobody else has."""
    return "Pari" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(6))


@pytest.fixture(scope="module")
def group(installation: Installation) -> dict[str, Any]:
    """A tutor who helps two at once; the headers that open their days."""
    rules = {"capacity": 2, "duration_minutes": 60, "grid_minutes": 60}
    place = installation.make_place(SIIKALATVA, "Siikalatvan kerho", email=TUTOR, **rules)
    headers = installation.open_place(place, TUTOR)
    eventually(lambda: installation.slots(municipality=SIIKALATVA))
    return headers


def choose(page: Page, installation: Installation, words: str) -> str:
    """Choose the first time that says so, and go to its form; return its date."""
    page.goto(f"/times?topic=e-services&municipality={SIIKALATVA}")
    time = page.get_by_role("button", name=re.compile(words)).first
    expect(time).to_be_visible()  # tells the page when it is not
    time.click()
    page.wait_for_url("**/book/**")
    hold, key = page.url.partition("?")[0].split("/")[-2:]
    start: str = installation.http.get(f"{B}/holds/{hold}", headers={"Manage-Token": key}).json()["start"]
    return start[:10]


def names_on(installation: Installation, day: str, tutor: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The visits of the tutor's day, by the names of who comes."""
    listed = installation.http.get(f"{B}/appointments", params={"date": day}, headers=tutor).json()["items"]
    return {each["citizen"]["name"]: each for each in listed}


def fill(page: Page, name: str, second: str) -> None:
    page.get_by_label("Nimi", exact=True).fill(name)
    page.get_by_label("Puhelinnumero").fill(new_number("040 685"))
    page.get_by_label("Tuleeko joku mukaan?").fill(second)


def press(page: Page) -> None:
    page.get_by_role("button", name="Varaa tämä aika").click()


def test_a_couple_has_two_places_in_one_visit_and_each_a_page(
    page: Page, installation: Installation, group: dict[str, str], family: str
) -> None:
    day = choose(page, installation, "2 paikkaa")
    fill(page, f"Aino {family}", f"Eino {family}")
    address, form = page.url, page.evaluate("Object.fromEntries(new FormData(document.querySelector('#booking')))")
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    again = page.request.post(address, form=form, max_redirects=0)  # a double tap
    assert page.url.endswith(again.headers["location"])
    expect(page.get_by_role("main")).to_contain_text(f"Samaan aikaan tulee myös Eino {family}.")
    first = page.locator(".word").inner_text()
    page.get_by_role("link", name=f"Varaus: Eino {family}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi")
    expect(page.get_by_role("main")).to_contain_text(f"Eino {family}")
    assert page.locator(".word").inner_text() != first
    pair = {name: each for name, each in names_on(installation, day, group).items() if name.endswith(family)}
    assert {name: each["note"] for name, each in pair.items()} == {
        f"Aino {family}": f"Tulee yhdessä toisen kanssa: Eino {family}.",
        f"Eino {family}": f"Tulee yhdessä toisen kanssa: Aino {family}.",
    }
    assert len({each["start"] for each in pair.values()}) == 1


def test_where_one_place_is_left_nobody_is_asked_who_comes_along(
    page: Page, installation: Installation, group: dict[str, str]
) -> None:
    taken = installation.slots(municipality=SIIKALATVA)[0]
    assert installation.book(taken["id"], phone=new_number("040 685")).status_code == 201
    choose(page, installation, "1 paikka")
    expect(page.get_by_label("Nimi", exact=True)).to_be_visible()
    expect(page.get_by_label("Tuleeko joku mukaan?")).to_have_count(0)


def test_when_the_second_place_goes_meanwhile_nothing_is_booked_and_nothing_typed_is_lost(
    page: Page, installation: Installation, group: dict[str, str], family: str
) -> None:
    day = choose(page, installation, "2 paikkaa")
    fill(page, f"Aino {family}", f"Eino {family}")
    beside = page.locator("input[name=beside]").input_value()
    assert installation.book(beside, phone=new_number("040 685")).status_code == 201
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("Toiselle ei ole enää paikkaa.")
    expect(page.get_by_label("Tuleeko joku mukaan?")).to_have_value(f"Eino {family}")
    assert not {f"Aino {family}", f"Eino {family}"} & names_on(installation, day, group).keys()
    page.get_by_label("Tuleeko joku mukaan?").fill("")
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")


def test_when_the_first_is_refused_the_second_has_no_place_either(
    page: Page, installation: Installation, group: dict[str, str], family: str
) -> None:
    """Of the two only the first has a name that holds a personal identity code."""
    day = choose(page, installation, "2 paikkaa")
    fill(page, "Aino 010190-123A", f"Eino {family}")
    press(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert f"Eino {family}" not in names_on(installation, day, group)
    fill(page, f"Aino {family}", f"Eino {family}")
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi on varattu")
    page.get_by_role("link", name=f"Varaus: Eino {family}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aikasi")
