"""A tutor tells their week in words, from the pages alone, and citizens can book just what was told."""

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from playwright.sync_api import Page, expect

from tests.browser.steps import new_address
from tests.browser.test_journeys import sign_in
from tests.installation import Installation, eventually

pytestmark = pytest.mark.browser
KÄRSÄMÄKI, MERIJÄRVI = "317", "483"  # where nobody else helps
SAVE = "main form[method=post] > button"
DAY = dt.timedelta(days=1)
Told = tuple[dt.datetime, str]


def choose_place(page: Page, municipality: str, place: str) -> None:
    page.get_by_label("Kunta").select_option(label=municipality)
    page.get_by_role("button", name="Näytä paikat").click()
    page.get_by_label("Paikka").select_option(label=place)


def save_hours(page: Page, opens: str, closes: str) -> None:
    """What a form of hours asks last; the page of one's hours says that it is saved."""
    page.get_by_label("Alkaa").fill(opens)
    page.get_by_label("Päättyy").fill(closes)
    page.locator(SAVE).click()
    expect(page.get_by_role("status")).to_have_text("Muutoksesi on tallennettu.")


def tell_weekly(
    page: Page, municipality: str, place: str, weekdays: Sequence[str], first: dt.date, last: dt.date
) -> None:
    page.goto("/hours/weekly")
    choose_place(page, municipality, place)
    for weekday in weekdays:
        page.get_by_label(weekday).check()
    page.get_by_label("Ensimmäinen päivä").fill(f"{first}")
    page.get_by_label("Viimeinen päivä").fill(f"{last}")


def at(date: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(hour), ZoneInfo("Europe/Helsinki"))


def test_a_week_in_words_is_what_citizens_can_book(each_page: Page, installation: Installation) -> None:
    page, email = each_page, new_address("viikko")
    hall, school = (f"{kind} {secrets.token_hex(2)}" for kind in ("Kylätalo", "Koulu"))
    place = installation.make_place(KÄRSÄMÄKI, hall, email=email, duration_minutes=60, grid_minutes=60)
    other = installation.make_other_point(place, MERIJÄRVI, school)
    installation.confirm()
    headers = installation.sign_in(email)
    eventually(lambda: installation.http.get("/api/booking/v1/availability", headers=headers).status_code == 200)
    today = dt.datetime.now(dt.UTC).date()
    first = today + (14 - today.weekday()) * DAY  # a Monday, more than a week from now
    last, away, extra = first + 13 * DAY, first + 2 * DAY, first + 5 * DAY

    sign_in(page, installation, email)
    tell_weekly(page, "Kärsämäki", hall, ("maanantai", "keskiviikko"), first, last)
    save_hours(page, "10:00", "12:00")
    tell_weekly(page, "Merijärvi", school, ("torstai",), first, last)
    save_hours(page, "16:00", "18:00")
    page.goto("/absences")
    page.get_by_label("Ensimmäinen poissaolopäivä").fill(f"{away}")
    page.get_by_label("Viimeinen poissaolopäivä").fill(f"{away}")
    page.locator(SAVE).click()
    page.goto("/hours/once")
    choose_place(page, "Merijärvi", school)
    page.get_by_label("Päivä", exact=True).fill(f"{extra}")
    save_hours(page, "09:00", "11:00")
    for when, where in (("maanantai 10.00–12.00", hall), ("torstai 16.00–18.00", school), (" 9.00–11.00", school)):
        expect(page.get_by_role("main")).to_contain_text(re.compile(rf"{re.escape(when)}.*?{where}", re.DOTALL))
    expect(page.locator(".week rect")).to_have_count(3)

    told = {(at(extra, hour), other) for hour in (9, 10)}
    for day in (first + number * DAY for number in range(14)):
        if day.weekday() in (0, 2) and day != away:
            told |= {(at(day, hour), place.point) for hour in (10, 11)}
        if day.weekday() == 3:
            told |= {(at(day, hour), other) for hour in (16, 17)}
    closed = country_holidays("FI", years=(first.year, last.year))
    assert booked_by_citizens(installation, place.tutor) == {each for each in told if each[0].date() not in closed}


def booked_by_citizens(installation: Installation, tutor: str) -> set[Told]:
    """When and where a tutor can be booked, in either municipality."""
    asked: dict[str, str | int] = {"tutor": tutor, "limit": 100, "drop_in": "false"}
    found = [slot for code in (KÄRSÄMÄKI, MERIJÄRVI) for slot in installation.slots(municipality=code, **asked)]
    return {(dt.datetime.fromisoformat(slot["start"]), slot["service_point_id"]) for slot in found}
