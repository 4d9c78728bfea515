"""The appointment for the citizen's own calendar: iCalendar (RFC 5545), sent by e-mail as RFC 6047 has it."""

import datetime as dt
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

from services.notify.messages import texts
from services.notify.messages.wording import place_in_words
from shared.plain_text import on_one_line
from shared.schemas.booking import Recipient

Method = Literal["PUBLISH", "CANCEL"]


def calendar_of(recipient: Recipient, sender: str, method: Method, text: str) -> bytes:
    """Return a calendar with the appointment as its only event; CANCEL takes it away (RFC 5546 section 3.2.5)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Vuoro//Vuoro 1//FI")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(recipient, sender, method, text))
    return bytes(calendar.to_ical())


def _event(recipient: Recipient, sender: str, method: Method, text: str) -> Event:
    say = texts.texts_in(recipient.language).gettext
    event = Event()
    # The same UID and a growing SEQUENCE: the citizen's calendar changes its event instead of adding another.
    event.add("uid", f"{recipient.appointment_id}@vuoro")
    event.add("sequence", recipient.sequence)
    event.add("dtstamp", dt.datetime.now(dt.UTC))
    event.add("dtstart", recipient.start.astimezone(dt.UTC))
    event.add("dtend", recipient.end.astimezone(dt.UTC))
    event.add("summary", say(texts.SUMMARY).format(tutor=on_one_line(recipient.tutor_name)))
    event.add("location", vText(place_in_words(recipient)))
    event.add("description", text)
    event.add("organizer", vCalAddress(f"mailto:{sender}"))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    return event
