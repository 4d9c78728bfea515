"""What messages say, in the language of the person. English here; Finnish and Swedish in `locale/`.

An SMS keeps to the letters of GSM 03.38, so that two parts carry it.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from icalendar import Calendar, Event, vCalAddress, vText

from services.notify.domain import Kind
from shared.languages import Language
from shared.schemas.booking import Recipient
from shared.schemas.people import SignInMessage
from shared.texts import catalogue, marked

LOCALE = Path(__file__).parent / "locale"

SUBJECTS: dict[Kind, str] = {
    "confirmation": marked("Your time is booked: {when}"),
    "moved": marked("Your time was moved: {when}"),
    "reassigned": marked("Your helper has changed: {when}"),
    "displaced": marked("Please choose another time"),
    "offered": marked("A time is free for you: {when}"),
    "cancelled": marked("Your time was cancelled: {when}"),
    "reminder": marked("Reminder: {when}"),
    "sign_in": marked("Your sign-in code: {code}"),
}
SHORT: dict[Kind, str] = {
    "confirmation": marked(
        "Booked: {when}, {where}, with {tutor}. The helper first says the word {word}. Change or cancel: {url}"
    ),
    "moved": marked(
        "Moved: {when}, {where}, with {tutor}. The helper first says the word {word}. Change or cancel: {url}"
    ),
    "reassigned": marked(
        "Your helper has changed. As before: {when}, {where}, now with {tutor}. "
        "The helper first says the word {word}. Change or cancel: {url}"
    ),
    "displaced": marked("Your helper cannot come on {when}. We are sorry. Please choose another time: {url}"),
    "offered": marked("A time is free for you: {when}, {where}. It is kept until {expires}. Take it here: {url}"),
    "cancelled": marked("Cancelled: {when}, {where}. You are welcome to book a new time."),
    "reminder": marked(
        "Reminder: {when}, {where}, with {tutor}. The helper first says the word {word}. Change or cancel: {url}"
    ),
    "sign_in": marked("{code} is your sign-in code. It is good for ten minutes. Never tell it to anybody."),
}
OPENINGS: dict[Kind, str] = {
    "confirmation": marked("Your time is booked."),
    "moved": marked("Your time was moved. This is the new time."),
    "reassigned": marked("Your helper has changed; the time and the place are as before."),
    "reminder": marked("This is a reminder of your time."),
}
DETAILS = marked(
    """When: {when}
Where: {where}
With: {tutor}
What to bring: {bring}

The helper first says the word {word}. If somebody does not know the word, it is not your helper.
Your helper never asks for your bank codes: you sign in yourself.

Change or cancel: {url}"""
)
NOTHING_TO_BRING = marked("the device that the trouble is with")
ON_SITE = "{name}, {address}"
BY_PHONE = marked("by phone, the helper calls you")
BY_VIDEO = marked("by video, the helper sends you a link")
AT_HOME = marked("at your home")
SUMMARY = marked("Digital support with {tutor}")


@dataclass(frozen=True)
class Letter:
    """A message in words."""

    subject: str
    short: str
    text: str
    calendar: bytes | None = None
    method: str = "PUBLISH"


def sign_in(message: SignInMessage) -> Letter:
    """The letter with a sign-in code."""
    say = catalogue(LOCALE, message.language).gettext
    text = say(SHORT["sign_in"]).format(code=message.code)
    return Letter(say(SUBJECTS["sign_in"]).format(code=message.code), text, text)


def about(kind: Kind, recipient: Recipient, sender: str) -> Letter:
    """The letter about an appointment."""
    say = catalogue(LOCALE, recipient.language).gettext
    words = {
        "when": when(recipient.start, recipient.zone, recipient.language),
        "where": _where(recipient),
        "tutor": recipient.tutor_name,
        "word": recipient.code_word,
        "url": recipient.manage_url,
        "expires": when(recipient.expires, recipient.zone, recipient.language) if recipient.expires else "",
        "bring": recipient.bring.best(recipient.language) if recipient.bring else say(NOTHING_TO_BRING),
    }
    subject, short = say(SUBJECTS[kind]).format(**words), say(SHORT[kind]).format(**words)
    method = "CANCEL" if kind in ("cancelled", "displaced") else "PUBLISH"
    text = (
        short
        if kind in ("cancelled", "displaced", "offered")
        else f"{say(OPENINGS[kind])}\n\n{say(DETAILS).format(**words)}\n"
    )
    calendar = _calendar(recipient, sender, method, text) if kind not in ("reminder", "offered") else None
    return Letter(subject, short, text, calendar, method)


def when(start: dt.datetime, zone: str, language: Language) -> str:
    """A time as people say it: "ti 24.11.2026 klo 10.00"."""
    local = start.astimezone(ZoneInfo(zone))
    date = format_date(local, {"en": "EEE d MMMM y"}.get(language, "EEE d.M.y"), locale=language)
    clock = f"{local:%H:%M}" if language == "en" else f"{local.hour}.{local:%M}"
    return catalogue(LOCALE, language).gettext(marked("{date} at {clock}")).format(date=date, clock=clock)


def _where(recipient: Recipient) -> str:
    say = catalogue(LOCALE, recipient.language).gettext
    if recipient.place is not None:
        name = recipient.place.name.best(recipient.language)
        return ON_SITE.format(name=name, address=recipient.place.address)
    return say({"phone": BY_PHONE, "video": BY_VIDEO}.get(recipient.channel, AT_HOME))


def _calendar(recipient: Recipient, sender: str, method: str, text: str) -> bytes:
    """The appointment for the citizen's calendar: iCalendar (RFC 5545), as a PUBLISH or CANCEL of RFC 5546."""
    say = catalogue(LOCALE, recipient.language).gettext
    calendar = Calendar()
    calendar.add("prodid", "-//Vuoro//Vuoro 1//FI")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    event.add("uid", f"{recipient.appointment_id}@vuoro")
    event.add("sequence", recipient.sequence)
    event.add("dtstamp", dt.datetime.now(dt.UTC))
    event.add("dtstart", recipient.start.astimezone(dt.UTC))
    event.add("dtend", recipient.end.astimezone(dt.UTC))
    event.add("summary", say(SUMMARY).format(tutor=recipient.tutor_name))
    event.add("location", vText(_where(recipient)))
    event.add("description", text)
    event.add("organizer", vCalAddress(f"mailto:{sender}"))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
