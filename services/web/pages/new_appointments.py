"""A tutor has seen what was booked for them since they last looked; it stands above their list of the day."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import AwareDatetime

from services.web.clients import booking
from services.web.login import AccessToken
from services.web.pages.day import back_to
from shared.schemas import booking as wire

routes = APIRouter()


@routes.post("/day/seen")
async def say_seen(
    request: Request, token: AccessToken, until: Annotated[AwareDatetime, Form()], date: Annotated[str, Form()] = ""
) -> Response:
    """Note that what came until then is not new any more. Sent twice, it says the same twice."""
    await booking(request, token).say_seen(wire.SeenInput(until=until))
    return back_to(date)
