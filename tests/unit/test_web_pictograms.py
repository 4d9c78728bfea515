"""The pictograms: of every topic that is seeded and of every channel, in the colour of the words beside them."""

import csv
import re
from typing import get_args
from xml.etree import ElementTree

import httpx2
import pytest

from services.web.pictograms import FILE, NAMES, pictogram_address
from services.web.static_files import FOLDER, file_address
from shared.schemas.common import Channel
from tests.conftest import ROOT
from tests.unit.web_pages import TOPICS, answers, ok, pages

TAXONOMY = ROOT / "services/providers/migrations/data/0003_taxonomy.csv"
SVG = "{http://www.w3.org/2000/svg}"
CHANNELS = [f"channel-{channel}" for channel in get_args(Channel)]


def bookable() -> list[str]:
    """The topics that are booked: those that are no finer word for another."""
    with TAXONOMY.open(encoding="utf-8", newline="") as lines:
        return [f"topic-{row['code']}" for row in csv.DictReader(lines) if not row["parent"]]


def test_every_seeded_topic_and_every_channel_has_its_own_and_no_drawing_is_left_over() -> None:
    assert len(bookable()) >= 10
    assert sorted(bookable() + CHANNELS + ["own-words", "general"]) == sorted(NAMES)


def test_what_has_none_has_a_general_one() -> None:
    assert pictogram_address("topic-computer") == f"{file_address(FILE)}#topic-computer"
    assert pictogram_address("topic-of-a-region") == f"{file_address(FILE)}#general"


def test_they_are_lines_on_a_grid_of_24_that_take_the_colour_of_the_words() -> None:
    symbols = ElementTree.parse(FOLDER / FILE).getroot().findall(f"{SVG}symbol")
    assert len(symbols) == len(NAMES)
    for symbol in symbols:
        assert symbol.attrib == {"id": symbol.get("id"), "viewBox": "0 0 24 24"}
        drawn = {name for part in symbol.iter() for name in part.attrib} - {"id", "viewBox"}
        assert drawn <= {"d", "cx", "cy", "r"}, f"{symbol.get('id')} has a colour or a width of its own"


@pytest.mark.anyio
async def test_a_topic_that_a_region_added_is_drawn_by_the_general_one() -> None:
    added = {"code": "robots", "name": {"fi": "Robotit", "en": "Robots"}, "rank": 2}
    known = answers(("GET", "/topics", ok({"items": [*TOPICS["items"], added]})))
    async with pages(known) as browser:
        page: httpx2.Response = await browser.get("/")
    drawing = re.compile(r'<svg class="pictogram" aria-hidden="true"><use href="([^"]+)"/></svg>')
    drawn = [drawing.findall(card) for card in re.findall(r'<label class="choice">.*?</label>', page.text)]
    assert drawn == [[f"{file_address(FILE)}#topic-e-services"], [f"{file_address(FILE)}#general"]]
