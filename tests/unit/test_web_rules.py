"""Rules of the pages that are pure: what is needed, where an appointment stands, how contacts are shortened."""

import datetime as dt
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.web.bringing import BY_TOPIC, what_is_needed
from services.web.maps import map_link
from services.web.phases import phase_of
from services.web.sent_to import shortened_address, shortened_number
from services.web.settings import Settings
from shared.schemas.booking import Appointment, AppointmentState
from shared.schemas.common import Channel, LocalisedText
from tests.unit.web_pages import appointment

OWN = LocalisedText(fi="Kahvikuppi")
START = dt.datetime(2127, 3, 1, 10, tzinfo=dt.UTC)
HALF = dt.timedelta(minutes=30)


@given(st.sampled_from(get_args(Channel)), st.sampled_from([*BY_TOPIC, "computer", "x"]), st.sampled_from([None, OWN]))
def test_something_is_always_said_and_own_words_only_at_a_place(
    channel: Channel, topic: str, own: LocalisedText | None
) -> None:
    needed = what_is_needed(topic, channel, own)
    assert needed.own or needed.texts
    assert needed.own == (own if channel == "on_site" else None)
    assert any("codes" in text for text in needed.texts) == (topic in BY_TOPIC)


@given(st.sampled_from(get_args(AppointmentState)), st.integers(-120, 120))
def test_only_what_is_booked_and_has_not_begun_is_to_come(state: AppointmentState, minutes: int) -> None:
    known = Appointment.model_validate(appointment(state=state, start=START, end=START + HALF), extra="ignore")
    phase = phase_of(known, START + dt.timedelta(minutes=minutes))
    assert (phase == "to_come") == (state == "booked" and minutes < 0)
    assert (phase == "under_way") == (state == "booked" and 0 <= minutes < 30)
    assert (phase == "over") == (state in {"attended", "no_show"} or (state == "booked" and minutes >= 30))


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+35840685404", "040 … 404"), ("+358406854048", "040 … 048"), ("+35881234567", "08 … 567")],
)
def test_a_number_is_known_again_and_cannot_be_dialled(number: str, shown: str) -> None:
    assert shortened_number(number).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    ("address", "shown"), [("aili.makela@example.fi", "ai…@example.fi"), ("ab@x.fi", "a…@x.fi"), ("a@x.fi", "…@x.fi")]
)
def test_of_an_address_the_domain_is_whole_and_the_name_never(address: str, shown: str) -> None:
    assert shortened_address(address) == shown


def test_a_map_is_linked_where_both_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert map_link(Settings(), 65.9, 29.1) is None
    monkeypatch.setenv("VUORO_WEB_MAP_URL", "https://map.example/#15/{lat}/{lon}")
    assert map_link(Settings(), 65.9, 29.1) == "https://map.example/#15/65.9/29.1"
    assert map_link(Settings(), None, 29.1) is None


@pytest.mark.parametrize("wrong", ["http://map.example/{lat},{lon}", "https://map.example/", "javascript:{lat}{lon}"])
def test_a_map_service_that_is_none_ends_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_WEB_MAP_URL", wrong)
    with pytest.raises(ValidationError):
        Settings()
