"""Forms: what is read, what is missing, and beside which field a refusal stands."""

import uuid

import pytest
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request

from services.web.forms.booking import TimesForm, Wish, appointment_input, missing_fields
from services.web.forms.findings import invalid_fields, refused_fields
from services.web.forms.hours import HoursForm
from services.web.forms.nonce import idempotency_key
from services.web.forms.questions import AskedQuestions, answers_in, asked_with, question_code, question_key
from services.web.forms.waitlist import WaitlistForm, missing_field
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.schemas.common import LocalisedText, ProblemDocument
from shared.schemas.providers import Question

OWN_DEVICE = Question(code="own-device", text=LocalisedText(fi="Oma laite?"))
OTHER_DEVICE = Question(code="own-device", text=LocalisedText(fi="Mikä laite?"))


@pytest.fixture
def request_() -> Request:
    """A request in English."""
    return Request({"type": "http", "query_string": b"lang=en", "headers": []})


def wish(**more: object) -> Wish:
    filled = {"slot": "s", "name": "Aili", "phone": "040 685 404", **more}
    return Wish("e-services", "305", **filled)  # type: ignore[arg-type]


def slots(offering: uuid.UUID, id: str | None, *questions: Question) -> wire.Slots:
    slot = {
        "id": id,
        "start": "2026-03-03T09:00+02:00",
        "end": "2026-03-03T09:30+02:00",
        "offering_id": offering,
        "tutor_id": None,
        "service_point_id": None,
        "municipality": "305",
        "channel": "phone",
        "place": None,
        "tutor_name": "Åsa",
    }
    return wire.Slots.model_validate({"items": [slot], "questions": {offering: questions} if questions else {}})


def refusal(slug: str = "refused", **more: object) -> Refused:
    document = {"type": f"urn:vuoro:problem:{slug}", "title": "No", "status": 409, "detail": "Because.", **more}
    return Refused(ProblemDocument.model_validate(document))


def test_the_same_code_with_other_words_is_another_question() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    asked = AskedQuestions.by(slots(one, "a", OWN_DEVICE), slots(other, "b", OTHER_DEVICE))
    assert list(asked.questions.values()) == [OWN_DEVICE, OTHER_DEVICE]
    assert asked.of_times == [("a", question_key(OWN_DEVICE)), ("b", question_key(OTHER_DEVICE))]
    assert {question_code(key) for key in asked.questions} == {"own-device"}


def test_nothing_is_asked_for_a_time_that_nobody_books_or_whose_offering_asks_nothing() -> None:
    offering = uuid.uuid4()
    assert AskedQuestions.by(slots(offering, None, OWN_DEVICE)).of_times == []
    assert AskedQuestions.by(slots(offering, "a")) == AskedQuestions({}, [])


def test_answers_are_read_by_their_questions_keys_and_empty_ones_are_none() -> None:
    form = FormData([("answer-a.1", " phone "), ("answer-b.2", " "), ("asked-s", "a.1 b.2"), ("name", "Aili")])
    assert answers_in(form) == {"a.1": "phone"}
    assert asked_with(form, "s") == ["a.1", "b.2"]
    assert asked_with(form, "other") == []


def test_only_what_goes_with_the_chosen_time_is_answered(request_: Request) -> None:
    filled = wish(answers={"device.1": "phone", "account.2": "mine"}, asked=["device.1"])
    assert appointment_input(request_, filled).answers == {"device": "phone"}


def test_what_is_missing_is_told_by_field(request_: Request) -> None:
    assert set(missing_fields(request_, Wish("e-services", "305"))) == {"slot", "name", "phone"}
    assert missing_fields(request_, wish()) == {}
    assert missing_fields(request_, wish(phone=" ", email="aili@example.fi")) == {}
    assert missing_fields(request_, wish(name=" ")) == {"name": "Write your name."}


def test_the_waitlist_tells_one_thing_at_a_time(request_: Request) -> None:
    assert set(missing_field(request_, WaitlistForm())) == {"name"}
    assert set(missing_field(request_, WaitlistForm(name="Aili"))) == {"phone"}
    assert missing_field(request_, WaitlistForm(name="Aili", email="aili@example.fi")) == {}


@pytest.mark.parametrize(("show", "after"), [(None, "here"), ("first", ""), ("later", "later")])
def test_which_times_are_shown_follows_from_the_button(show: str | None, after: str) -> None:
    assert TimesForm(show=show, shown="here")._after() == after


def test_a_citizens_name_that_is_too_long_is_told_beside_its_field(request_: Request) -> None:
    filled = wish(name="a" * 300)
    with pytest.raises(ValidationError) as raised:
        appointment_input(request_, filled)
    assert set(invalid_fields(request_, raised.value, filled)) == {"name"}


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/citizen/phone", "phone"),
        ("/answers/own-device", "answer-own-device.1"),
        ("/answers/unknown", "answer-"),
        ("/topic", "form"),
    ],
)
def test_a_refused_field_stands_beside_its_own(pointer: str, field: str) -> None:
    refused = refusal(errors=[{"pointer": pointer, "detail": "It is wrong."}])
    assert refused_fields(refused, wish(asked=["own-device.1"])) == {field: "It is wrong."}


def test_a_refusal_without_fields_stands_where_it_is_about() -> None:
    assert refused_fields(refusal(alternatives=[]), wish()) == {"slot": "No. Because."}
    assert refused_fields(refusal("sensitive-text"), wish()) == {"note": "No. Because."}
    assert refused_fields(refusal(), wish()) == {"form": "No. Because."}


def test_a_form_sent_again_has_the_same_key_and_another_name_or_form_another() -> None:
    body, other = LocalisedText(fi="a"), LocalisedText(fi="b")
    assert idempotency_key("n", body) == idempotency_key("n", body)
    assert len({idempotency_key(nonce, each) for nonce in ("n", "m") for each in (body, other)}) == 4


def test_without_a_nonce_two_people_who_write_the_same_share_no_key() -> None:
    body = LocalisedText(fi="a")
    assert idempotency_key("", body) != idempotency_key("", body)


def test_hours_by_phone_and_at_a_place() -> None:
    point = str(uuid.uuid4())
    times = {"weekday": "2", "opens": "10:00", "closes": "14:00"}
    by_phone, there = HoursForm(place="phone", **times).wanted(), HoursForm(place=point, **times).wanted()
    assert (by_phone.channels, by_phone.service_point_id) == (["phone"], None)
    assert str(there.service_point_id) == point


@pytest.mark.parametrize(("opens", "closes"), [("14:00", "10:00"), ("10:00", "10:00"), ("", "10:00")])
def test_hours_that_end_before_they_start_are_a_slip(opens: str, closes: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        HoursForm(weekday="2", opens=opens, closes=closes, place="phone").wanted()
