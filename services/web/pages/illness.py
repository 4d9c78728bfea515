"""A helper who has fallen ill: the desk hands their day over in one step."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import read_date
from services.web.forms.nonce import idempotency_key
from services.web.login import AccessToken
from services.web.pages.consequences import AFFECTS, consequences_page
from shared.clients import Refused
from shared.schemas import booking as wire

routes = APIRouter()


@routes.post("/day/illness")
async def hand_day_over(
    request: Request,
    token: AccessToken,
    tutor: Annotated[uuid.UUID, Form()],
    date: Annotated[str, Form()] = "",
    standing: Annotated[str, Form()] = "",
    nonce: Annotated[str, Form()] = "",
) -> Response:
    """Close a helper's day; when visits stand in it, ask first what becomes of them."""
    wanted = wire.IllnessInput.model_validate({"date": read_date(date), "appointments": standing or None})
    try:
        await booking(request, token).fall_ill(tutor, wanted, idempotency_key(f"{nonce}/{tutor}", wanted))
    except Refused as refused:
        if not refused.is_(AFFECTS):
            raise
        return await consequences_page(request, token, refused, back=f"/day?date={wanted.date}", comes=False)
    return view.redirect(f"/day?date={wanted.date}&ill=1")
