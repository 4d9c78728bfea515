"""All that booking holds of whoever asks."""

from fastapi import APIRouter

from services.booking.access import tutor_of
from services.booking.reads import own_data
from services.booking.routes.requests import Config
from shared.auth import Caller
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["availability"])


@routes.get("/me/data", summary="All that booking holds of my time")
async def my_data(connection: Direct, settings: Config, caller: Caller) -> wire.MyTime:
    """GDPR, article 15, for tutors. What the registry holds of a person is at `/api/providers/v1/me/data`."""
    return await own_data.data_of(connection, (await tutor_of(connection, caller, None)).id, settings.zone)
