"""What the wire takes, and what it advises when it does not."""

from uuid import UUID

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from shared.advice import ADVICE, OTHERWISE
from shared.contacts import email
from shared.http.answers import from_validation
from shared.languages import LANGUAGES, Language
from shared.problems import field_problem
from shared.schemas.booking import AvailabilityInput, Citizen, KeptCitizen, OutcomeInput
from shared.schemas.common import Email, LocalisedText
from shared.schemas.providers import Hours, Organisation, OrganisationInput, Topic, TopicInput, TutorInput


class Reached(BaseModel):
    email: Email


@pytest.mark.parametrize("text", ["aili@example.fi", " Aili.Makela@Example.fi ", "o'brien+x@sub.example.fi"])
def test_the_wire_and_the_contacts_read_an_address_alike(text: str) -> None:
    assert Reached(email=text).email == email(text) != ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aili",
        "a@b",
        "aili.mäkelä@example.fi",
        "a@ä.fi",
        "a..b@c.fi",
        "a@b.fi\nBcc: x@y.fi",
        "x@[192.0.2.1]",
        "a@printer.local",
    ],
)
def test_what_is_no_address_is_none_for_the_wire_and_for_the_contacts(text: str) -> None:
    assert email(text) is None
    with pytest.raises(ValidationError) as refused:
        Reached(email=text)
    assert [finding["type"] for finding in refused.value.errors()] == ["email"]


@pytest.mark.parametrize(
    ("model", "body", "kind"),
    [
        (Citizen, {"name": "Aili"}, "contact"),
        (Citizen, {"name": "Aili", "phone": "040 685 404", "unreachable": True}, "not_unreachable"),
        (OutcomeInput, {"attended": True}, "result"),
        (AvailabilityInput, {"weekday": 1, "from": "10:00", "to": "10:00"}, "same_time"),
        (AvailabilityInput, {"weekday": 1, "from": "10:00:30", "to": "11:00"}, "whole_minute"),
        (Hours, {"from": "10:00", "to": "09:00"}, "until"),
        (LocalisedText, {}, "text_needed"),
        (Reached, {"email": 7}, "email"),
    ],
)
def test_a_finding_of_our_own_has_its_own_advice(model: type[BaseModel], body: dict[str, object], kind: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        model.model_validate(body)
    problem = from_validation(RequestValidationError([{**each, "loc": ("body",)} for each in wrong.value.errors()]))
    assert [error.detail for error in problem.errors or []] == [ADVICE[kind]]
    assert ADVICE[kind] != OTHERWISE


def test_an_address_that_was_taken_before_is_shown_and_not_taken_again() -> None:
    own = {"name": {"fi": "X"}, "kind": "library", "municipality": "305", "email": "mäkelä@example.fi"}
    shown = {**own, "id": "01a2002f-41ff-7cc7-95b8-a492469562d1", "region": "17"}
    assert Organisation.model_validate(shown).email == "mäkelä@example.fi"
    with pytest.raises(ValidationError):
        OrganisationInput.model_validate(own)


@pytest.mark.parametrize(
    "break_",
    ["\n", "\r", "\r\n", "\t", "\v", "\f", "\x85", "\u2028", "\u2029", "\x00", "\x1b", "\x7f", "\x9b", "\u202e"],
)
def test_a_name_is_on_one_line_and_has_nothing_that_cannot_be_shown(break_: str) -> None:
    name = f"Aili{break_}Bcc: x@example.fi"
    where = {"organisation_id": str(UUID(int=1)), "languages": ["fi"], "topics": ["e-services"], "channels": ["phone"]}
    for write in (
        lambda: Citizen(name=name, email="a@example.fi"),
        lambda: TutorInput.model_validate({**where, "display_name": name}),
        lambda: OrganisationInput.model_validate({"name": {"sv": name}, "kind": "library", "municipality": "305"}),
        lambda: TopicInput.model_validate({"name": {"fi": "x"}, "synonyms": {"fi": [name]}}),
    ):
        with pytest.raises(ValidationError) as refused:
            write()
        assert refused.value.errors()[0]["type"] in {"one_line", "control_characters"}


@pytest.mark.parametrize("name", ["Aili Mäkelä", "O'Brien-Ńowak", "Ærø, Jr.", "दीपा", "پریسا\u200cها", "👩🏽\u200d🦰"])
def test_a_name_may_have_any_letters(name: str) -> None:
    assert Citizen(name=name, email="a@example.fi").name == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_do_about_a_line_break_is_said_in_each_language(language: Language) -> None:
    assert OrganisationInput.model_validate({"name": {"fi": "x"}, "kind": "library", "municipality": "305"})
    said = field_problem("/name", "one_line").document(language).errors
    words = {"fi": "yhdelle riville", "sv": "på en rad", "en": "on one line"}
    assert said is not None
    assert words[language] in said[0].detail


def test_a_name_that_was_taken_before_is_still_shown() -> None:
    kept = KeptCitizen(name="Aili\nMäkelä", email="a@example.fi")
    assert kept.name == "Aili\nMäkelä"
    ids = {"id": UUID(int=1), "region": "17"}
    own = {"name": {"fi": "Kirjasto\nOulu"}, "kind": "library", "municipality": "305", "phone": "1\t2"}
    assert Organisation.model_validate({**own, **ids}).phone == "1\t2"
    assert Topic.model_validate({"code": "x1", "name": {"fi": "a\tb"}, "synonyms": {"fi": ["a\nb"]}}).name.fi == "a\tb"
