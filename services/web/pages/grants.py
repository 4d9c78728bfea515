"""What waits for whoever is signed in to confirm it."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.web import view
from services.web.clients import providers
from services.web.dates import on_wall_clock
from services.web.forms.nonce import idempotency_key, new_nonce
from services.web.language import translate
from services.web.login import AccessToken
from services.web.removal import NOT_FOUND
from services.web.state import settings_of
from shared.clients import Refused
from shared.schemas.people import AnswerToGrant
from shared.texts import marked

routes = APIRouter()
GONE = marked("This is no longer waiting. Somebody has answered it, or its time is over.")


class Answer(BaseModel):
    """What one of the two buttons says."""

    grant: uuid.UUID
    answer: AnswerToGrant


@routes.get("/grants")
async def show_grants(request: Request, token: AccessToken, answered: str | None = None) -> Response:
    """Show what waits, and what became of the one that was answered just now."""
    return await _grants_page(request, token, answered)


@routes.post("/grants/{id}/{answer}")
async def answer_grant(
    request: Request, token: AccessToken, id: uuid.UUID, answer: AnswerToGrant, nonce: Annotated[str, Form()] = ""
) -> Response:
    """Confirm or refuse what waits; when that is not possible any more, show what else waits and say why."""
    key = idempotency_key(nonce, Answer(grant=id, answer=answer))
    try:
        await providers(request, token).answer_grant(id, answer, key)
    except Refused as refused:
        return await _grants_page(request, token, refused=refused)
    return view.redirect(f"/grants?answered={answer}")


async def _grants_page(
    request: Request, token: str, answered: str | None = None, refused: Refused | None = None
) -> Response:
    settings = settings_of(request)
    return view.page(
        request,
        "grants.html",
        refused.problem.status if refused else 200,
        here="/grants",
        grants=[on_wall_clock(each, settings) for each in await providers(request, token).pending_grants()],
        answered=answered,
        error=_why_not(request, refused) if refused else None,
        nonce=new_nonce(),
    )


def _why_not(request: Request, refused: Refused) -> str:
    return translate(request, GONE) if refused.is_(NOT_FOUND) else view.in_one_line(refused.problem)
