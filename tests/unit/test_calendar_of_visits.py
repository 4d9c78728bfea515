"""A tutor's visits as their calendar program reads them."""

import datetime as dt
from typing import Any, get_args
from uuid import UUID

import pytest
from icalendar import Calendar

from services.booking.calendars.visits import Subscribed, write_visits
from services.booking.domain.calendar_subscriptions import STATUSES, subscription_secret
from services.booking.domain.states import State
from services.booking.store.calendar_subscriptions import VisitShown
from shared.languages import LANGUAGES, Language

NOW = dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)
BEFORE, AFTER = dt.datetime(2027, 3, 26, 8, tzinfo=dt.UTC), dt.datetime(2027, 3, 29, 7, tzinfo=dt.UTC)  # 10:00 both
BREAKS = ["\n", "\r", "\r\n", "\r\n ", "\x85", "\u2028", "\x0b", "\x00"]


def visit(starts: dt.datetime = BEFORE, **changed: Any) -> VisitShown:
    whole = {
        "id": UUID(int=7),
        "starts": starts,
        "ends": starts + dt.timedelta(minutes=30),
        "state": "booked",
        "sequence": 2,
        "channel": "on_site",
        "topic": "e-services",
        "place_name": {"fi": "Kuusamon kirjasto", "sv": "Kuusamo bibliotek"},
        "place_address": "Tie 1, 93600 Kuusamo",
        "place_address_sv": None,
        "code_word": "kuikka",
        "changed_at": NOW,
    }
    return VisitShown(**{**whole, **changed})


def written(*visits: VisitShown, **changed: Any) -> bytes:
    whole = {
        "tutor_name": "Aino",
        "language": "fi",
        "zone": "Europe/Helsinki",
        "pages": "https://vuoro.example",
        "pages_zone": "Europe/Helsinki",
        "code_words": True,
    }
    return write_visits(visits, Subscribed(**{**whole, **changed}), NOW)


def event_of(text: bytes) -> Any:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert not event.errors
    return event


def test_a_swedish_calendar_has_the_street_by_its_swedish_name() -> None:
    here = visit(place_address="Isokatu 1", place_address_sv="Storgatan 1")
    where = {language: str(event_of(written(here, language=language))["LOCATION"]) for language in LANGUAGES}
    assert where["sv"] == "Kuusamo bibliotek, Storgatan 1"
    assert [where[language].rpartition(", ")[2] for language in ("fi", "en")] == ["Isokatu 1", "Isokatu 1"]


def test_a_visit_says_when_where_about_what_and_the_code_word() -> None:
    event = event_of(written(visit()))
    assert event["UID"] == "00000000-0000-0000-0000-000000000007@vuoro"
    assert event["SEQUENCE"] == 2
    assert event["STATUS"] == "CONFIRMED"
    assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt == NOW
    assert event["SUMMARY"] == "Digituki: Kuusamon kirjasto"
    assert event["LOCATION"] == "Kuusamon kirjasto, Tie 1, 93600 Kuusamo"
    assert event["URL"] == "https://vuoro.example/day?date=2027-03-26"
    assert event["DESCRIPTION"] == (
        "Aihe: e-services\nTunnussana: kuikka\nKuka tulee: https://vuoro.example/day?date=2027-03-26"
    )


def test_times_stay_on_the_tutors_wall_when_the_clocks_change() -> None:
    before, after = (event_of(written(visit(at)))["DTSTART"] for at in (BEFORE, AFTER))
    assert [each.to_ical() for each in (before, after)] == [b"20270326T100000", b"20270329T100000"]
    assert {each.params["TZID"] for each in (before, after)} == {"Europe/Helsinki"}
    assert [each.dt for each in (before, after)] == [BEFORE, AFTER]


def test_an_hour_that_the_wall_shows_twice_is_told_apart() -> None:
    hours = [dt.datetime(2027, 10, 31, hour, 30, tzinfo=dt.UTC) for hour in (0, 1)]  # 03:30 both
    read = [event_of(written(visit(at)))["DTSTART"].dt.timestamp() for at in hours]
    assert read == [at.timestamp() for at in hours]


def test_a_program_is_told_to_read_it_once_an_hour() -> None:
    text = written(visit())
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in text
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))


def test_the_same_visits_are_the_same_bytes_a_day_later() -> None:
    wanted = Subscribed("Aino", "fi", "Europe/Helsinki", "https://vuoro.example", "Europe/Helsinki", True)
    assert write_visits([visit()], wanted, NOW) == write_visits([visit()], wanted, NOW + dt.timedelta(days=1))


def test_nothing_of_a_visit_is_there_but_what_is_listed() -> None:
    assert set(event_of(written(visit()))) == {
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "LAST-MODIFIED",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "STATUS",
        "CLASS",
        "CATEGORIES",
        "DESCRIPTION",
        "URL",
        "LOCATION",
    }


def test_the_code_word_is_for_an_address_made_by_who_may_see_who_comes() -> None:
    assert b"kuikka" not in written(visit(), code_words=False)
    assert "Tunnussana" not in event_of(written(visit(code_word=None)))["DESCRIPTION"]  # erased with the citizen


@pytest.mark.parametrize("state", ["cancelled", "displaced"])
def test_what_is_cancelled_says_so_also_to_who_shows_it_as_any_other(state: State) -> None:
    event = event_of(written(visit(state=state)))
    assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", "Peruttu: Digituki: Kuusamon kirjasto")


def test_every_state_is_shown_or_no_visit() -> None:
    assert set(get_args(State)) - set(STATUSES) == {"held", "lapsed"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["phone", "video", "home"])
def test_a_visit_elsewhere_says_how_it_is_given_and_has_no_place(channel: str, language: Language) -> None:
    event = event_of(written(visit(channel=channel, place_name=None, place_address=None), language=language))
    assert "LOCATION" not in event
    assert "{" not in event["SUMMARY"] + event["DESCRIPTION"]
    assert event["SUMMARY"] != ""


@pytest.mark.parametrize("break_", BREAKS)
def test_a_name_is_no_line_of_a_calendar(break_: str) -> None:
    evil = f"Åsa{break_}ATTENDEE:mailto:evil@example.com{break_}END:VEVENT"
    text = written(visit(place_name={"fi": evil}, place_address=evil), tutor_name=evil)
    event_of(text)
    lines = text.decode().replace("\r\n ", "").splitlines()
    assert not [line for line in lines if line.startswith(("ATTENDEE", "END:VEVENT "))]


def test_a_secret_is_of_one_subscription_and_one_service() -> None:
    first, second = UUID(int=1), UUID(int=2)
    secret = subscription_secret("s" * 32, first)
    assert len(secret) == 32
    assert secret not in (subscription_secret("s" * 32, second), subscription_secret("t" * 32, first))
