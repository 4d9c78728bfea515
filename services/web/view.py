"""Drawing pages: the language, the templates, and how times are written."""

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, get_day_names
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.web.claims import roles
from services.web.settings import Settings
from shared.languages import LANGUAGES, Language
from shared.schemas.booking import Absence
from shared.schemas.common import LocalisedText, ProblemDocument
from shared.texts import catalogue, language_of

HERE = Path(__file__).parent
BABEL: dict[Language, str] = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}
NAMES: dict[Language, str] = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}


def _tongue(language: Language, code: str) -> str:
    """What a language is called, in the language of the page."""
    return str(Locale.parse(BABEL[language]).languages[code])


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(catalogue(HERE / "locale", language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals["language"] = language

    def named(text: LocalisedText) -> str:
        return text.best(language)

    def day(value: dt.date) -> str:
        return format_date(value, {"fi": "cccc d.M.y"}.get(language, "EEEE d MMMM y"), locale=BABEL[language])

    def clock(value: dt.datetime | dt.time) -> str:
        return f"{value:%H:%M}" if language == "en" else f"{value.hour}.{value:%M}"

    def away(absence: Absence) -> str:
        if absence.start.time() == absence.end.time() == dt.time(0):  # whole days, the last one included
            first, last = absence.start.date(), absence.end.date() - dt.timedelta(days=1)
            return day(first) if first == last else f"{day(first)} – {day(last)}"
        return f"{day(absence.start)} {clock(absence.start)} – {day(absence.end)} {clock(absence.end)}"

    def weekday(number: int) -> str:
        return str(get_day_names("wide", "stand-alone", locale=BABEL[language])[number - 1])

    def number(value: str) -> str:
        return phonenumbers.format_number(phonenumbers.parse(value), phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    environment.filters |= {
        "tongue": partial(_tongue, language),
        "away": away,
        "number": number,
        "named": named,
        "day": day,
        "clock": clock,
        "weekday": weekday,
    }
    return environment


ENVIRONMENTS = {language: _environment(language) for language in LANGUAGES}


def language(request: Request) -> Language:
    """The language of the page: as chosen in the link, else as chosen before, else as the browser prefers."""
    chosen = request.query_params.get("lang") or request.cookies.get("language")
    return language_of(chosen or request.headers.get("accept-language"))


def is_chosen(request: Request) -> bool:
    """Whether somebody has chosen the language, here or before."""
    return bool(request.query_params.get("lang") or request.cookies.get("language"))


def say(request: Request, text: str) -> str:
    """A text in the language of the page."""
    return catalogue(HERE / "locale", language(request)).gettext(text)


def page(
    request: Request,
    template: str,
    status: int = 200,
    *,
    spoken: Language | None = None,
    here: str | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page from a template, in the language `spoken` or that of the request. `here` is the address at which the
    same page is found in another language, when it is not the request's own."""
    spoken = spoken or language(request)
    address = here or _address(request)
    values = {
        "languages": [(code, NAMES[code], _with_language(address, code)) for code in LANGUAGES],
        "signed_in": "session" in request.cookies,
        "is_tutor": "tutor" in roles(request.cookies.get("access")),
        **values,
    }
    content = ENVIRONMENTS[spoken].get_template(template).render(values)
    return HTMLResponse(content, status, headers={"Content-Language": spoken})


def _address(request: Request) -> str:
    """A link to the same page keeps the question that was asked, but no other parameter."""
    asked = {name: value for name, value in request.query_params.items() if name in {"topic", "municipality", "date"}}
    return request.url.path + (f"?{urlencode(asked)}" if asked else "")


def _with_language(address: str, code: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={code}"


def date(text: str | None) -> dt.date | None:
    """A date as a date field sends it, or as people write it where there is no such field; None when it is none."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            found = dt.datetime.strptime((text or "").strip(), form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
        return found if 2000 <= found.year <= 2200 else None
    return None


def problem(request: Request, document: ProblemDocument) -> Response:
    """A page that says what went wrong and what can be done."""
    return page(request, "problem.html", document.status, problem=document)


def redirect(to: str) -> RedirectResponse:
    """Go on to another page of ours, by GET."""
    return RedirectResponse(to, 303)


def with_cookies(shown: Response, carried: Response) -> Response:
    """A page with the cookies that finding the session has set."""
    for value in carried.headers.getlist("set-cookie"):
        shown.headers.append("set-cookie", value)
    return shown


def today(settings: Settings) -> dt.date:
    """Today's local date."""
    return dt.datetime.now(ZoneInfo(settings.zone)).date()
