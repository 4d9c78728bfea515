"""What is wrong with a booking, by the fields that it is about; what is about none of them stands above the form."""

from collections.abc import Mapping

from fastapi import Request
from pydantic import ValidationError

from services.web.forms.booking import Wish
from services.web.forms.questions import ANSWER, question_code
from services.web.language import translate
from shared.clients import Refused
from shared.texts import marked

FIELDS = ("name", "phone", "email", "note", "slot")
UNUSABLE = marked("This is too long, or holds letters that cannot be used.")


def invalid_fields(request: Request, error: ValidationError, wish: Wish) -> dict[str, str]:
    """Return what cannot be sent to booking at all, by the names of fields."""
    pointers = (f"/{'/'.join(map(str, finding['loc']))}" for finding in error.errors())
    return _by_field(dict.fromkeys(pointers, translate(request, UNUSABLE)), wish)


def refused_fields(refused: Refused, wish: Wish) -> dict[str, str]:
    """Return why booking refused, by the names of fields."""
    problem = refused.problem
    if problem.errors:
        return _by_field({error.pointer: error.detail for error in problem.errors}, wish)
    return {_field_of(refused): f"{problem.title}. {problem.detail or ''}"}


def _field_of(refused: Refused) -> str:
    if refused.is_("sensitive-text"):
        return "note"
    # Alternatives are told when it was the time that could not be had.
    return "slot" if "alternatives" in (refused.problem.model_extra or {}) else "form"


def _by_field(details: Mapping[str, str], wish: Wish) -> dict[str, str]:
    """Return details by fields in place of JSON pointers (RFC 6901)."""
    asked = {question_code(key): key for key in wish.asked}
    return {_field_at(pointer, asked): detail for pointer, detail in details.items()}


def _field_at(pointer: str, asked: Mapping[str, str]) -> str:
    before, _, last = pointer.rpartition("/")
    if before == "/answers":
        return ANSWER + asked.get(last, "")
    return last if last in FIELDS else "form"
