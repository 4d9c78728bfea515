"""The form of the page of times: what is looked for, which time, and for whom."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Form, Request

from services.web.dates import read_date
from services.web.forms.citizen import citizen_of, contact_error, name_error
from services.web.forms.nonce import new_nonce
from services.web.forms.questions import answers_in, asked_with, question_code
from services.web.language import translate
from shared.schemas import booking as wire
from shared.texts import marked

FIRST = "first"  # the value of the button for the earliest times; an empty value would be no button at all
TIME_NEEDED = marked("Choose a time.")


@dataclass
class Wish:
    """What the citizen looks for, and what they have filled in so far. `after` is where the times shown begin."""

    topic: str
    municipality: str
    start: dt.date | None = None
    after: str | None = None
    slot: str | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    non_disclosure: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    nonce: str = field(default_factory=new_nonce)


@dataclass
class TimesForm:
    """The form as it is sent. `show` is the button that was pressed: other times, or none to book."""

    topic: Annotated[str, Form()] = ""
    municipality: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = ""
    date: Annotated[str, Form()] = ""
    show: Annotated[str | None, Form()] = None
    shown: Annotated[str, Form()] = ""
    slot: Annotated[str, Form()] = ""
    name: Annotated[str, Form()] = ""
    phone: Annotated[str, Form()] = ""
    email: Annotated[str, Form()] = ""
    note: Annotated[str, Form()] = ""
    non_disclosure: Annotated[str, Form()] = ""  # a box that is not ticked is not sent

    async def wish(self, request: Request) -> Wish:
        """Return what the citizen wishes; the fields of questions, which have no fixed names, are read as well."""
        sent = await request.form()
        return Wish(
            self.topic,
            self.municipality,
            start=read_date(self.date),
            after=self._after(),
            slot=self.slot,
            name=self.name,
            phone=self.phone,
            email=self.email,
            note=self.note,
            non_disclosure=bool(self.non_disclosure),
            answers=answers_in(sent),
            asked=asked_with(sent, self.slot),
            nonce=self.nonce,
        )

    def _after(self) -> str:
        if self.show is None:  # booking: the same times stay on the page, if something is missing
            return self.shown
        return "" if self.show == FIRST else self.show


def missing_fields(request: Request, wish: Wish) -> dict[str, str]:
    """Return what must be filled in before a time can be booked, by the names of fields."""
    no_time = {} if wish.slot else {"slot": translate(request, TIME_NEEDED)}
    return no_time | name_error(request, wish.name) | contact_error(request, wish.phone, wish.email)


def appointment_input(request: Request, wish: Wish) -> wire.AppointmentInput:
    """Return the booking that the citizen wishes; raises ValidationError."""
    return wire.AppointmentInput(
        slot_id=wish.slot or "",
        topic=wish.topic,
        note=wish.note or None,
        answers={question_code(key): answer for key, answer in wish.answers.items() if key in wish.asked},
        citizen=citizen_of(request, wish.name, wish.phone, wish.email, non_disclosure=wish.non_disclosure),
    )
