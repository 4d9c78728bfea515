"""HTTP in, HTTP out."""

import uuid

from fastapi import APIRouter

from services.notify import store
from shared.auth import Caller
from shared.db import Session
from shared.schemas.notify import Message, Messages

routes = APIRouter(tags=["messages"])


@routes.get("/messages", summary="What was sent about an appointment")
async def messages(session: Session, caller: Caller, subject: uuid.UUID) -> Messages:
    """States and times, never to whom or what. For coordinators and those with `events:read`, of their organisation."""
    caller.require("events:read")
    found = await store.of_subject(session, subject, region=caller.region, organisation=caller.client_organisation)
    return Messages(items=[Message.model_validate(row) for row in found])
