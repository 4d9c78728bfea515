"""The language of a page, and texts in it."""

from pathlib import Path

from fastapi import Request

from services.web.cookies import read_cookie
from shared.languages import Language
from shared.texts import catalogue, language_of

LOCALE = Path(__file__).parent / "locale"
LANGUAGE_COOKIE = "language"
IN_ADDRESS = "lang"  # the parameter of a link to a page in another language


def page_language(request: Request) -> Language:
    """Return the page's language: as chosen in the link, else as chosen before, else as the browser prefers."""
    return language_of(_chosen(request) or request.headers.get("accept-language"))


def is_language_chosen(request: Request) -> bool:
    """Whether somebody has chosen the language, here or before."""
    return bool(_chosen(request))


def _chosen(request: Request) -> str | None:
    return request.query_params.get(IN_ADDRESS) or read_cookie(request, LANGUAGE_COOKIE)


def translate(request: Request, text: str) -> str:
    """Return a marked text in the language of the page."""
    return catalogue(LOCALE, page_language(request)).gettext(text)
