"""How dates, times, numbers and names are written on the pages of one language."""

import datetime as dt
from collections.abc import Callable

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.units import format_unit
from markupsafe import Markup, escape

from shared.contacts import phone, written_number
from shared.languages import Language
from shared.schemas.booking import Absence, PlaceName
from shared.schemas.common import LocalisedText, address_in
from shared.schemas.providers import ServicePoint

# CLDR's locales: "sv" and "en" alone would mean Sweden and the United States.
LOCALES: dict[Language, str] = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}
# Finnish writes weekdays in another case in a sentence; on these pages they stand alone.
DAY_FORMATS: dict[Language, str] = {"fi": "cccc d.M.y"}
DAY_FORMAT = "EEEE d MMMM y"
DATE_FORMATS: dict[Language, str] = {"fi": "d.M.y"}
DATE_FORMAT = "d MMMM y"
MIDNIGHT = dt.time(0)
STREET_LANGUAGES: tuple[Language, ...] = ("fi", "sv")  # those in which streets have names
UNITS = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}


class Formats:
    """The templates' filters in one language."""

    def __init__(self, language: Language) -> None:
        self._language, self._locale = language, LOCALES[language]

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return the filters by the names that templates call them by."""
        return {
            "address": self.address,
            "away": self.away,
            "clock": self.clock,
            "contact": self.contact,
            "date": self.date,
            "day": self.day,
            "dialled": self.dialled,
            "duration": self.duration,
            "lang": self.lang,
            "language_name": self.language_name,
            "named": self.named,
            "number": self.number,
            "short_weekday": self.short_weekday,
            "plainly_named": self.plainly_named,
            "weekday": self.weekday,
        }

    def named(self, text: LocalisedText) -> Markup:
        """Return a text of the registry in this language, or in the nearest that it has, which it then says."""
        return self._spoken(text.best(self._language), text.language_of_best(self._language))

    def plainly_named(self, text: LocalisedText) -> str:
        """Return the same text alone, for an attribute, a title or an option: `lang` says there what `named` does."""
        return text.best(self._language)

    def lang(self, text: LocalisedText) -> Markup:
        """Return the attribute that says in which language a text is; nothing for a text in this one."""
        return self._attribute(text.language_of_best(self._language))

    def address(self, place: PlaceName | ServicePoint) -> Markup:
        """Return where a place is, in this language where it is written so, and saying in which it is elsewhere."""
        shown = address_in(self._language, place.address, place.address_sv)
        return self._spoken(shown, self._language_of_street(place.name))

    def _language_of_street(self, name: LocalisedText) -> Language:
        # Nothing says the language of an address. A place with a Swedish name may have a Swedish address and no other.
        is_local = self._language in STREET_LANGUAGES and getattr(name, self._language)
        return self._language if is_local else name.language_of_best(STREET_LANGUAGES[0])

    def _spoken(self, text: str, language: Language) -> Markup:
        if language == self._language:
            return escape(text)
        return Markup("<span{}>{}</span>").format(self._attribute(language), text)

    def _attribute(self, language: Language) -> Markup:
        return Markup() if language == self._language else Markup(' lang="{}"').format(language)

    def day(self, value: dt.date) -> str:
        """Return a date with its weekday, such as "Tuesday 3 March 2026"."""
        return format_date(value, DAY_FORMATS.get(self._language, DAY_FORMAT), locale=self._locale)

    def date(self, value: dt.date) -> str:
        """Return a date without its weekday, which fits into a sentence: "3 March 2026"."""
        return format_date(value, DATE_FORMATS.get(self._language, DATE_FORMAT), locale=self._locale)

    def clock(self, value: dt.datetime | dt.time) -> str:
        """Return a time of day: 9.30 in Finnish and Swedish, 09:30 in English."""
        return f"{value:%H:%M}" if self._language == "en" else f"{value.hour}.{value:%M}"

    def duration(self, value: dt.timedelta) -> str:
        """Return a length of time in the largest unit of which it is a whole number, days at most: "90 days"."""
        seconds = int(value.total_seconds())
        unit = next(unit for unit in UNITS if seconds % UNITS[unit] == 0)
        return format_unit(seconds // UNITS[unit], f"duration-{unit}", locale=self._locale)

    def away(self, absence: Absence) -> str:
        """Return when somebody is away: whole days as days, the last one included; anything else with its hours."""
        start, end = absence.start, absence.end
        if not start.time() == end.time() == MIDNIGHT:
            if start.date() == end.date():
                return f"{self.day(start)} {self.clock(start)}–{self.clock(end)}"
            return f"{self.day(start)} {self.clock(start)} – {self.day(end)} {self.clock(end)}"
        first, last = start.date(), end.date() - dt.timedelta(days=1)
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def weekday(self, number: int) -> str:
        """Return the name of a weekday; 1 is Monday (ISO 8601)."""
        return str(get_day_names("wide", "stand-alone", locale=self._locale)[number - 1])

    def short_weekday(self, number: int) -> str:
        """Return a weekday's name in two or three letters, for a picture."""
        return str(get_day_names("abbreviated", "stand-alone", locale=self._locale)[number - 1])

    def number(self, value: str) -> str:
        """Return an E.164 number with its spaces, so that it can be read aloud."""
        return written_number(value)

    def dialled(self, value: str) -> str:
        """Return a phone number, however it is written, as a phone dials it."""
        return phone(value) or "".join(letter for letter in value if letter.isdigit() or letter == "+")

    def contact(self, value: str) -> str:
        """Return an e-mail address as it is, and a phone number with its spaces."""
        return value if "@" in value else self.number(value)

    def language_name(self, code: str) -> str:
        """Return what a language is called, in the language of the page."""
        return str(Locale.parse(self._locale).languages[code])
