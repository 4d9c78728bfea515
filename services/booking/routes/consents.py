"""Consents that nobody has given, for the registry, which keeps consents."""

from fastapi import APIRouter

from services.booking.store import consents
from shared.auth import Caller
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["availability"])


@routes.get("/assumed-consents", include_in_schema=False)
async def assumed_consents(connection: Direct, caller: Caller) -> wire.AssumedConsents:
    """Those of which the registry has not said anything yet."""
    caller.require("assumed-consents:read")
    items = [wire.AssumedConsent.model_validate(row) for row in await consents.assumed(connection)]
    return wire.AssumedConsents(items=items)
