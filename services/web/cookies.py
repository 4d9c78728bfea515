"""The cookies of the pages: no script reads them, and no other site's form sends them.

Where there is https they go over https alone, under names that no other host of the domain and no page over http can
set (`__Host-`, RFC 6265bis section 4.1.3.2).
"""

from typing import Literal

from fastapi import Request, Response

from services.web.settings import Settings

HOST_PREFIX = "__Host-"


def is_secure(request: Request) -> bool:
    """Whether cookies may go over https only; a local installation has none."""
    settings: Settings = request.app.state.settings
    return settings.public_url.startswith("https:")


def read_cookie(request: Request, name: str) -> str | None:
    """Return the value of a cookie of ours, if there is one."""
    return request.cookies.get(_full(request, name))


def set_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    *,
    max_age: int | None = None,
    same_site: Literal["lax", "strict"] = "lax",
) -> None:
    """Set a cookie, for the whole site and until the browser is closed, unless `max_age` (seconds) says until when. A
    `lax` one comes along when somebody follows a link from another site, too."""
    response.set_cookie(
        _full(request, name), value, max_age=max_age, httponly=True, samesite=same_site, secure=is_secure(request)
    )


def delete_cookie(request: Request, response: Response, name: str) -> None:
    """Take a cookie away. A browser passes over this, too, unless it is said as securely as it was set."""
    response.delete_cookie(_full(request, name), httponly=True, samesite="lax", secure=is_secure(request))


def _full(request: Request, name: str) -> str:
    return f"{HOST_PREFIX}{name}" if is_secure(request) else name
