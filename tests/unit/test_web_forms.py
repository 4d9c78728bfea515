"""Forms: what is read, what is missing, and beside which field a refusal stands."""

import datetime as dt
import uuid

import pytest
from pydantic import ValidationError
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request

from services.web.forms.booking import BookingForm, Details, appointment_input, missing_fields
from services.web.forms.findings import invalid_fields, is_gone, refused_fields
from services.web.forms.hours import AbsenceForm, HoursForm
from services.web.forms.nonce import idempotency_key
from services.web.forms.questions import answers_in
from services.web.forms.search import Search
from services.web.forms.waitlist import WaitlistForm, missing_details
from shared.clients import Refused
from shared.languages import Language
from shared.schemas.common import LocalisedText, ProblemDocument


@pytest.fixture
def request_() -> Request:
    """A request in English."""
    return Request({"type": "http", "query_string": b"lang=en", "headers": []})


def details(**more: object) -> Details:
    return Details(**{"name": "Aili", "phone": "040 685 404", **more})  # type: ignore[arg-type]


def refusal(slug: str = "refused", **more: object) -> Refused:
    document = {"type": f"urn:vuoro:problem:{slug}", "title": "No", "status": 409, "detail": "Because.", **more}
    return Refused(ProblemDocument.model_validate(document))


def test_answers_are_read_by_their_questions_codes_and_empty_ones_are_none() -> None:
    form = FormData([("answer-a", " phone "), ("answer-b", " "), ("name", "Aili")])
    assert answers_in(form) == {"a": "phone"}


def test_what_is_missing_is_told_by_field(request_: Request) -> None:
    assert set(missing_fields(request_, Details(), "on_site")) == {"name", "phone"}
    assert missing_fields(request_, details(), "on_site") == {}
    assert missing_fields(request_, details(phone=" ", email="aili@example.fi"), "on_site") == {}
    assert missing_fields(request_, details(name=" "), "on_site") == {"name": "Write the name."}
    called = missing_fields(request_, details(phone=" ", email="aili@example.fi"), "phone")
    assert called == {"phone": "Write the phone number. The helper calls it."}


@pytest.mark.parametrize("marks", ["\u202a%s\u202c", "\u2066%s\u2069", "\u200e%s", "\ufeff%s\u200b "])
def test_what_was_copied_from_a_phone_is_a_number_without_the_marks_around_it(request_: Request, marks: str) -> None:
    """They say in which direction it is written. Nobody sees them, so nobody can take them away."""
    copied = details(phone=marks % "+358 40 685404", email=marks % "aili@example.fi")
    assert missing_fields(request_, copied, "on_site") == {}
    citizen = appointment_input(request_, copied, "e-services", slot="s").citizen
    assert (citizen.phone, citizen.email) == ("+358 40 685404", "aili@example.fi")
    assert set(missing_fields(request_, details(phone=marks % ""), "on_site")) == {"phone"}


def test_who_books_for_somebody_else_says_so_to_the_helper(request_: Request) -> None:
    wanted = appointment_input(request_, details(for_other=True, note="Kela"), "e-services", slot="s")
    assert wanted.note == "Booked by somebody else with their consent.\nKela"
    assert appointment_input(request_, details(), "e-services", slot="s").note is None


@pytest.mark.parametrize(
    ("helped_in", "note"),
    [
        (("fi", "sv"), "Läheinen tulee mukaan.\nAsiakas tarvitsee tulkin."),
        (("sv",), "En närstående kommer med.\nKunden behöver en tolk."),
        (("fi", "en"), "A relative or friend comes along.\nAn interpreter is needed."),
        ((), "A relative or friend comes along.\nAn interpreter is needed."),
    ],
)
def test_what_is_ticked_is_said_in_a_language_of_the_helper(
    request_: Request, helped_in: tuple[Language, ...], note: str
) -> None:
    ticked = details(relative=True, interpreter=True)
    wanted = appointment_input(request_, ticked, "e-services", slot="s", helped_in=helped_in)
    assert wanted.note == note


@pytest.mark.anyio
async def test_a_line_break_is_one_letter(request_: Request) -> None:
    """As many as a browser lets somebody type are taken: it sends two for each."""
    request_._form = FormData()
    filled = await BookingForm(note="a\r\nb").details(request_)
    assert filled.note == "a\nb"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("topic=e-services&municipality=305", Search("e-services", "305")),
        (
            "channel=video&language=sv&need=wheelchair&need=x",
            Search(channel="video", language="sv", needs=("wheelchair",)),
        ),
        ("channel=x&language=x&date=x&day=2126-03-04", Search(day=dt.date(2126, 3, 4))),
    ],
)
def test_a_search_is_read_from_a_link_and_what_is_none_of_ours_is_left_out(query: str, found: Search) -> None:
    assert Search.of(QueryParams(query)) == found
    assert Search.of(QueryParams(found.address().partition("?")[2])) == found


def test_a_search_asks_for_what_places_have_only_where_there_is_one() -> None:
    assert Search(needs=("wheelchair",)).query()["feature"] == ["wheelchair"]
    assert "feature" not in Search(channel="phone", needs=("wheelchair",)).query()


def test_the_waitlist_tells_at_once_all_that_is_missing(request_: Request) -> None:
    assert set(missing_details(request_, WaitlistForm())) == {"name", "phone"}
    assert set(missing_details(request_, WaitlistForm(name="Aili"))) == {"phone"}
    assert missing_details(request_, WaitlistForm(name="Aili", email="aili@example.fi")) == {}


def test_a_citizens_name_that_is_too_long_is_told_beside_its_field(request_: Request) -> None:
    with pytest.raises(ValidationError) as raised:
        appointment_input(request_, details(name="a" * 300), "e-services", slot="s")
    assert set(invalid_fields(request_, raised.value)) == {"name"}


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/citizen/phone", "phone"),
        ("/answers/own-device", "answer-own-device"),
        ("/topic", "form"),
    ],
)
def test_a_refused_field_stands_beside_its_own(pointer: str, field: str) -> None:
    refused = refusal(errors=[{"pointer": pointer, "detail": "It is wrong."}])
    assert refused_fields(refused) == {field: "It is wrong."}


def test_a_refusal_without_fields_stands_where_it_is_about() -> None:
    assert refused_fields(refusal("sensitive-text")) == {"note": "No. Because."}
    assert refused_fields(refusal()) == {"form": "No. Because."}
    assert [is_gone(each) for each in (refusal(alternatives=[]), refusal())] == [True, False]


def test_a_form_sent_again_has_the_same_key_and_another_name_or_form_another() -> None:
    body, other = LocalisedText(fi="a"), LocalisedText(fi="b")
    assert idempotency_key("n", body) == idempotency_key("n", body)
    assert len({idempotency_key(nonce, each) for nonce in ("n", "m") for each in (body, other)}) == 4


def test_without_a_nonce_two_people_who_write_the_same_share_no_key() -> None:
    body = LocalisedText(fi="a")
    assert idempotency_key("", body) != idempotency_key("", body)


def test_hours_by_phone_and_at_a_place() -> None:
    point = str(uuid.uuid4())
    [by_phone] = HoursForm(["2"], "10:00", "14:00", place="phone").each_wanted()
    both = list(HoursForm(["2", "4"], "10:00", "14:00", place=point, until="31.5.2127").each_wanted())
    assert (by_phone.channels, by_phone.service_point_id) == (["phone"], None)
    assert [(each.weekday, str(each.service_point_id), str(each.valid_until)) for each in both] == [
        (2, point, "2127-05-31"),
        (4, point, "2127-05-31"),
    ]


@pytest.mark.parametrize(("opens", "closes"), [("14:00", "10:00"), ("10:00", "10:00"), ("", "10:00")])
def test_hours_that_end_before_they_start_are_a_slip(opens: str, closes: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(HoursForm(["2"], opens, closes, place="phone").each_wanted())


@pytest.mark.parametrize(
    ("form", "start", "end"),
    [
        (AbsenceForm("2027-03-27", "2027-03-29"), "2027-03-27", "2027-03-29"),
        (AbsenceForm("2027-03-27"), "2027-03-27", "2027-03-27"),
        # Summer time begins on the night to Sunday the 28th: the offset is that of each day.
        (AbsenceForm("2027-03-27", "2027-03-28", "12:00"), "2027-03-27T12:00:00+02:00", "2027-03-29T00:00:00+03:00"),
        (AbsenceForm("28.3.2027", "28.3.2027", "", "12:00"), "2027-03-28T00:00:00+02:00", "2027-03-28T12:00:00+03:00"),
    ],
)
def test_an_absence_is_of_days_or_of_a_part_of_one(form: AbsenceForm, start: str, end: str) -> None:
    wanted = form.wanted("Europe/Helsinki")
    assert (wanted.start.isoformat(), wanted.end.isoformat()) == (start, end)


@pytest.mark.parametrize("form", [AbsenceForm(), AbsenceForm("2027-03-27", "never"), AbsenceForm(from_time="12:00")])
def test_an_absence_of_no_day_is_a_slip(form: AbsenceForm) -> None:
    with pytest.raises(ValueError, match=r"."):
        form.wanted("Europe/Helsinki")
