"""The hours of a service point on some dates."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from services.providers import access, models
from services.providers.actions.opening_hours import write_hours
from services.providers.routes.dependencies import Zone
from services.providers.store.records import existing
from services.providers.store.service_points import opening_days
from shared.auth import Caller
from shared.clock import Now
from shared.conditional import IfMatch, tag
from shared.db import Session
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import providers as wire
from shared.schemas.common import Date

routes = APIRouter(tags=["registry"])
EXAMPLE = [{"date": "2027-03-01", "hours": [{"from": "10:00", "to": "18:00", "kind": "staffed"}]}]


@routes.get("/service-points/{id}/hours", summary="A service point's hours", openapi_extra=FOR_ANYBODY)
async def show_hours(
    session: Session,
    caller: Caller,
    id: uuid.UUID,
    now: Now,
    zone: Zone,
    start: Annotated[Date | None, Query(alias="from", description="by default today")] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 28,
) -> wire.OpeningDays:
    """What is known of its hours, date by date; a date that is not listed is not known."""
    await access.require_to_see(session, caller, await existing(session, models.ServicePoint, id))
    first: dt.date = start or now.astimezone(zone).date()
    rows = await opening_days(session, id, first, days)
    return wire.OpeningDays(items=[wire.OpeningDay.model_validate(row) for row in rows])


@routes.put("/service-points/{id}/hours", summary="Say a service point's hours on some dates")
async def replace_hours(
    session: Session,
    caller: Caller,
    id: uuid.UUID,
    wanted: Annotated[list[wire.OpeningDay], Body(max_length=1000, examples=[EXAMPLE])],
    if_match: IfMatch,
    response: Response,
) -> wire.OpeningDays:
    """Dates that are not named stay as they are. `If-Match` takes the service point's version."""
    tag(response, await write_hours(session, caller=caller, point=id, days=wanted, if_match=if_match))
    return wire.OpeningDays(items=wanted)
