"""Answers of pages: a page from a template, a problem as a page, a redirection."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from services.web.access_token import BOOKS_FOR_OTHERS, CONFIRMS_GRANTS, RECEIVES, roles
from services.web.language import page_language
from services.web.login import access_token_of, is_signed_in
from services.web.templating import template
from shared.languages import LANGUAGES, NATIVE_INVITATIONS, Language
from shared.schemas.common import ProblemDocument

# What of an address stays when the language is changed; the rest is of the moment ("booked=1") or a key to a place.
KEPT_PARAMETERS = {"topic", "municipality", "date"}
# The pages that a citizen's own link opens, and what is said of one that opens nothing.
OWN_LINKS = {"/a/": "dead_link.html", "/w/": "waitlist_gone.html"}


def page(
    request: Request,
    template_name: str,
    status: int = 200,
    *,
    spoken: Language | None = None,
    here: str | None = None,
    **values: object,
) -> HTMLResponse:
    """Return a page from a template, in the language `spoken` or that of the request. `here` is the address at which
    the same page is found in another language, when it is not the request's own."""
    spoken = spoken or page_language(request)
    address = here or _address(request)
    held = roles(access_token_of(request))
    books_for_others = bool(held & BOOKS_FOR_OTHERS)
    values = {
        "languages": [(code, NATIVE_INVITATIONS[code], _with_language(address, code)) for code in LANGUAGES],
        "signed_in": is_signed_in(request),
        "is_tutor": "tutor" in held,
        "may_book_for_others": books_for_others,
        "receives": bool(held & RECEIVES),
        "may_confirm": bool(held & CONFIRMS_GRANTS),
        **values,
    }
    content = template(template_name, spoken, for_others=books_for_others).render(values)
    return HTMLResponse(content, status, headers={"Content-Language": spoken})


def to_citizen(template_name: str, language: Language, **values: object) -> Markup:
    """Return a part of a page that speaks to the citizen, in their language, whoever reads the page."""
    return Markup(template(template_name, language).render(values))  # noqa: S704 - the template has escaped it


def _address(request: Request) -> str:
    asked = {name: value for name, value in request.query_params.items() if name in KEPT_PARAMETERS}
    return request.url.path + (f"?{urlencode(asked)}" if asked else "")


def _with_language(address: str, code: Language) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={code}"


def problem_page(request: Request, document: ProblemDocument, to_call: Sequence[object] = ()) -> Response:
    """Return a page that says what went wrong, what can be done and whom `to_call`; of a citizen's own link that opens
    nothing, what may be the matter with it."""
    path = request.url.path
    gone = OWN_LINKS.get(path[:3]) if document.status == 404 else None
    # A part of a citizen's own page that only a form asks for: the page itself is still there.
    own = "/".join(path.split("/")[:3]) if path[:3] in OWN_LINKS and document.status == 405 else None
    return page(request, gone or "problem.html", document.status, problem=document, own_page=own, to_call=to_call)


def redirect(to: str) -> RedirectResponse:
    """Go on to another page of ours, by GET whatever the method was (RFC 9110 section 15.4.4)."""
    return RedirectResponse(to, 303)


def as_file(held: str) -> Response:
    """Return what is held of a person, as JSON, for a file that they keep."""
    headers = {"Content-Disposition": 'attachment; filename="vuoro.json"'}
    return Response(held, media_type="application/json", headers=headers)


def in_one_line(problem: ProblemDocument) -> str:
    """Return a problem in one line: what went wrong, and what can be done."""
    return f"{problem.title}. {problem.detail or ''}"
