"""A time and a place as people say them."""

import datetime as dt
from unicodedata import category
from zoneinfo import ZoneInfo

from babel.dates import format_date

from services.notify.messages import texts
from shared.languages import Language
from shared.schemas.booking import Recipient
from shared.texts import marked

# A date as CLDR writes patterns (Unicode TR35) and a time of day; how a language writes them is in its catalogue, too.
DATE = marked("EEE d MMMM y")
CLOCK = marked("{hour:02}:{minute:02}")
ENDS_OR_CONTROLS = {"Cc", "Zl", "Zp"}
DATE_AND_CLOCK = marked("{date} at {clock}")


def time_in_words(start: dt.datetime, zone: str, language: Language) -> str:
    """Return a time as people say it: "ti 24.11.2026 klo 10.00"."""
    say = texts.texts_in(language).gettext
    local = start.astimezone(ZoneInfo(zone))
    date = format_date(local, say(DATE), locale=language)
    clock = say(CLOCK).format(hour=local.hour, minute=local.minute)
    return say(DATE_AND_CLOCK).format(date=date, clock=clock)


def on_one_line(text: str) -> str:
    """Return a text without line breaks and control characters: names that were taken before they were refused must not
    begin a new line of what they are written into."""
    return " ".join("".join(" " if category(letter) in ENDS_OR_CONTROLS else letter for letter in text).split())


def without_controls(text: str) -> str:
    """Return a text of several lines, on which nothing but a line feed begins a new one."""
    return "\n".join(on_one_line(line) for line in text.split("\n"))


def place_in_words(recipient: Recipient) -> str:
    """Return where the appointment is, or how the tutor is heard."""
    if recipient.place is not None:
        name = recipient.place.name.best(recipient.language)
        return on_one_line(texts.ON_SITE.format(name=name, address=recipient.place.address))
    say = texts.texts_in(recipient.language).gettext
    return say({"phone": texts.BY_PHONE, "video": texts.BY_VIDEO}.get(recipient.channel, texts.AT_HOME))
