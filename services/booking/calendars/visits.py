"""A tutor's visits as iCalendar (RFC 5545, RFC 7986), for the calendar program that they have subscribed in.

Such calendars are copied to clouds abroad and shown to colleagues, so nothing here tells who comes.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration, vText, vUri

from services.booking.calendars.vtimezone import add_zones
from services.booking.domain.calendar_subscriptions import PAST_SHOWN, READ_EVERY, STATUSES
from services.booking.domain.wall_time import local_date
from services.booking.problems import LOCALE
from services.booking.store.calendar_subscriptions import VisitShown
from shared.languages import Language
from shared.plain_text import on_one_line
from shared.schemas.common import LocalisedText, address_in
from shared.texts import catalogue, marked

NAME = marked("Digital support, {tutor}")
AT_PLACE = marked("Digital support: {place}")
ELSEWHERE = {
    "phone": marked("Digital support by phone"),
    "video": marked("Digital support by video"),
    "home": marked("Digital support at a home"),
}
CANCELLED = marked("Cancelled: {what}")
TOPIC, CODE_WORD, WHO = marked("Topic: {topic}"), marked("Code word: {word}"), marked("Who comes: {url}")


@dataclass(frozen=True)
class Subscribed:
    """What a calendar of visits is written for: whose, in which language, on whose wall; where the pages are, and in
    which zone their days; and whether it may show code words."""

    tutor_name: str
    language: Language
    zone: str
    pages: str
    pages_zone: str
    code_words: bool


def write_visits(visits: Sequence[VisitShown], wanted: Subscribed, now: dt.datetime) -> bytes:
    """Return the visits as a calendar. The same visits give the same bytes, whenever that is asked."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Vuoro//digituki//FI")
    calendar.add("VERSION", "2.0")
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, vText(_say(wanted, NAME).format(tutor=on_one_line(wanted.tutor_name))))
    calendar.add("REFRESH-INTERVAL", vDuration(READ_EVERY), {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(READ_EVERY))
    for visit in visits:
        calendar.add_component(_event(visit, wanted))
    add_zones(calendar, local_date(now - PAST_SHOWN, wanted.zone))
    return bytes(calendar.to_ical())


def _event(visit: VisitShown, wanted: Subscribed) -> Event:
    place = _place(visit, wanted)
    page = f"{wanted.pages}/day?date={local_date(visit.starts, wanted.pages_zone)}"
    event = Event()
    event.add("UID", f"{visit.id}@vuoro")
    event.add("SEQUENCE", visit.sequence)
    event.add("DTSTAMP", visit.changed_at)  # as there is no METHOD (section 3.8.7.2)
    event.add("LAST-MODIFIED", visit.changed_at)
    event.add("DTSTART", _on_the_wall(visit.starts, wanted.zone))
    event.add("DTEND", _on_the_wall(visit.ends, wanted.zone))
    event.add("SUMMARY", vText(_summary(visit, wanted, place)))
    event.add("STATUS", STATUSES[visit.state])
    event.add("CLASS", "PRIVATE")
    event.add("CATEGORIES", [visit.topic, visit.channel])
    event.add("DESCRIPTION", vText(_description(visit, wanted, page)))
    event.add("URL", vUri(page))
    if place is not None:
        address = address_in(wanted.language, visit.place_address or "", visit.place_address_sv)
        event.add("LOCATION", vText(on_one_line(f"{place}, {address}")))
    return event


def _on_the_wall(at: dt.datetime, zone: str) -> dt.datetime:
    """Return an instant in a zone; in UTC where the wall shows it twice, since programs differ in which they take."""
    local = at.astimezone(ZoneInfo(zone))
    is_shown_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return at.astimezone(dt.UTC) if is_shown_twice else local


def _say(wanted: Subscribed, text: str) -> str:
    return catalogue(LOCALE, wanted.language).gettext(text)


def _place(visit: VisitShown, wanted: Subscribed) -> str | None:
    if visit.place_name is None:
        return None
    # Not validated: one name that was taken before there were rules must not hide all visits.
    return on_one_line(LocalisedText.model_construct(None, **visit.place_name).best(wanted.language))


def _summary(visit: VisitShown, wanted: Subscribed, place: str | None) -> str:
    what = _say(wanted, AT_PLACE).format(place=place) if place else _say(wanted, ELSEWHERE[visit.channel])
    # Programs that show what is cancelled show it as if it were not.
    return _say(wanted, CANCELLED).format(what=what) if STATUSES[visit.state] == "CANCELLED" else what


def _description(visit: VisitShown, wanted: Subscribed, page: str) -> str:
    lines = [_say(wanted, TOPIC).format(topic=visit.topic)]
    if wanted.code_words and visit.code_word:
        lines.append(_say(wanted, CODE_WORD).format(word=visit.code_word))
    return "\n".join([*lines, _say(wanted, WHO).format(url=page)])
