"""A citizen's details, checked as their visit needs them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from services.booking import screening
from services.booking.domain.details import missing_contact, wrong_address, wrong_answers
from services.booking.store import offerings
from services.booking.store.citizens import CitizenDetails
from shared import contacts
from shared.db import Connection
from shared.problems import SensitiveText, fields_problem
from shared.schemas import booking as wire

# A number is no longer than this, whatever separates its digits.
END = 120


def checked_citizen(
    citizen: wire.Citizen,
    channel: str,
    *,
    note: str | None = None,
    address: str | None = None,
    answers: Iterable[str] = (),
) -> CitizenDetails:
    """Return a citizen's details as they are kept. Raises SensitiveText for codes and passwords, InvalidInput for what
    the channel needs and is missing, or does not need and is given."""
    refuse_sensitive(note, address, *answers, names=[citizen.name])
    phone = contacts.phone(citizen.phone) if citizen.phone else None
    email = contacts.email(citizen.email) if citizen.email else None
    wrong: dict[str, str | None] = {
        "/citizen/phone": _wrong_phone(citizen, phone, channel),
        "/citizen/email": "email" if citizen.email and email is None else None,
        "/address": wrong_address(channel, address),
    }
    if found := {pointer: kind for pointer, kind in wrong.items() if kind is not None}:
        raise fields_problem(found)
    return CitizenDetails(
        citizen.name, phone, email, citizen.language, note or None, address, non_disclosure=citizen.non_disclosure
    )


def _wrong_phone(citizen: wire.Citizen, phone: str | None, channel: str) -> str | None:
    if citizen.phone and phone is None:
        return "phone"
    return missing_contact(channel, has_phone=phone is not None, has_email=bool(citizen.email))


def refuse_unreachable(citizen: wire.Citizen, kind: str) -> None:
    """Raise InvalidInput, with this kind of advice, for who can be reached by nothing."""
    if citizen.unreachable:
        raise fields_problem({"/citizen/phone": kind})


def refuse_sensitive(*texts: str | None, names: Sequence[str] = ()) -> None:
    """Raise SensitiveText when a text seems to hold an identity code, an account or card number, or a password; also a
    number that begins in one text and ends in another. In names, words are words."""
    written = [text for text in texts if text]
    pairs = (f"{one[-END:]} {other[:END]}" for one, other in permutations([*names, *written], 2))
    if any(map(screening.is_sensitive, written)) or any(map(screening.is_number_of_a_person, [*names, *pairs])):
        raise SensitiveText


async def checked_answers(connection: Connection, offering: uuid.UUID, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to what an offering asks, as they are kept. Raises InvalidInput."""
    asked = (await offerings.questions(connection, [offering])).get(offering, [])
    if wrong := wrong_answers(asked, answers):
        raise fields_problem(wrong)
    return dict(answers)
