"""The two ways in which somebody does what a page asks: pointing at it, and by the keyboard alone."""

from collections.abc import Callable
from typing import Protocol

from playwright.sync_api import Page, expect

MOST_KEYS = 150
AT = """(what) => {
  const here = document.activeElement;
  return here.matches(what) || here.type === "radio" && here.name === document.querySelector(what).name;
}"""


class Hand(Protocol):
    """What is done, by the CSS selector of where; of several the first."""

    page: Page

    def press(self, what: str) -> None:
        """A button, a link, or what unfolds something."""

    def tick(self, what: str) -> None:
        """One of several answers."""

    def write(self, what: str, text: str) -> None:
        """A field, in place of what stands there."""

    def choose(self, what: str, value: str) -> None:
        """An option of a list."""


class Pointer:
    """A mouse or a finger."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: str) -> None:
        self.page.locator(what).first.click()

    def tick(self, what: str) -> None:
        self.page.locator(what).first.check()

    def write(self, what: str, text: str) -> None:
        self.page.locator(what).fill(text)

    def choose(self, what: str, value: str) -> None:
        self.page.locator(what).select_option(value)


class Keyboard:
    """Keys alone: whoever cannot use a mouse is never stuck (calcom/cal.com#26416, thunderbird/appointment#1040)."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: str) -> None:
        self._reach(what)
        self.page.keyboard.press("Enter")

    def tick(self, what: str) -> None:
        self._reach(what)
        self.page.keyboard.press("Space")
        for _ in range(MOST_KEYS):  # one comes to a group of answers, and goes on in it by arrows
            if self._is_at(what):
                break
            self.page.keyboard.press("ArrowDown")
        expect(self.page.locator(what).first).to_be_checked()

    def write(self, what: str, text: str) -> None:
        self._reach(what)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def choose(self, what: str, value: str) -> None:
        self._reach(what)
        self.page.keyboard.type(self.page.locator(f"{what} option[value='{value}']").inner_text())
        expect(self.page.locator(what)).to_have_value(value)

    def _reach(self, what: str) -> None:
        self.page.locator(what).first.wait_for()
        for _ in range(MOST_KEYS):
            if self.page.evaluate(AT, what):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never reaches {what}")

    def _is_at(self, what: str) -> bool:
        return bool(self.page.evaluate("(what) => document.activeElement.matches(what)", what))


BY_HAND: dict[int, Callable[[Page], Hand]] = {360: Pointer, 1280: Keyboard}
"""By the width of the window."""
