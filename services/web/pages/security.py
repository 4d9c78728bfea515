"""Where a weakness of this installation is reported (RFC 9116)."""

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from services.web.settings import Settings
from services.web.state import settings_of
from shared.languages import LANGUAGES
from shared.problems import NotFound

routes = APIRouter()
PATH = "/.well-known/security.txt"


@routes.get(PATH)
async def security_txt(request: Request) -> PlainTextResponse:
    """The contact of the settings; without one there is no such page."""
    return PlainTextResponse(_written(settings_of(request)))


def _written(settings: Settings) -> str:
    if settings.security_contact is None or settings.security_expires is None:
        raise NotFound
    expires = settings.security_expires.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    fields = {
        "Contact": settings.security_contact,
        "Expires": f"{expires.isoformat()}Z",
        "Preferred-Languages": ", ".join(LANGUAGES),
        "Canonical": f"{settings.public_url.rstrip('/')}{PATH}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())
