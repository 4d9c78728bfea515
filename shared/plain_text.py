"""Texts that people wrote, where they must not be taken for more than words."""

from unicodedata import category

ENDS_OR_CONTROLS = {"Cc", "Zl", "Zp"}


def on_one_line(text: str) -> str:
    """Return a text without line breaks and control characters: names that were taken before they were refused must not
    begin a new line of what they are written into."""
    return " ".join("".join(" " if category(letter) in ENDS_OR_CONTROLS else letter for letter in text).split())


def without_controls(text: str) -> str:
    """Return a text of several lines, on which nothing but a line feed begins a new one."""
    return "\n".join(on_one_line(line) for line in text.split("\n"))
