"""The colours of the pages can be told apart (WCAG 2.2, 1.4.3 and 1.4.11), in light and in dark."""

import colorsys
import re

import pytest

from services.web.static_files import FOLDER

STYLE = (FOLDER / "style.css").read_text()
LIGHT, _, REST = STYLE.partition("prefers-color-scheme: dark")
DARK, _, RULES = REST.partition("/* The page */")
ON_SCREEN = re.sub(r"@media print \{(?:[^{}]|\{(?:[^{}]|\{[^}]*\})*\})*\}", "", RULES)
TEXT, EDGE = 4.5, 3.0
PAIRS = [
    *((ink, paper, TEXT) for ink in ("ink", "dim", "link") for paper in ("paper", "tint", "chosen", "warm-tint")),
    *((ink, "bad-tint", TEXT) for ink in ("ink", "link")),
    *((ink, "paper", TEXT) for ink in ("brand", "bad")),
    ("on-brand", "brand", TEXT),
    ("on-bad", "bad", TEXT),
    ("brand", "tint", TEXT),
    *((edge, paper, EDGE) for edge in ("line", "focus") for paper in ("paper", "tint")),
    ("bad", "bad-tint", EDGE),
    ("brand", "warm-tint", EDGE),
]


def colours(text: str) -> dict[str, tuple[float, float, float]]:
    """The custom properties that are colours, as red, green and blue."""
    found = re.findall(r"--([\w-]+): hsl\((\d+) (\d+)% (\d+)%\)", text)
    return {name: colorsys.hls_to_rgb(int(h) / 360, int(light) / 100, int(s) / 100) for name, h, s, light in found}


def luminance(colour: tuple[float, float, float]) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("one", "other", "least"), PAIRS)
def test_what_stands_on_another_colour_is_told_from_it(scheme: str, one: str, other: str, least: float) -> None:
    known = colours(LIGHT) | (colours(DARK) if scheme == "dark" else {})
    assert contrast(known[one], known[other]) >= least


def test_the_sheet_takes_its_colours_spaces_and_corners_from_the_properties_at_its_top() -> None:
    assert "@media print" not in ON_SCREEN  # paper has measures of its own
    assert re.findall(r"[^;{}]*(?:#[0-9a-f]{3,8}\b|(?:hsl|rgb)a?\()[^;{}]*", ON_SCREEN) == []
    spaces = re.findall(r"(?:margin|padding|gap|border-radius)[\w-]*: [^;}]+", ON_SCREEN)
    raw = [each for each in spaces if re.search(r"\d(?:rem|px)", each)]
    assert raw == ["border-radius: 2px"], "but the corner of the focus, radius-focus"


def test_every_property_is_known_and_used() -> None:
    assert set(re.findall(r"var\(--([\w-]+)\)", STYLE)) == set(re.findall(r"--([\w-]+): ", STYLE))
