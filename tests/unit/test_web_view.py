"""How pages are written: dates, times, numbers and names in each language."""

import datetime as dt
import uuid

import pytest

from services.web.dates import local_midnight, read_date
from services.web.formats import LOCALES, Formats
from services.web.settings import Settings
from shared.languages import LANGUAGES, NATIVE_INVITATIONS, NATIVE_NAMES, Language
from shared.schemas.booking import Absence
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


def test_a_text_without_a_translation_is_shown_in_the_language_that_it_has() -> None:
    assert Formats("sv").named(LocalisedText(fi="Kirjasto")) == "Kirjasto"


def test_a_number_is_written_so_that_it_can_be_read_aloud() -> None:
    assert Formats("fi").number("+358401234567") == "+358 40 1234567"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("2026-07-01T00:00+03:00", "2026-07-02T00:00+03:00", "Wednesday 1 July 2026"),
        ("2026-07-01T00:00+03:00", "2026-08-01T00:00+03:00", "Wednesday 1 July 2026 – Friday 31 July 2026"),
        (
            "2026-07-01T09:00+03:00",
            "2026-07-01T12:30+03:00",
            "Wednesday 1 July 2026 09:00 – Wednesday 1 July 2026 12:30",
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
