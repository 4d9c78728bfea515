"""A tutor's own time at a glance: their week as a picture and as a list, what is added once, and when they are away."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking, providers
from services.web.login import AccessToken
from services.web.pages.day import to_tell
from services.web.patience import answer_or_none
from services.web.week import WEEK, week_of
from services.web.who_am_i import who_am_i

routes = APIRouter()
SAVED = "/hours?saved=1"  # where somebody goes on who has changed something


@routes.get("/hours")
async def show_hours(request: Request, token: AccessToken, kept: int = 0, *, saved: bool = False) -> Response:
    """Show weekly hours, extra time and absences; who has none yet is led through. `saved` when something was just
    changed, `kept` is how many appointments stand in an absence that was just added."""
    client = booking(request, token)
    weekly, extra, absences = await asyncio.gather(client.availability(), client.extra_time(), client.absences())
    held = None if weekly else await answer_or_none(providers(request, token).my_data())
    return view.page(
        request,
        "hours.html",
        me_as_tutor=await who_am_i(request, held),
        availability=sorted(weekly, key=lambda each: (each.weekday, each.opens)),
        extra=extra,
        absences=absences,
        week=week_of(weekly),
        weekdays=WEEK,
        kept=kept,
        saved=saved,
        to_tell=await to_tell(request, token) if saved else 0,
    )
