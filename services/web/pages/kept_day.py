"""The list of a day as a tutor keeps it on their phone, to be read without network."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import own_tutor
from services.web.clients import booking
from services.web.dates import local_now, local_today, read_date
from services.web.kept_day import may_be_kept, note_keeper
from services.web.login import AccessToken
from services.web.pages.day import list_of
from services.web.state import settings_of
from shared.problems import NotFound

routes = APIRouter()


@routes.get("/day/kept")
async def show_kept_day(request: Request, token: AccessToken, date: str | None = None) -> Response:
    """Show the list of a day as it is now, with what can be done without network. A script asks for it."""
    chosen, tutor, settings = read_date(date), own_tutor(token), settings_of(request)
    if chosen is None or tutor is None or not may_be_kept(chosen, local_today(settings)):
        raise NotFound
    shown_there = await list_of(request, token, chosen, await booking(request, token).day(chosen))
    shown = view.page(request, "kept_day.html", **shown_there, kept_at=local_now(settings))
    note_keeper(request, shown, tutor)
    return shown
