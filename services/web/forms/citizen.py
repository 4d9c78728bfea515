"""Who needs help, and how to reach them: fields that booking and the waitlist share."""

import unicodedata

from fastapi import Request

from services.web.language import page_language, translate
from shared.languages import LANGUAGES
from shared.schemas import booking as wire
from shared.texts import marked

ONE_CONTACT = marked("Give a phone number or an e-mail address. The confirmation goes there.")
NAME_NEEDED = marked("Write the name.")


def without_marks(contact: str) -> str:
    """Return a number or an address as one sees it: what is copied from a phone's contacts has marks around it that say
    in which direction it is written (Unicode category Cf)."""
    return "".join(letter for letter in contact if unicodedata.category(letter) != "Cf").strip()


def name_error(request: Request, name: str) -> dict[str, str]:
    """Return what is wrong when the name is missing; nothing otherwise."""
    return {} if name.strip() else {"name": translate(request, NAME_NEEDED)}


def contact_error(request: Request, phone: str, email: str) -> dict[str, str]:
    """Return what is wrong when there is no way to reach the citizen; nothing otherwise."""
    return {} if without_marks(phone) or without_marks(email) else {"phone": translate(request, ONE_CONTACT)}


def citizen_of(
    request: Request,
    name: str,
    phone: str,
    email: str,
    *,
    non_disclosure: bool,
    unreachable: bool = False,
    language: str = "",
) -> wire.Citizen:
    """Return the citizen of a form, who is written to in this language, or else in that of the page; raises
    ValidationError. Who has ticked that they have neither, and has written one all the same, is reached by it."""
    phone, email = without_marks(phone), without_marks(email)
    return wire.Citizen(
        name=name,
        phone=phone or None,
        email=email or None,
        unreachable=unreachable and not (phone or email),
        language=next((each for each in LANGUAGES if each == language), page_language(request)),
        non_disclosure=non_disclosure,
    )
