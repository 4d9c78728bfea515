"""For who has lost the link to their times: it is sent again, or a code from the message opens them here."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.clients import booking
from services.web.forms.citizen import without_marks
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.language import page_language, translate
from services.web.sent_to import NO_SMS_THERE, is_without_sms
from services.web.state import settings_of
from shared.clients import Refused
from shared.problems import InvalidInput, Unavailable
from shared.schemas import booking as wire
from shared.schemas.common import ProblemDocument
from shared.texts import marked

routes = APIRouter()
PATH = "/lost"  # what is asked and typed goes into no address, so another language begins anew
CONTACT_NEEDED = marked("Write a phone number or an e-mail address.")
CODE_NEEDED = marked("Write the six digits of the message.")


@routes.get(PATH)
async def ask_where(request: Request) -> Response:
    """Ask by what the citizen is reached."""
    return _contact_page(request)


def _contact_page(
    request: Request, error: str | None = None, contact: str = "", nonce: str = "", status: int = 200
) -> Response:
    nonce = nonce or new_nonce()
    return view.page(request, "lost.html", status, here=PATH, error=error, contact=contact, nonce=nonce)


@routes.post(PATH)
async def send_links(
    request: Request, contact: Annotated[str, Form()] = "", nonce: Annotated[str, Form()] = ""
) -> Response:
    """Have the links sent, and ask for the code. Nobody learns here whether anything is booked. The same form sent
    again asks for the same: a double tap sends no second message."""
    if not contact.strip():
        return _contact_page(request, translate(request, CONTACT_NEEDED), status=422)
    if is_without_sms(contact, settings_of(request)):
        return _contact_page(request, translate(request, NO_SMS_THERE), contact, nonce, 422)
    try:
        wanted = wire.LostLinkInput(contact=without_marks(contact))
        asked = await booking(request).ask_for_links(wanted, idempotency_key(nonce, wanted))
    except (ValidationError, Refused, Unavailable) as error:
        problem = _problem_of(request, error)
        return _contact_page(request, _what_is_wrong(problem), contact, nonce, problem.status)
    return _code_page(request, asked.id, contact)


@routes.post(f"{PATH}/code")
async def open_with_code(
    request: Request,
    asked: Annotated[uuid.UUID, Form()],
    contact: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    nonce: Annotated[str, Form()] = "",
) -> Response:
    """Show what is to come, by the code of the message. The same form sent again shows the same: a double tap burns no
    code."""
    if not code.strip():
        return _code_page(request, asked, contact, translate(request, CODE_NEEDED), 422)
    typed = wire.VerificationInput(code=code[:20])
    try:
        found = await booking(request).open_links(asked, typed, idempotency_key(nonce, typed))
    except (Refused, Unavailable) as error:
        return _not_opened(request, asked, contact, error)
    return view.page(request, "lost_times.html", here=PATH, items=found.items)


def _not_opened(request: Request, asked: uuid.UUID, contact: str, error: Refused | Unavailable) -> Response:
    """Say why, and ask for the code again; for a new one when this one is over."""
    problem = _problem_of(request, error)
    if isinstance(error, Refused) and error.is_("code-over"):
        return _contact_page(request, _what_is_wrong(problem), contact, status=problem.status)
    return _code_page(request, asked, contact, _what_is_wrong(problem), problem.status)


def _code_page(
    request: Request, asked: uuid.UUID, contact: str, error: str | None = None, status: int = 200
) -> Response:
    return view.page(
        request, "lost_code.html", status, here=PATH, asked=asked, contact=contact, error=error, nonce=new_nonce()
    )


def _problem_of(request: Request, error: Exception) -> ProblemDocument:
    if isinstance(error, Refused):
        return error.problem
    problem = error if isinstance(error, Unavailable) else InvalidInput()
    return problem.document(page_language(request))


def _what_is_wrong(problem: ProblemDocument) -> str:
    return problem.errors[0].detail if problem.errors else view.in_one_line(problem)
