"""How pages are written: dates, times, numbers and names in each language."""

import datetime as dt
import re
import uuid
from pathlib import Path

import pytest
from markupsafe import Markup

from services.web.dates import local_midnight, read_date
from services.web.formats import LOCALES, Formats
from services.web.settings import Settings
from shared.languages import LANGUAGES, NATIVE_INVITATIONS, NATIVE_NAMES, Language
from shared.schemas.booking import Absence, PlaceName
from shared.schemas.common import LocalisedText
from tests.unit.web_pages import pages

DAY = dt.date(2026, 3, 3)


def absence(start: str, end: str) -> Absence:
    return Absence.model_validate({"id": uuid.uuid4(), "tutor_id": uuid.uuid4(), "from": start, "until": end})


def test_every_language_has_its_names_and_its_locale() -> None:
    assert set(NATIVE_NAMES) == set(NATIVE_INVITATIONS) == set(LOCALES) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "day", "clock", "weekday", "finnish"),
    [
        ("fi", "tiistai 3.3.2026", "9.05", "maanantai", "suomi"),
        ("sv", "tisdag 3 mars 2026", "9.05", "måndag", "finska"),
        ("en", "Tuesday 3 March 2026", "09:05", "Monday", "Finnish"),
    ],
)
def test_dates_times_and_names(language: Language, day: str, clock: str, weekday: str, finnish: str) -> None:
    formats = Formats(language)
    assert formats.day(DAY) == day
    assert formats.clock(dt.time(9, 5)) == clock
    assert formats.weekday(1) == weekday
    assert formats.language_name("fi") == finnish


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("fi", LocalisedText(fi="Kirjasto", sv="Bibliotek"), "Kirjasto"),
        ("sv", LocalisedText(fi="Kirjasto", sv="Bibliotek"), "Bibliotek"),
        ("en", LocalisedText(fi="Kirjasto", sv="Bibliotek"), '<span lang="fi">Kirjasto</span>'),
        ("fi", LocalisedText(sv="Närpes <bibliotek>"), '<span lang="sv">Närpes &lt;bibliotek&gt;</span>'),
        ("fi", LocalisedText(fi="<b>"), "&lt;b&gt;"),
    ],
)
def test_a_text_in_another_language_than_the_page_says_in_which(
    language: Language, text: LocalisedText, shown: str
) -> None:
    assert Formats(language).named(text) == Markup(shown)


def test_where_no_element_can_stand_the_text_and_its_language_stand_apart() -> None:
    text = LocalisedText(fi="Koti & <ehjä>")
    assert Formats("en").plainly_named(text) == "Koti & <ehjä>"
    assert Formats("en").lang(text) == Markup(' lang="fi"')
    assert Formats("fi").lang(text) == ""


BILINGUAL, FINNISH = {"fi": "Kirjasto", "sv": "Bibliotek"}, {"fi": "Kirjasto"}


@pytest.mark.parametrize(
    ("language", "name", "address_sv", "shown"),
    [
        ("fi", BILINGUAL, "Vägen 1", "Tie 1"),
        ("sv", BILINGUAL, "Vägen 1", "Vägen 1"),
        ("sv", BILINGUAL, None, "Tie 1"),  # of such a place, a street may have a Swedish name and no other
        ("sv", FINNISH, None, '<span lang="fi">Tie 1</span>'),
        ("en", BILINGUAL | {"en": "Library"}, "Vägen 1", '<span lang="fi">Tie 1</span>'),
        ("en", {"en": "Library"}, None, "Tie 1"),
    ],
)
def test_an_address_is_in_the_language_of_its_street(
    language: Language, name: dict[str, str], address_sv: str | None, shown: str
) -> None:
    place = PlaceName(name=LocalisedText(**name), address="Tie 1", address_sv=address_sv)
    assert Formats(language).address(place) == Markup(shown)


TEMPLATES = Path(__file__).parents[2] / "services/web/templates"


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_element_is_written_where_none_can_stand(path: Path) -> None:
    """In an attribute, a title and an option: there `plainly_named` stands."""
    text = path.read_text()
    attributes = re.findall(r'="[^"]*"', re.sub(r"\{%.*?%\}", "", text))
    alone = re.findall(r"<option.*?</option>|{% block (?:title|description) %}.*?{% endblock %}", text)
    assert not [each for each in (*attributes, *alone) if re.search(r"\| (named|address)\b", each)]


@pytest.mark.anyio
async def test_places_that_have_no_name_in_the_language_of_the_page_say_in_which_they_are() -> None:
    async with pages() as browser:
        english = (await browser.get("/", params={"lang": "en"})).text
        finnish = (await browser.get("/", params={"lang": "fi"})).text
    assert '<optgroup label="Maakunta 01" lang="fi">' in english
    assert re.search(r'<option value="091" lang="fi" *>Helsinki</option>', english)
    assert 'lang="fi">Helsinki' not in finnish


def test_a_number_is_written_so_that_it_can_be_read_aloud() -> None:
    assert Formats("fi").number("+358401234567") == "040 1234567"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("2026-07-01T00:00+03:00", "2026-07-02T00:00+03:00", "Wednesday 1 July 2026"),
        ("2026-07-01T00:00+03:00", "2026-08-01T00:00+03:00", "Wednesday 1 July 2026 – Friday 31 July 2026"),
        ("2026-07-01T09:00+03:00", "2026-07-01T12:30+03:00", "Wednesday 1 July 2026 09:00–12:30"),
        (
            "2026-07-01T22:00+03:00",
            "2026-07-02T08:00+03:00",
            "Wednesday 1 July 2026 22:00 – Thursday 2 July 2026 08:00",
        ),
    ],
)
def test_whole_days_away_end_with_their_last_day(start: str, end: str, shown: str) -> None:
    assert Formats("en").away(absence(start, end)) == shown


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-03-03", DAY),
        (" 3.3.2026 ", DAY),
        ("03.03.2026", DAY),
        ("30.2.2026", None),
        ("1999-12-31", None),
        ("2201-01-01", None),
        ("tomorrow", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_as_people_write_them(text: str | None, date: dt.date | None) -> None:
    assert read_date(text) == date


def test_a_day_begins_at_midnight_on_the_wall_clock() -> None:
    settings = Settings(VUORO_ZONE="Europe/Helsinki")
    assert local_midnight(DAY, settings) == "2026-03-03T00:00:00+02:00"
    assert local_midnight(dt.date(2026, 7, 1), settings) == "2026-07-01T00:00:00+03:00"


@pytest.mark.anyio
async def test_the_language_switch_keeps_the_question_and_drops_what_is_of_the_moment() -> None:
    async with pages() as browser:
        page = (await browser.get("/", params={"topic": "e-services", "booked": "1"})).text
    assert 'href="/?topic=e-services&amp;lang=sv"' in page
    assert NATIVE_INVITATIONS["sv"] in page
    assert "booked" not in page


@pytest.mark.anyio
async def test_municipalities_stand_under_their_regions_by_name() -> None:
    async with pages() as browser:
        page = (await browser.get("/", params={"municipality": "564"})).text
    places = [page.index(name) for name in ("Maakunta 01", "Helsinki", "Maakunta 17", "Kuusamo", "Oulu")]
    assert places == sorted(places)
    assert '<option value="564" selected>' in page
