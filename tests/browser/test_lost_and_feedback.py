"""Who has lost their link finds their time again, and whoever was helped says how it went; without scripts."""

import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser


def booked(installation: Installation, email: str) -> dict[str, Any]:
    """A visit of somebody who is reached there."""
    slot = installation.slots(channel="on_site", drop_in="false", limit=60)[-1]
    answer = installation.book(slot["id"], email=email)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ask_for_links(page: Page, contact: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Onko varauksesi linkki kadonnut?").click()
    page.get_by_label("Puhelinnumerosi tai sähköpostiosoitteesi").fill(contact)
    page.get_by_role("button", name="Lähetä minulle linkit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Katso viestisi")


def links_sent(installation: Installation, email: str) -> dict[str, Any]:
    def sent() -> list[dict[str, Any]]:
        return [mail for mail in installation.mails(email) if mail["subject"] == "Linkit varauksiisi digitukeen"]

    return eventually(sent)[0]


def test_who_has_lost_their_link_opens_their_time_by_the_message_or_by_its_code(
    page: Page, installation: Installation
) -> None:
    email = f"aili-{secrets.token_hex(4)}@example.fi"
    time = booked(installation, email)
    ask_for_links(page, email)
    text = links_sent(installation, email)["text"]
    link, code = re.search(r"http\S+/a/\S+", text), re.search(r": (\d{6})\.", text)
    assert link
    assert code
    page.get_by_label("Koodi").fill(code[1])
    page.get_by_role("button", name="Näytä aikani").click()
    expect(page.get_by_role("main")).to_contain_text(time["place"]["address"])
    assert code[1] not in page.url
    page.get_by_role("link", name="Avaa tämä aika").click()
    expect(page.locator(".word")).to_have_text(time["code_word"])
    page.goto(link[0])
    expect(page.locator(".word")).to_have_text(time["code_word"])


def test_who_has_booked_nothing_reads_the_same(page: Page, installation: Installation) -> None:
    known, unknown = (f"{name}-{secrets.token_hex(4)}@example.fi" for name in ("aili", "kukaan"))
    booked(installation, known)
    read = []
    for email in (known, unknown):
        ask_for_links(page, email)
        read.append(page.get_by_role("main").inner_text().replace(email, ""))
    assert read[0] == read[1]
    links_sent(installation, known)
    assert installation.mails(unknown) == []


def test_how_it_went_is_said_and_changed(page: Page, installation: Installation) -> None:
    time = booked(installation, f"aili-{secrets.token_hex(4)}@example.fi")
    installation.begin_visit(time["id"], ended=True)
    page.goto(time["manage_url"])
    page.get_by_role("link", name="Miten käynti meni?").click()
    page.get_by_label("Osittain").check()
    page.get_by_label("Kyllä", exact=True).check()
    page.get_by_label("Mitä muuta haluat kertoa?").fill("Kiitos!\nHetuni on 131052-308T.")
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.get_by_role("alert")).to_contain_text("henkilötunnu")
    expect(page.get_by_label("Osittain")).to_be_checked()
    page.get_by_label("Mitä muuta haluat kertoa?").fill("Kiitos!")
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.get_by_role("status")).to_contain_text("Kiitos!")
    page.get_by_label("Kyllä, täysin").check()
    page.get_by_role("button", name="Tallenna muutokset").click()
    expect(page.get_by_label("Kyllä, täysin")).to_be_checked()
    expect(page.get_by_label("Mitä muuta haluat kertoa?")).to_have_value("Kiitos!")
