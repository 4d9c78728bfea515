"""The page of privacy: who keeps what, and how long, as the services themselves keep to it."""

import datetime as dt
import re

import pytest
from pydantic import ValidationError

from services.web.formats import Formats
from services.web.pages.privacy import OF_CITIZENS, OF_HELPERS
from services.web.settings import Settings
from shared.languages import LANGUAGES, Language
from shared.retention import PERIODS
from tests.unit.web_pages import pages

pytestmark = pytest.mark.anyio
KEEPER = {
    "CONTROLLER": "Esimerkkimaakunnan <digituki>",
    "CONTACT": "tietosuoja@vuoro.example",
    "OFFICER": "Ossi Osaava, 040 685 404",
    "PROCESSORS": "Lähettäjä Oy, Oulu",
}


def test_every_period_is_told_once() -> None:
    assert not OF_CITIZENS.keys() & OF_HELPERS.keys()
    assert OF_CITIZENS.keys() | OF_HELPERS.keys() == PERIODS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_time_is_the_one_that_the_services_keep_to(language: Language) -> None:
    async with pages() as browser:
        page = (await browser.get("/privacy", params={"lang": language})).text
    shown = re.findall(r"<dd>\w+: (\d+ \w+)?", page)
    formats = Formats(language)
    lengths = [PERIODS[name].length for name in (*OF_CITIZENS, *OF_HELPERS)]
    assert shown == [formats.duration(length) if length else "" for length in lengths]


async def test_it_names_who_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEEPER.items():
        monkeypatch.setenv(f"VUORO_WEB_PRIVACY_{name}", value)
    async with pages() as browser:
        page = (await browser.get("/privacy")).text
    for part in ("Esimerkkimaakunnan &lt;digituki&gt;", "tietosuoja@vuoro.example", "Ossi Osaava", "Lähettäjä Oy"):
        assert part in page
    assert "Tietosuojavaltuutetun toimisto" in page


async def test_who_has_not_said_so_is_not_hidden() -> None:
    async with pages() as browser:
        page = (await browser.get("/privacy", params={"lang": "en"})).text
        assert "has not written it here yet" in page
        assert 'href="/privacy"' in (await browser.get("/")).text


@pytest.mark.parametrize("name", ["CONTROLLER", "CONTACT"])
def test_a_keeper_whom_nobody_can_reach_is_a_mistake_of_the_settings(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"VUORO_WEB_PRIVACY_{name}", "x")
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (dt.timedelta(days=90), "90 days"),
        (dt.timedelta(hours=36), "36 hours"),
        (dt.timedelta(minutes=20), "20 minutes"),
        (dt.timedelta(seconds=1), "1 second"),
    ],
)
def test_a_length_is_said_in_its_largest_whole_unit(length: dt.timedelta, words: str) -> None:
    assert Formats("en").duration(length) == words
