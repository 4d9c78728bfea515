"""A tutor hands a visit, and a whole sick day, to a colleague, from the pages alone."""

import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import BY_HAND, Hand
from tests.browser.steps import new_address
from tests.browser.test_journeys import sign_in
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
HERE = "071"  # where nobody else helps
A_WEEK_OF = {"from": "10:00", "to": "14:00", "weekday": 2}
HAND_OVER = "main form[method=post] > button"


@dataclass
class Two:
    """Two tutors who help at the same time in the same place: Kyllikki, whose visits these are, and Leena."""

    installation: Installation
    mail: str
    leenas: dict[str, str]
    leena: str
    slots: list[dict[str, Any]]

    def book(self, number: int, name: str, phone: str) -> str:
        """One of Kyllikki's times, for somebody."""
        made = self.installation.book(self.slots[number]["id"], name=name, phone=phone)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def take_of_leena(self, number: int, name: str) -> dict[str, Any]:
        """Let somebody book the same time of Leena's."""
        times = self.installation.slots(tutor=self.leena, municipality=HERE)
        at_once = next(each["id"] for each in times if each["start"] == self.slots[number]["start"])
        made: dict[str, Any] = self.installation.book(at_once, name=name).json()
        return made

    def of_leena(self, day: str) -> set[str]:
        """Whom Leena's list of a day has."""
        listed = self.installation.http.get("/api/booking/v1/appointments", params={"date": day}, headers=self.leenas)
        return {str(each["citizen"]["name"]) for each in listed.json()["items"]}


@pytest.fixture
def two(installation: Installation) -> Two:
    name, mail, other = f"Kylätalo {secrets.token_hex(2)}", new_address("kyllikki"), new_address("leena")
    place = installation.make_place(HERE, name, email=mail, grid_minutes=60)
    leena = installation.make_colleague(place, "Leena", other)
    installation.open_place(place, mail)
    leenas, week = installation.sign_in(other), {**A_WEEK_OF, "service_point_id": place.point}
    hours = "/api/booking/v1/availability"
    eventually(lambda: installation.http.post(hours, json=week, headers=leenas).status_code == 201)
    asked = {"municipality": HERE, "service_point": place.point}
    eventually(lambda: installation.slots(tutor=leena, **asked))
    return Two(installation, mail, leenas, leena, eventually(lambda: installation.slots(tutor=place.tutor, **asked)))


def test_one_visit(each_page: Page, two: Two) -> None:
    page, day = each_page, two.slots[0]["start"][:10]
    assert page.viewport_size is not None
    hand: Hand = BY_HAND[page.viewport_size["width"]](page)
    mine = two.book(0, "Aili Mäkelä", phone="08 8851 1234")  # a landline: no message reaches her
    sign_in(page, two.installation, two.mail)
    new = page.locator("section", has=page.get_by_role("heading", name="Uudet varaukset"))
    expect(new).to_contain_text("Kela, vero, OmaKanta")
    expect(new).not_to_contain_text("Aili")
    hand.press("form[action='/day/seen'] button")
    expect(new).to_have_count(0)
    page.goto(f"/day?date={day}")
    hand.press(f"a[href='/day/{mine}/reassignment']")
    expect(page.get_by_label("Leena")).to_be_checked()  # there is nobody else to choose
    expect(page.get_by_role("main")).to_contain_text("ei saa viestejä. Soita, ennen kuin siirrät käynnin: 08 88511234")

    taken = two.take_of_leena(0, "Eino Aho")  # while Kyllikki reads
    hand.press(HAND_OVER)
    expect(page.get_by_role("alert")).to_have_text("Tämä auttaja ei ole enää vapaana. Mitään ei muutettu.")
    expect(page.get_by_role("main")).to_contain_text("Kukaan muu ei ole silloin vapaana")
    assert two.of_leena(day) == {"Eino Aho"}

    key = taken["manage_url"].rpartition("/")[2]
    cancelled = two.installation.http.post(
        f"/api/booking/v1/appointments/{taken['id']}/cancellation", headers={"Manage-Token": key}
    )
    assert cancelled.status_code == 200
    page.goto(f"/day/{mine}/reassignment")
    hand.press(HAND_OVER)
    expect(page.get_by_role("status").first).to_have_text("Käynnillä on nyt toinen auttaja.")
    expect(page.get_by_role("article")).to_have_count(0)
    assert two.of_leena(day) == {"Aili Mäkelä"}
    steps = two.installation.http.get(f"/api/booking/v1/appointments/{mine}/history", headers=two.leenas).json()[
        "items"
    ]
    assert [(step["step"], step["by"]) for step in steps] == [("book", "citizen"), ("reassign", "tutor")]


def test_a_sick_day(each_page: Page, two: Two) -> None:
    page, day = each_page, two.slots[0]["start"][:10]
    assert page.viewport_size is not None
    hand: Hand = BY_HAND[page.viewport_size["width"]](page)
    two.book(0, "Aili Mäkelä", phone="040 685 404")  # Leena is free then
    two.book(1, "Eino Aho", phone="040 685 405")
    two.take_of_leena(1, "Tyyne Öhman")  # and not then
    sign_in(page, two.installation, two.mail)

    page.goto("/hours")
    hand.press("a[href='/absences']")
    page.locator("#first").fill(day)
    page.locator("#last").fill(day)
    hand.press(HAND_OVER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tälle ajalle on varattu 2 käyntiä")
    for name in ("Aili Mäkelä", "Eino Aho"):
        expect(page.get_by_role("main")).to_contain_text(name)
    assert two.of_leena(day) == {"Tyyne Öhman"}  # nothing is saved yet
    hand.press("button[value=reassign]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Omat ajat")

    assert two.of_leena(day) == {"Tyyne Öhman", "Aili Mäkelä"}
    page.goto(f"/day?date={day}")
    left = page.get_by_role("article")
    expect(left).to_have_count(1)
    expect(left).to_contain_text("Eino Aho")
    expect(left).to_contain_text("asiakas valitsee toista aikaa")
