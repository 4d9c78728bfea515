"""Drawing pages: the language, the templates, and how times are written."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.web.settings import Settings
from shared.schemas.common import Language, LocalisedText, ProblemDocument
from shared.texts import LANGUAGES, catalogue, language_of

HERE = Path(__file__).parent
BABEL: dict[Language, str] = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}
NAMES: dict[Language, str] = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}


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
        if isinstance(value, dt.time):
            return format_time(value, "short", locale=BABEL[language])
        return format_time(value, "short", tzinfo=value.tzinfo, locale=BABEL[language])

    def weekday(number: int) -> str:
        return str(get_day_names("wide", "stand-alone", locale=BABEL[language])[number - 1])

    environment.filters |= {"named": named, "day": day, "clock": clock, "weekday": weekday}
    return environment


ENVIRONMENTS = {language: _environment(language) for language in LANGUAGES}


def language(request: Request) -> Language:
    """The language of the page: as chosen in the link, else as chosen before, else as the browser prefers."""
    chosen = request.query_params.get("lang") or request.cookies.get("language")
    return language_of(chosen or request.headers.get("accept-language"))


def say(request: Request, text: str) -> str:
    """A text in the language of the page."""
    return catalogue(HERE / "locale", language(request)).gettext(text)


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template."""
    spoken = language(request)
    # A link to the same page in another language keeps the question that was asked, but no other parameter.
    asked = {name: value for name, value in request.query_params.items() if name in {"topic", "municipality"}}
    values = {
        "languages": [(code, NAMES[code], _with_language(request, code, asked)) for code in LANGUAGES],
        "signed_in": "session" in request.cookies,
        "path": request.url.path,
        **values,
    }
    content = ENVIRONMENTS[spoken].get_template(template).render(values)
    return HTMLResponse(content, status, headers={"Content-Language": spoken})


def _with_language(request: Request, code: str, asked: Mapping[str, str]) -> str:
    path = request.url.path if request.method == "GET" else "/"
    return str(request.url.replace(path=path, query="").include_query_params(**asked, lang=code))


def problem(request: Request, document: ProblemDocument) -> Response:
    """A page that says what went wrong and what can be done."""
    return page(request, "problem.html", document.status, problem=document)


def redirect(to: str) -> RedirectResponse:
    """Go on to another page of ours, by GET."""
    return RedirectResponse(to, 303)


def today(settings: Settings) -> dt.date:
    """Today's local date."""
    return dt.datetime.now(ZoneInfo(settings.zone)).date()
