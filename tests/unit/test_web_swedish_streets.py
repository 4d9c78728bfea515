"""A street that has a Swedish name is shown by it to who reads Swedish, and by its other name to everybody else."""

import re
import uuid
from typing import Any

import httpx2
import pytest

from services.web.templating import TEMPLATES
from shared.languages import LANGUAGES, Language
from tests.unit.web_pages import FORM, HOLD, WHERE, agenda, answers, appointment, hold, ok, pages, slot

pytestmark = pytest.mark.anyio
PLACE = {"name": {"fi": "Kirjasto", "sv": "Bibliotek"}, "address": "Isokatu 1", "address_sv": "Storgatan 1"}
POINT = uuid.UUID(int=7)
BOOKED = appointment(place=PLACE, channel="on_site", service_point_id=POINT)
HELD = BOOKED | {"state": "held", "expires": "2126-03-01T10:30:00+02:00"}
ENTRY = {
    "id": uuid.UUID(int=8),
    "state": "offered",
    "topic": "e-services",
    "until": "2126-04-01",
    "appointment": BOOKED,
}
THERE = {**slot(), "place": PLACE}
JUST_COME = THERE | {"id": None, "offering_id": None, "drop_in": True}
NOTHING = {"otherwise": {"nearest": {"slot": THERE, "km": 12}, "drop_in": JUST_COME}}
NO_SLOTS = ("GET", "/slots", ok({"items": []}))
KNOWN = PLACE | {"id": POINT, "organisation_id": POINT, "region": "17", "municipality": "305"}
OF_POINT = [
    ("GET", "/schema-org", ok({"@graph": []})),
    ("GET", "/hours", ok({"items": [], "next": None})),
    ("GET", f"/service-points/{POINT}", ok(KNOWN)),
]
Known = tuple[str, str, httpx2.Response]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/a/key", [("GET", "/mine", ok(BOOKED))]),
        ("/a/key", [("GET", "/mine", ok(HELD))]),
        ("/w/key", [("GET", "/mine", ok(ENTRY | {"offered_until": "2126-03-02T09:00:00+02:00"}))]),
        ("/times", [("GET", "/agenda", ok(agenda(**NOTHING))), NO_SLOTS]),
        (FORM, [("GET", f"/holds/{HOLD}", ok(hold(place=PLACE)))]),
        (f"/points/{POINT}", OF_POINT),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_page_has_the_street_in_its_reader_s_language(
    path: str, known: list[Known], language: Language
) -> None:
    async with pages(answers(*known)) as browser:
        page = await browser.get(path, params={"lang": language, **(WHERE if path == "/times" else {})})
    shown, hidden = ("Storgatan 1", "Isokatu 1") if language == "sv" else ("Isokatu 1", "Storgatan 1")
    assert (page.status_code, shown in page.text, hidden in page.text) == (200, True, False)


def test_no_page_shows_a_place_s_address_in_one_language_alone() -> None:
    written: dict[str, Any] = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")}
    assert [name for name, text in written.items() if re.search(r"(place|point)\.address\b", text)] == []
