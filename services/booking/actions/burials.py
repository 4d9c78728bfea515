"""What booking does for its list of who was erased."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from services.booking.actions.context import worker_context
from services.booking.actions.erasure import erase_citizens_again
from services.booking.settings import Settings
from shared.burying import Burials, Erasures, IsBuried
from shared.clock import now
from shared.db import driver
from shared.schemas import events
from shared.tombstones import Tombstones

# An entry that was booked is not among them: who waits again after a restoring has lost that appointment.
ERASURES: Erasures = {
    events.AppointmentErased.type: None,
    events.WaitlistEnded.type: None,
    events.WaitlistMissed.type: "ended",
}


def burials(tombstones: Tombstones, zone: str, clock: Callable[[], dt.datetime] = now) -> Burials:
    """Return what keeps that list and a database of booking alike."""

    async def again(session: AsyncSession, is_buried: IsBuried) -> int:
        context = worker_context(clock(), zone, tombstones.secrets)
        return await erase_citizens_again(await driver(session), context, is_buried)

    return Burials(tombstones, ERASURES, again)


def burials_of(settings: Settings) -> Burials | None:
    """Return the same as the settings say; None when there is to be no list."""
    if settings.tombstones is None:
        return None
    return burials(Tombstones(settings.tombstones, settings.secrets), settings.zone)
