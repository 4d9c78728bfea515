"""A citizen's appointment for their own calendar: iCalendar (RFC 5545), by e-mail as RFC 6047 has it or as a file."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress, vText

Method = Literal["PUBLISH", "CANCEL"]


@dataclass(frozen=True)
class OwnVisit:
    """An appointment, and what is said of it in its citizen's language. Their lines are their writers'."""

    appointment_id: UUID
    sequence: int
    start: dt.datetime
    end: dt.datetime
    summary: str
    where: str
    text: str


def write_visit(visit: OwnVisit, now: dt.datetime, *, sender: str | None = None, method: Method | None = None) -> bytes:
    """Return a calendar with the appointment as its only event. Who sends it says which method it has, and is named as
    its organiser (RFC 5546 section 3.2.1); CANCEL takes it away (section 3.2.5)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Vuoro//Vuoro 1//FI")
    calendar.add("version", "2.0")
    if method is not None:
        calendar.add("method", method)
    event = _event(visit, now)
    if sender is not None:
        event.add("organizer", vCalAddress(f"mailto:{sender}"))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(visit: OwnVisit, now: dt.datetime) -> Event:
    event = Event()
    # The same UID and a growing SEQUENCE: the citizen's calendar changes its event instead of adding another.
    event.add("uid", f"{visit.appointment_id}@vuoro")
    event.add("sequence", visit.sequence)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", visit.start.astimezone(dt.UTC))
    event.add("dtend", visit.end.astimezone(dt.UTC))
    event.add("summary", visit.summary)
    event.add("location", vText(visit.where))
    event.add("description", visit.text)
    return event
