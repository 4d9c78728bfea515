"""What every answer carries to keep its reader safe, and what no form may do."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from services.web.language import LANGUAGE_COOKIE
from shared.texts import language_of

# No script runs but where a passkey is made or used, and nothing is loaded from elsewhere. A page's address may be
# somebody's key, so it is told to nobody.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
STATIC = "no-cache"  # kept, and asked about each time: pages and their style change together
WITH_SCRIPT = {"/sign-in/passkey", "/account/passkey"}
OWN_SITES = {"same-origin", "none"}  # "none" is an address that somebody typed, or a bookmark (Fetch Metadata)
YEAR_SECONDS = 31_536_000


async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse forms that another site posts in somebody's name; put the headers on; keep a chosen language."""
    if _is_foreign_form(request):
        return Response("This form was sent from another site.", 403, media_type="text/plain")
    response = await call_next(request)
    _add_headers(request.url.path, response)
    if chosen := request.query_params.get("lang"):
        response.set_cookie(LANGUAGE_COOKIE, language_of(chosen), max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response


def _is_foreign_form(request: Request) -> bool:
    # Browsers that do not send the header are kept out by the cookies' SameSite=Lax.
    return request.method == "POST" and request.headers.get("sec-fetch-site", "same-origin") not in OWN_SITES


def _add_headers(path: str, response: Response) -> None:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if path.startswith("/static/"):
        response.headers["Cache-Control"] = STATIC
    if path in WITH_SCRIPT:
        response.headers["Content-Security-Policy"] += "; script-src 'self'"
