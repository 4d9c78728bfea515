"""What the wire takes, and what it advises when it does not."""

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from shared.contacts import email
from shared.problems import ADVICE, OTHERWISE, from_validation
from shared.schemas.booking import AvailabilityInput, Citizen, OutcomeInput
from shared.schemas.common import Email, LocalisedText
from shared.schemas.providers import Hours, Organisation, OrganisationInput


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
