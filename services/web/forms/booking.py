"""The form that books a time: for whom, how they are reached, and what their helper should know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import Form, Request

from services.web.forms.citizen import citizen_of, contact_error, name_error, without_marks
from services.web.forms.nonce import new_nonce
from services.web.forms.questions import answers_in
from services.web.forms.typed import USUAL_LENGTH, AskedBack, asked_back, wrong_length
from services.web.language import LOCALE, page_language, translate
from services.web.state import settings_of
from shared import contacts, problems
from shared.advice import ADVICE
from shared.languages import Language
from shared.schemas import booking as wire
from shared.schemas.common import Channel
from shared.texts import catalogue, marked

AT_A_PLACE: Channel = "on_site"  # where somebody can tell who is reached by nothing that their helper is away
BY_PHONE: Channel = "phone"
NO_ADDRESS = ADVICE["email"]
PHONE_NEEDED = marked("Write the phone number. The helper calls it.")
FOR_OTHER = marked("Booked by somebody else with their consent.")
TOGETHER = marked("Comes together with %(name)s.")
RELATIVE = marked("A relative or friend comes along.")
INTERPRETER = marked("An interpreter is needed.")


@dataclass
class Details:
    """What is filled in so far. `beside` is the slot of the second person's seat, `kept_email` an address that is right
    though it looks like a slip, `without_messages` that who has no other number knows that it gets none, `also` that
    they want this time beside an earlier one, `spoken` the language of who is booked for at a desk."""

    name: str = ""
    second_name: str = ""
    beside: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    address: str = ""
    kept_email: str = ""
    spoken: str = ""
    without_messages: bool = False
    also: bool = False
    unreachable: bool = False
    for_other: bool = False
    relative: bool = False
    interpreter: bool = False
    non_disclosure: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    nonce: str = field(default_factory=new_nonce)


@dataclass
class BookingForm:
    """The form as it is sent. A box that is not ticked is not sent; `slot` is the button of another time, `email_is`
    those that say which address is right."""

    name: Annotated[str, Form()] = ""
    second_name: Annotated[str, Form()] = ""
    beside: Annotated[str, Form()] = ""
    phone: Annotated[str, Form()] = ""
    email: Annotated[str, Form()] = ""
    note: Annotated[str, Form()] = ""
    address: Annotated[str, Form()] = ""
    email_is: Annotated[str, Form()] = ""
    kept_email: Annotated[str, Form()] = ""
    spoken: Annotated[str, Form()] = ""
    without_messages: Annotated[str, Form()] = ""
    also: Annotated[str, Form()] = ""
    unreachable: Annotated[str, Form()] = ""
    for_other: Annotated[str, Form()] = ""
    relative: Annotated[str, Form()] = ""
    interpreter: Annotated[str, Form()] = ""
    non_disclosure: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = ""
    slot: Annotated[str, Form()] = ""
    do: Annotated[str, Form()] = ""

    async def details(self, request: Request) -> Details:
        """Return what is filled in; the fields of questions, which have no fixed names, are read as well."""
        return Details(
            name=self.name,
            second_name=self.second_name,
            beside=self.beside,
            phone=self.phone,
            email=self.email_is or self.email,
            # A browser sends each line break as two letters (HTML 4.10.22.4), of which nobody has typed two.
            note=self.note.replace("\r\n", "\n"),
            address=self.address,
            kept_email=self.email_is or self.kept_email,
            spoken=self.spoken,
            without_messages=bool(self.without_messages),
            also=bool(self.also),
            unreachable=bool(self.unreachable),
            for_other=bool(self.for_other),
            relative=bool(self.relative),
            interpreter=bool(self.interpreter),
            non_disclosure=bool(self.non_disclosure),
            answers=answers_in(await request.form()),
            nonce=self.nonce or new_nonce(),
        )


def missing_fields(request: Request, details: Details, channel: Channel) -> dict[str, str]:
    """Return what is missing or wrong and known before booking is asked, all at once, by the names of fields."""
    contact = _contact_error(request, details, channel)
    wrong = _length_error(request, details.phone) | _address_error(request, details.email)
    return name_error(request, details.name) | contact | wrong


def _contact_error(request: Request, details: Details, channel: Channel) -> dict[str, str]:
    if channel == BY_PHONE and not details.phone.strip():
        return {"phone": translate(request, PHONE_NEEDED)}
    may_have_none = channel == AT_A_PLACE and details.unreachable
    return {} if may_have_none else contact_error(request, details.phone, details.email)


def _length_error(request: Request, phone: str) -> dict[str, str]:
    """Return what is wrong with the length of a number, by the name of its field."""
    if (wrong := wrong_length(phone)) is None:
        return {}
    told = translate(request, wrong.text) % {"digits": wrong.digits}
    return {"phone": f"{told} {translate(request, USUAL_LENGTH)}" if wrong.is_mobile else told}


def _address_error(request: Request, email: str) -> dict[str, str]:
    """Return what booking would say of an e-mail address, so that it is told together with everything else."""
    written = without_marks(email)
    if not written or contacts.email(written):
        return {}
    return {"email": catalogue(problems.LOCALE, page_language(request)).gettext(NO_ADDRESS)}


def asked_of(request: Request, details: Details) -> AskedBack:
    """Return what is to be asked before the time is booked."""
    countries, knows = settings_of(request), details.without_messages
    return asked_back(details.phone, details.email, details.kept_email, countries, knows=knows)


def appointment_input(
    request: Request,
    details: Details,
    topic: str,
    *,
    hold: UUID | None = None,
    slot: str | None = None,
    helped_in: Sequence[Language] = (),
) -> wire.AppointmentInput:
    """Return the booking of a time that is held, or of a slot, for whose helper `helped_in` has the languages; raises
    ValidationError."""
    return wire.AppointmentInput(
        hold_id=hold,
        slot_id=slot,
        topic=topic,
        note=_note(request, details, helped_in, together_with=details.second_name),
        address=details.address or None,
        answers=details.answers,
        citizen=_citizen(request, details, details.name),
    )


def second_input(
    request: Request, details: Details, topic: str, helped_in: Sequence[Language] = ()
) -> wire.AppointmentInput:
    """Return the booking of the seat for the second person; raises ValidationError."""
    return wire.AppointmentInput(
        slot_id=details.beside,
        topic=topic,
        note=_note(request, details, helped_in, together_with=details.name),
        answers=details.answers,
        citizen=_citizen(request, details, details.second_name),
    )


def _citizen(request: Request, details: Details, name: str) -> wire.Citizen:
    """Return one of the two, who are reached alike."""
    return citizen_of(
        request,
        name,
        details.phone,
        details.email,
        unreachable=details.unreachable,
        non_disclosure=details.non_disclosure,
        language=details.spoken,
    )


def _note(request: Request, details: Details, helped_in: Sequence[Language], *, together_with: str) -> str | None:
    """Return what the helper should know: what was ticked, in words of a language of theirs, and what was typed."""
    mine = page_language(request)
    say = catalogue(LOCALE, mine if mine in helped_in or not helped_in else helped_in[0]).gettext
    ticked = ((FOR_OTHER, details.for_other), (RELATIVE, details.relative), (INTERPRETER, details.interpreter))
    parts = [say(text) for text, is_so in ticked if is_so]
    if other := together_with.strip():
        parts.append(say(TOGETHER) % {"name": other})
    return "\n".join([*parts, details.note] if details.note else parts) or None
