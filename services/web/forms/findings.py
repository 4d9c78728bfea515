"""What is wrong with a booking, by the fields that it is about; what is about none of them stands above the form."""

from collections.abc import Mapping

from fastapi import Request
from pydantic import ValidationError

from services.web import view
from services.web.forms.questions import ANSWER
from services.web.language import translate
from shared.clients import Refused
from shared.texts import marked

FIELDS = ("name", "phone", "email", "note", "address")
UNUSABLE = marked("This is too long, or has characters that cannot be used.")


def invalid_fields(request: Request, error: ValidationError) -> dict[str, str]:
    """Return what cannot be sent to booking at all, by the names of fields."""
    pointers = (f"/{'/'.join(map(str, finding['loc']))}" for finding in error.errors())
    return _by_field(dict.fromkeys(pointers, translate(request, UNUSABLE)))


def refused_fields(refused: Refused) -> dict[str, str]:
    """Return why booking refused, by the names of fields."""
    problem = refused.problem
    if problem.errors:
        return _by_field({error.pointer: error.detail for error in problem.errors})
    return {"note" if refused.is_("sensitive-text") else "form": view.in_one_line(problem)}


def told_in(refused: Refused) -> str | None:
    """Return why a service refused in one sentence or two: the first of its findings, or its detail."""
    errors = refused.problem.errors or []
    return errors[0].detail if errors else refused.problem.detail


def is_gone(refused: Refused) -> bool:
    """Return whether it was the time that could not be had: then there are alternatives."""
    return "alternatives" in (refused.problem.model_extra or {})


def _by_field(details: Mapping[str, str]) -> dict[str, str]:
    """Return details by fields in place of JSON pointers (RFC 6901)."""
    return {_field_at(pointer): detail for pointer, detail in details.items()}


def _field_at(pointer: str) -> str:
    before, _, last = pointer.rpartition("/")
    if before == "/answers":
        return ANSWER + last
    return last if last in FIELDS else "form"
