"""A citizen's details, checked as their visit needs them."""

import uuid
from collections.abc import Mapping, Sequence

from services.booking import screening
from services.booking.domain.details import needs_phone, wrong_address, wrong_answers
from services.booking.store import offerings
from services.booking.store.citizens import CitizenDetails
from shared import contacts
from shared.db import Connection
from shared.problems import SensitiveText, fields_problem
from shared.schemas import booking as wire


def checked_citizen(
    citizen: wire.Citizen, channel: str, *, note: str | None = None, address: str | None = None
) -> CitizenDetails:
    """Return a citizen's details as they are kept. Raises SensitiveText for codes and passwords, InvalidInput for what
    the channel needs and is missing, or does not need and is given."""
    refuse_sensitive(note, address, names=[citizen.name])
    phone = contacts.phone(citizen.phone) if citizen.phone else None
    email = contacts.email(citizen.email) if citizen.email else None
    wrong: dict[str, str | None] = {
        "/citizen/phone": _wrong_phone(citizen.phone, phone, channel),
        "/citizen/email": "email" if citizen.email and email is None else None,
        "/address": wrong_address(channel, address),
    }
    if found := {pointer: kind for pointer, kind in wrong.items() if kind is not None}:
        raise fields_problem(found)
    return CitizenDetails(
        citizen.name, phone, email, citizen.language, note or None, address, non_disclosure=citizen.non_disclosure
    )


def _wrong_phone(given: str | None, phone: str | None, channel: str) -> str | None:
    if given and phone is None:
        return "phone"
    return "phone_needed" if needs_phone(channel) and phone is None else None


def refuse_sensitive(*texts: str | None, names: Sequence[str] = ()) -> None:
    """Raise SensitiveText when a text seems to hold an identity code, an account or card number, or a password; also a
    number that begins in one text and ends in the next. In names, words are words."""
    written = [text for text in texts if text]
    together = " ".join([*names, *written])
    if any(map(screening.is_sensitive, written)) or screening.is_number_of_a_person(together):
        raise SensitiveText


async def checked_answers(connection: Connection, offering: uuid.UUID, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to what an offering asks, as they are kept. Raises InvalidInput and SensitiveText."""
    asked = (await offerings.questions(connection, [offering])).get(offering, [])
    if wrong := wrong_answers(asked, answers):
        raise fields_problem(wrong)
    refuse_sensitive(*answers.values())
    return dict(answers)
