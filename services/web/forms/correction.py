"""The form by which a citizen corrects their details: those of an appointment, or of a waitlist entry."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from pydantic import ValidationError

from services.web.forms.citizen import citizen_of, contact_error, name_error
from services.web.forms.findings import UNUSABLE
from services.web.forms.nonce import new_nonce
from services.web.forms.waitlist import refused_entry
from services.web.language import translate
from shared.clients import Refused
from shared.contacts import written_number
from shared.schemas import booking as wire


@dataclass
class CorrectionForm:
    """The form as it is sent, or as it is drawn."""

    name: Annotated[str, Form()] = ""
    phone: Annotated[str, Form()] = ""
    email: Annotated[str, Form()] = ""
    language: Annotated[str, Form()] = ""
    note: Annotated[str, Form()] = ""
    address: Annotated[str, Form()] = ""
    non_disclosure: Annotated[str, Form()] = ""  # a box that is not ticked is not sent
    nonce: Annotated[str, Form()] = ""
    do: Annotated[str, Form()] = ""  # "language": shown again in another one
    appointment: Annotated[uuid.UUID | None, Form()] = None  # its link may be another once the form has been sent


def filled_in(citizen: wire.KeptCitizen, note: str | None = None, address: str | None = None) -> CorrectionForm:
    """Return the form with what is kept."""
    return CorrectionForm(
        name=citizen.name,
        phone=written_number(citizen.phone) if citizen.phone else "",
        email=citizen.email or "",
        language=citizen.language,
        note=note or "",
        address=address or "",
        non_disclosure="yes" if citizen.non_disclosure else "",
        nonce=new_nonce(),
    )


def missing_details(request: Request, form: CorrectionForm, *, unreachable: bool = False) -> dict[str, str]:
    """Return the first thing that must still be filled in, by the name of its field. Who has booked without a contact
    may give one, or none."""
    return name_error(request, form.name) or ({} if unreachable else contact_error(request, form.phone, form.email))


def corrected_entry(request: Request, form: CorrectionForm) -> wire.EntryCorrectionInput:
    """Return who waits, as they should be; raises ValidationError."""
    return wire.EntryCorrectionInput(citizen=_corrected_citizen(request, form, unreachable=False))


def corrected(request: Request, form: CorrectionForm, *, unreachable: bool = False) -> wire.CorrectionInput:
    """Return the details as they should be; raises ValidationError."""
    citizen = _corrected_citizen(request, form, unreachable=unreachable)
    return wire.CorrectionInput(citizen=citizen, note=form.note.strip() or None, address=form.address.strip() or None)


def _corrected_citizen(request: Request, form: CorrectionForm, *, unreachable: bool) -> wire.Citizen:
    return citizen_of(
        request,
        form.name,
        form.phone,
        form.email,
        unreachable=unreachable,
        language=form.language,
        non_disclosure=bool(form.non_disclosure),
    )


def unusable_details(request: Request, error: ValidationError) -> dict[str, str]:
    """Return what cannot be sent to booking at all, by the names of fields."""
    names = [str(finding["loc"][-1]) if finding["loc"] else "name" for finding in error.errors()]
    return {name: translate(request, UNUSABLE) for name in names}


def why_not_corrected(request: Request, error: ValidationError | Refused) -> tuple[dict[str, str], int]:
    """Return why details cannot be corrected, by the names of fields, and the HTTP status; raises again what refuses a
    link that opens nothing."""
    if isinstance(error, ValidationError):
        return unusable_details(request, error), 422
    if error.is_("not-found"):
        raise error
    return _refused_details(error), error.problem.status


def _refused_details(refused: Refused) -> dict[str, str]:
    """Return why booking refused, by the names of fields."""
    problem = refused.problem
    if refused.is_("sensitive-text"):
        return {"note": problem.detail or problem.title}
    return refused_entry(refused)
