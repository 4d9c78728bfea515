"""A time and a place as people say them."""

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import format_date

from services.notify.messages import texts
from shared.languages import Language
from shared.plain_text import on_one_line
from shared.schemas.booking import Recipient
from shared.schemas.common import address_in
from shared.texts import marked

# A date as CLDR writes patterns (Unicode TR35) and a time of day; how a language writes them is in its catalogue, too.
DATE = marked("EEE d MMMM y")
CLOCK = marked("{hour:02}:{minute:02}")
DATE_AND_CLOCK = marked("{date} at {clock}")


def date_in_words(date: dt.date, language: Language) -> str:
    """Return a date as people say it: "ti 24.11.2026"."""
    return format_date(date, texts.texts_in(language).gettext(DATE), locale=language)


def time_in_words(start: dt.datetime, zone: str, language: Language) -> str:
    """Return a time as people say it: "ti 24.11.2026 klo 10.00"."""
    say = texts.texts_in(language).gettext
    local = start.astimezone(ZoneInfo(zone))
    date = date_in_words(local.date(), language)
    clock = say(CLOCK).format(hour=local.hour, minute=local.minute)
    return say(DATE_AND_CLOCK).format(date=date, clock=clock)


def place_in_words(recipient: Recipient) -> str:
    """Return where the appointment is, or how the tutor is heard."""
    if recipient.place is not None:
        place, language = recipient.place, recipient.language
        address = address_in(language, place.address, place.address_sv)
        return on_one_line(texts.ON_SITE.format(name=place.name.best(language), address=address))
    say = texts.texts_in(recipient.language).gettext
    return say({"phone": texts.BY_PHONE, "video": texts.BY_VIDEO}.get(recipient.channel, texts.AT_HOME))
