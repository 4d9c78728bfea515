"""A citizen's appointment as a file for their own calendar."""

import datetime as dt

from services.web.bringing import SAFE
from services.web.language import LOCALE
from shared.languages import Language
from shared.plain_text import on_one_line
from shared.schemas.booking import Appointment
from shared.schemas.common import address_in
from shared.texts import catalogue, marked
from shared.visit_calendars import OwnVisit, write_visit

SUMMARY = marked("Digital help with {tutor}")
WORD = marked("The helper says this word first: {word}.")
CALL = marked("If something comes up, call {phone}.")
PAGE = marked("See, move or cancel your time: {url}")
ELSEWHERE = {
    "phone": marked("By phone: the helper calls you"),
    "video": marked("By video: the helper sends you a link"),
    "home": marked("At your home"),
}


def own_calendar(visit: Appointment, language: Language, now: dt.datetime) -> bytes:
    """Return an appointment as an iCalendar file in a language."""
    say = catalogue(LOCALE, language).gettext
    lines = [
        say(WORD).format(word=visit.code_word) if visit.code_word else "",
        say(SAFE),
        say(CALL).format(phone=on_one_line(visit.phone)) if visit.phone else "",
        say(PAGE).format(url=visit.manage_url) if visit.manage_url else "",
    ]
    return write_visit(
        OwnVisit(
            visit.id,
            visit.sequence,
            visit.start,
            visit.end,
            say(SUMMARY).format(tutor=on_one_line(visit.tutor_name)),
            _location(visit, language),
            "\n".join(line for line in lines if line),
        ),
        now,
    )


def _location(visit: Appointment, language: Language) -> str:
    if visit.place is None:
        return catalogue(LOCALE, language).gettext(ELSEWHERE.get(visit.channel, ELSEWHERE["home"]))
    address = address_in(language, visit.place.address, visit.place.address_sv)
    return on_one_line(f"{visit.place.name.best(language)}, {address}")
