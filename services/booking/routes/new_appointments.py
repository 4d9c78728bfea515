"""What was booked for the tutor who asks, since they last looked."""

from fastapi import APIRouter

from services.booking import access
from services.booking.actions import new_appointments
from services.booking.reads import new_appointments as reads
from services.booking.routes.requests import Config
from services.booking.routes.unit_of_work import Work
from shared.auth import Caller
from shared.clock import Now
from shared.db import Direct
from shared.schemas import booking as wire

routes = APIRouter(tags=["appointments"])


@routes.get("/me/new-appointments", summary="What was booked for me since I last looked")
async def my_new_appointments(connection: Direct, settings: Config, caller: Caller, now: Now) -> wire.NewAppointments:
    """For a tutor: the visits to come that others have booked, moved or handed to them since, without who comes."""
    return await reads.new_appointments(connection, access.own_tutor(caller), caller, settings, now=now)


@routes.put("/me/new-appointments", status_code=204, summary="I have seen them")
async def say_seen(work: Work, wanted: wire.SeenInput) -> None:
    """Those that came later are new from then on. What was seen once stays seen."""
    await work.repeat(lambda: new_appointments.say_seen(work.connection, work.context, until=wanted.until))
