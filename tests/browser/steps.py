"""What a citizen presses, fills in and prints, by what a page's controls are called in every language."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, PdfMargins

from shared.languages import Language
from tests.installation import Installation

SEND = "main form > button:not(.plain, .behind)"
BOOK = "#booking > button:not(.behind)"
SHEET = rb"/Type\s*/Page\b"
MARGINS: PdfMargins = {"top": "1cm", "right": "1cm", "bottom": "1cm", "left": "1cm"}  # as printers have them


@contextmanager
def reading(
    browser: Browser, installation: Installation, language: Language, *, width: int = 360, scripts: bool = False
) -> Iterator[Page]:
    """A window of somebody who reads a language."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        locale=f"{language}-FI",
        base_url=installation.gateway,
        java_script_enabled=scripts,
    )
    yield context.new_page()
    context.close()


def seek(page: Page, municipality: str = "305", topic: str = "e-services") -> None:
    """The first page: what is the trouble with, and where."""
    page.goto("/")
    page.locator(f"input[name=topic][value={topic}]").check()
    page.locator("#municipality").select_option(municipality)
    page.locator(SEND).click()
    page.wait_for_url("**/times?**")


def take(page: Page, number: int = 0) -> None:
    """The page of times: one of those that are shown first."""
    page.locator("button.time").nth(number).click()
    page.wait_for_url("**/book/**")


def give_details(page: Page, name: str = "Aili Mäkelä", **contact: str) -> None:
    """The form: a name, and how somebody is reached."""
    for field, value in {"name": name, **contact}.items():
        page.locator(f"#{field}").fill(value)
    page.locator(BOOK).click()
    page.wait_for_url("**/a/**")


def sheets(page: Page, width: str, height: str) -> int:
    """How many sheets of a size a page takes on paper."""
    return len(re.findall(SHEET, page.pdf(width=width, height=height, margin=MARGINS)))


def new_address(name: str = "aili") -> str:
    """An e-mail address that nobody has used yet."""
    return f"{name}-{secrets.token_hex(4)}@example.fi"


def new_number(beginning: str) -> str:
    """A phone number of that beginning that nobody has used yet."""
    return f"{beginning} {secrets.randbelow(9000) + 1000}"
