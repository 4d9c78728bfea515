"""Booking what is kept, for one person or for two who come together: the second has a seat of the same group visit, and
is reached as the first is."""

import contextlib

from fastapi import Request
from pydantic import ValidationError

from services.web.clients import booking
from services.web.forms.booking import Details, appointment_input, second_input
from services.web.forms.findings import invalid_fields, is_gone, refused_fields
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.language import translate
from services.web.pages.keys import manage_token_of
from shared.clients import Refused
from shared.languages import LANGUAGES
from shared.schemas import booking as wire
from shared.texts import marked

FIELD = "second_name"
COMES = ("held", "booked")
NO_ROOM = marked("There is no room for a second person any more. Choose another time, or book for one.")


class SecondRefused(Exception):
    """The second person cannot be booked. `errors` says why, by the names of fields."""

    def __init__(self, errors: dict[str, str], status: int) -> None:
        self.errors = {FIELD if field == "name" else field: text for field, text in errors.items()}
        self.status = status


async def book_kept(
    request: Request, desk: str | None, kept: wire.Hold, details: Details
) -> tuple[wire.Appointment, wire.Appointment | None]:
    """Book what is kept, and the seat beside it for who comes along; both or none. Raises SecondRefused, Refused and
    ValidationError."""
    second = await _book_second(request, desk, kept, details)
    try:
        return await _book_first(request, desk, kept, details), second
    except (ValidationError, Refused):
        if second:
            await _give_back(request, second)
            details.nonce = new_nonce()  # the same key would be answered with what was given back
        raise


async def _book_first(request: Request, desk: str | None, kept: wire.Hold, details: Details) -> wire.Appointment:
    """Book what is kept; what was kept for too long, by its slot, if nobody else has it."""
    client = booking(request, desk)
    wanted = appointment_input(request, details, kept.topic, hold=kept.id, helped_in=kept.languages)
    try:
        return await client.book(wanted, idempotency_key(details.nonce, wanted), kept.manage_token)
    except Refused as refused:
        slot = request.query_params.get("slot")
        if not (is_gone(refused) and slot):
            raise
        again = appointment_input(request, details, kept.topic, slot=slot, helped_in=kept.languages)
        return await client.book(again, idempotency_key(details.nonce, again))


async def _book_second(
    request: Request, desk: str | None, kept: wire.Hold, details: Details
) -> wire.Appointment | None:
    """Book the seat of the second person, while that of the first is still held, so that there are two or none. Return
    None when nobody comes along. Raises SecondRefused."""
    if not details.second_name.strip():
        return None
    if not details.beside:
        raise SecondRefused({FIELD: translate(request, NO_ROOM)}, 409)
    try:
        wanted = second_input(request, details, kept.topic, kept.languages)
        return await booking(request, desk).book(wanted, idempotency_key(details.nonce, wanted))
    except ValidationError as error:
        raise SecondRefused(invalid_fields(request, error), 422) from None
    except Refused as refused:
        errors = {FIELD: translate(request, NO_ROOM)} if is_gone(refused) else refused_fields(refused)
        raise SecondRefused(errors, refused.problem.status) from None


async def booked_beside(
    request: Request, desk: str | None, booked: wire.Appointment, details: Details
) -> wire.Appointment | None:
    """Return the appointment of who comes along, by the form that has booked both and is sent again; None for another
    form, or when nobody comes along."""
    if not (details.second_name.strip() and details.beside):
        return None
    helped_in = [each for each in LANGUAGES if each in booked.languages]
    try:
        was_sent = appointment_input(request, details, booked.topic, hold=booked.id, helped_in=helped_in)
        if was_sent.note != booked.note:
            return None
        wanted = second_input(request, details, booked.topic, helped_in)
        return await booking(request, desk).book(wanted, idempotency_key(details.nonce, wanted))
    except (ValidationError, Refused):
        return None


async def _give_back(request: Request, second: wire.Appointment) -> None:
    """Cancel what was booked for the second person: the first could not be booked."""
    with contextlib.suppress(Refused):
        await booking(request).cancel(second.id, manage_token_of(second))


async def second_of(request: Request, key: str | None) -> wire.Appointment | None:
    """Return the appointment of who comes along; None when this key opens none, or they do not come any more."""
    if key is None:
        return None
    try:
        found = await booking(request).mine(key)
    except Refused:
        return None
    return found if found.state in COMES else None
