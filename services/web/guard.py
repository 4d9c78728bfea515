"""What every answer carries to keep its reader safe, and what no form may do or be."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import Request, Response

from services.web.cookies import is_secure, set_cookie
from services.web.language import LANGUAGE_COOKIE, page_language
from services.web.login import keep_renewed_login
from services.web.problems import ForeignForm
from services.web.state import settings_of
from services.web.static_files import PATH as STATIC_FILES
from services.web.static_files import how_long_kept
from services.web.view import OWN_LINKS, problem_page
from shared.problems import InvalidInput
from shared.texts import language_of

# No script runs but where a passkey is made or used, somebody says where they are, or a tutor has a day without
# network, and nothing is loaded from elsewhere. A page's address may be somebody's key, so it is told to nobody.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# May stand inside a page of any site: what everybody may read, without a form and whoever looks at it.
FRAMED = {"/embed"}
# Pages whose address is a citizen's key. Not even our own other pages are told it.
KEYED = (*OWN_LINKS, "/book/")
UNTOLD = "null"  # the Origin of a form on such a page (Fetch, "append a request Origin header")
WORKER = f"{STATIC_FILES}day-worker.js"
RUNS, READS = "; script-src 'self'", "; connect-src 'self'"
KEEPS = f"{RUNS}{READS}; worker-src 'self'"
# What the scripts of these may do. The wall's reads its page again; the day's keeps it for when there is no network.
BEYOND_POLICY = {
    **dict.fromkeys(("/", "/find", "/sign-in/passkey", "/account/passkey"), RUNS),
    "/wall": RUNS + READS,
    "/day": KEEPS,
    "/day/kept": KEEPS,
    WORKER: READS,
}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}  # RFC 9110 section 9.2.1
OWN_SITES = {"same-origin", "none"}  # "none" is an address that somebody typed, or a bookmark (Fetch Metadata)
YEAR_SECONDS = 31_536_000


async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse forms that another site posts in somebody's name, and those that none of ours can be; put the headers on;
    keep a chosen language."""
    if _is_foreign(request):
        response = problem_page(request, ForeignForm().document(page_language(request)))
    elif _is_in_parts(request):
        response = problem_page(request, InvalidInput().document(page_language(request)))
    else:
        response = await call_next(request)
        keep_renewed_login(request, response)
    _add_headers(request, response)
    chosen = request.query_params.get("lang")
    if chosen and request.url.path not in FRAMED:  # the other site has chosen, and not the reader
        set_cookie(request, response, LANGUAGE_COOKIE, language_of(chosen), max_age=YEAR_SECONDS)
    return response


def _is_foreign(request: Request) -> bool:
    """Whether another site's page changes something here. A browser that says neither where from is kept out by the
    cookies' SameSite=Lax."""
    if request.method in SAFE_METHODS:
        return False
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in OWN_SITES:
        return True
    if origin == UNTOLD:
        # Older browsers do not say the site. Then who knows the key may, and who does not cannot reach what it opens.
        return site != "same-origin" and not _is_keyed(request)
    return origin is not None and not _is_own(request, origin)


def _is_in_parts(request: Request) -> bool:
    """Whether a form may bring files, which no page asks for, and letters of any other code than UTF-8: halves of them,
    that nothing can be made of."""
    return request.headers.get("content-type", "").lower().startswith("multipart/")


def _is_keyed(request: Request) -> bool:
    return request.url.path.startswith(KEYED)


def _is_own(request: Request, origin: str) -> bool:
    """Whether an Origin (RFC 6454) is ours: the public address, or the one that this request was sent to. A page that
    came over http may be anybody's, where there is https."""
    try:
        scheme, host = urlsplit(origin)[:2]
    except ValueError:
        return False
    hosts = {urlsplit(settings_of(request).public_url).netloc, request.headers.get("host")}
    return host in hosts and (scheme == "https" or not is_secure(request))


def _add_headers(request: Request, response: Response) -> None:
    path = request.url.path
    for name, value in HEADERS.items():
        response.headers[name] = value
    if path in FRAMED:
        policy = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")
        response.headers["Content-Security-Policy"] = policy
    if _is_keyed(request):
        response.headers["Referrer-Policy"] = "no-referrer"
    if path.startswith(STATIC_FILES) and response.status_code < 400:
        response.headers["Cache-Control"] = how_long_kept(request)
    response.headers["Content-Security-Policy"] += BEYOND_POLICY.get(path, "")
    if path == WORKER:
        response.headers["Service-Worker-Allowed"] = "/day"
