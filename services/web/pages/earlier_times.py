"""Whoever has a time already is told so before they book another for the same day or the same matter.

The keys of what was booked in this browser are kept in it for a while. A time is told of only to who writes the name
and the contact that it was booked with, so that whoever sits down next at a library's computer hears of nobody else's,
and a stranger with a name and a number learns nothing elsewhere.
"""

import datetime as dt
import re
from dataclasses import dataclass

from fastapi import Request, Response

from services.web.clients import booking
from services.web.cookies import read_cookie, set_cookie
from services.web.forms.booking import Details
from services.web.pages.keys import KEY_PATTERN
from services.web.patience import answer_or_none
from services.web.phases import phase_of
from shared import contacts
from shared.schemas import booking as wire

COOKIE = "own_times"
KEPT_SECONDS = 2 * 60 * 60  # most who book twice do it at once, in doubt whether it was saved
MOST = 3
KEY = re.compile(KEY_PATTERN)
BETWEEN = "."  # in no key


@dataclass(frozen=True)
class EarlierTime:
    """A time that the same person has, and its key."""

    visit: wire.Appointment
    key: str


def remember(request: Request, answer: Response, made: wire.Appointment, key: str) -> None:
    """Keep the key of what was just booked in this browser. Nothing is kept of who may not be disclosed, nor of who has
    no contact: their name alone would open it for whoever sits down next."""
    is_closed = made.non_disclosure or (made.citizen is not None and made.citizen.unreachable)
    if is_closed or not KEY.fullmatch(key):
        return
    keys = [key, *(each for each in _remembered(request) if each != key)][:MOST]
    set_cookie(request, answer, COOKIE, BETWEEN.join(keys), max_age=KEPT_SECONDS, same_site="strict")


async def earlier_time(request: Request, kept: wire.Hold, details: Details) -> EarlierTime | None:
    """Return a time that whoever fills in the form has already, on the same day or for the same matter; None when there
    is none, or booking does not say so soon."""
    client, now = booking(request), dt.datetime.now(dt.UTC)
    for key in _remembered(request):
        found = await answer_or_none(client.mine(key))
        if found and phase_of(found, now) == "to_come" and _is_like(found, kept) and _is_of(found.citizen, details):
            return EarlierTime(found, key)
    return None


def _is_like(earlier: wire.Appointment, kept: wire.Hold) -> bool:
    """Whether two times are on one day or for one matter."""
    return earlier.start.date() == kept.start.date() or earlier.topic == kept.topic


def _is_of(citizen: wire.KeptCitizen | None, details: Details) -> bool:
    """Whether somebody is who the form is about: by their name and a contact, since others of the household may have
    the same number."""
    if citizen is None or _plain(citizen.name) != _plain(details.name):
        return False
    return bool(_contacts(details.phone, details.email) & _contacts(citizen.phone, citizen.email))


def _contacts(phone: str | None, email: str | None) -> set[str]:
    """Return the contacts that there are, however they are written."""
    given = (contacts.phone(phone) if phone else None, email.strip().casefold() if email else None)
    return {each for each in given if each}


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _remembered(request: Request) -> list[str]:
    return [each for each in (read_cookie(request, COOKIE) or "").split(BETWEEN) if KEY.fullmatch(each)][:MOST]
