"""The form of the waitlist: what is waited for, and whom to tell."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request

from services.web import view
from services.web.dates import local_today, read_date
from services.web.forms.citizen import citizen_of, contact_error, name_error
from services.web.state import settings_of
from shared.clients import Refused
from shared.schemas import booking as wire

WEEKS = 8  # how long an entry waits; then the citizen is asked to look again
FIELDS = ("name", "phone", "email")


@dataclass
class WaitlistForm:
    """The form as it is sent. `until` is the date that it was drawn with: sent again on the next day, it asks for the
    same."""

    topic: Annotated[str, Form()] = ""
    municipality: Annotated[str, Form()] = ""
    name: Annotated[str, Form()] = ""
    phone: Annotated[str, Form()] = ""
    email: Annotated[str, Form()] = ""
    non_disclosure: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = ""
    until: Annotated[str, Form()] = ""
    do: Annotated[str, Form()] = ""


def missing_details(request: Request, form: WaitlistForm) -> dict[str, str]:
    """Return what must still be filled in, by the names of fields."""
    return name_error(request, form.name) | contact_error(request, form.phone, form.email)


def waitlist_input(request: Request, form: WaitlistForm, topic: str) -> wire.WaitlistInput:
    """Return the entry that is wished for, for a topic that is booked; raises ValidationError."""
    return wire.WaitlistInput(
        topic=topic,
        municipality=form.municipality,
        until=last_date(request, form),
        citizen=citizen_of(request, form.name, form.phone, form.email, non_disclosure=bool(form.non_disclosure)),
    )


def last_date(request: Request, form: WaitlistForm) -> dt.date:
    """Return until when somebody waits: as the form says, and never longer than from today on."""
    latest = local_today(settings_of(request)) + dt.timedelta(weeks=WEEKS)
    return min(read_date(form.until) or latest, latest)


def refused_entry(refused: Refused) -> dict[str, str]:
    """Return why booking refused, by the names of fields; what is about none of them is about the form."""
    problem = refused.problem
    errors = {error.pointer.rpartition("/")[2]: error.detail for error in problem.errors or []}
    if not errors:
        return {"form": view.in_one_line(problem)}
    return {name if name in FIELDS else "form": detail for name, detail in errors.items()}
