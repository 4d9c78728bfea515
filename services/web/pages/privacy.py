"""What is kept of people, why, how long, and what they can do about it (GDPR, articles 13 and 14)."""

import datetime as dt
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.state import settings_of
from shared.retention import PERIODS
from shared.texts import marked

routes = APIRouter()


class Kept(NamedTuple):
    """Something that is kept, and from when on its time is counted, or until when it is kept."""

    what: str
    counted: str


# By the names of the periods; a test says when one of them is not on the page.
OF_CITIZENS = {
    "visit": Kept(
        marked(
            "Your name, phone number, e-mail address and language. What you wrote to your helper or about the visit"
        ),
        marked("after the visit, unless the organisation that helps you says otherwise"),
    ),
    "cancelled": Kept(marked("The same, when you have cancelled your time"), marked("after you cancelled it")),
    "non_disclosure": Kept(
        marked("All of these, if your details are protected (turvakielto)"),
        marked("after the visit, or after you cancelled it"),
    ),
    "address": Kept(marked("Your home address, when the helper comes to you"), marked("after the visit")),
    "waiting": Kept(
        marked("Your name and contact details, while you wait for a time"),
        marked("until you get a time or leave the queue"),
    ),
    "farewell": Kept(
        marked("How to reach you, when your details were erased before your visit"),
        marked("after that, so that we can tell you about the cancellation"),
    ),
    "former_contact": Kept(
        marked("Your former number or address, when your contact details were changed"),
        marked("after that, so that we can tell you about it"),
    ),
    "lost_link": Kept(
        marked("Your number or address, when you have asked for a lost link"),
        marked("after that, so that we can send it to you"),
    ),
    "counts": Kept(
        marked("How often a number or an address was used to book. The number or address itself is not shown"),
        marked("after it was booked"),
    ),
    "keys": Kept(marked("The number of each form, so that it is not handled twice"), marked("after that")),
    "message": Kept(marked("When a message was sent. Not to whom, nor what it said"), marked("after the message")),
    "tombstone": Kept(
        marked("That somebody's details were erased, so that they stay erased. Whose, is not shown"),
        marked("after that"),
    ),
    "ids": Kept(
        marked("A visit: when, where, about what and how it went. No names"),
        marked("as long as help is counted"),
    ),
}
OF_HELPERS = {
    "account": Kept(
        marked("The e-mail address and phone number of an account, its roles and passkeys"),
        marked("until the account is deleted"),
    ),
    "tutor": Kept(
        marked("A helper's name, phone number, languages, topics, hours and calendar; the shown name is public"),
        marked("until the helper's details are erased"),
    ),
    "sign_in": Kept(marked("That somebody asked for a sign-in code. Who, is not shown"), marked("after that")),
    "attempt": Kept(
        marked("A sign-in with a passkey or the account of another organisation, while it goes on"),
        marked("after that"),
    ),
    "login": Kept(marked("Where somebody is signed in"), marked("after the sign-in has expired")),
    "grant": Kept(marked("To whom a role was given that somebody else must confirm"), marked("after that")),
    "revoked": Kept(marked("That somebody's access was taken away"), marked("after that")),
    "audit_address": Kept(
        marked("From which internet address somebody signed in, changed the registry or saw who comes"),
        marked("after that"),
    ),
}


@routes.get("/privacy")
async def show_privacy(request: Request) -> Response:
    """Who keeps what, why, how long; to whom it goes, and what one can do."""
    settings = settings_of(request)
    return view.page(
        request,
        "privacy.html",
        keeper=settings.privacy_controller,
        contact=settings.privacy_contact,
        officer=settings.privacy_officer,
        processors=settings.privacy_processors,
        authority=settings.privacy_authority,
        of_citizens=_with_periods(OF_CITIZENS),
        of_helpers=_with_periods(OF_HELPERS),
    )


def _with_periods(kept: dict[str, Kept]) -> list[tuple[Kept, dt.timedelta | None]]:
    return [(each, PERIODS[name].length) for name, each in kept.items()]
