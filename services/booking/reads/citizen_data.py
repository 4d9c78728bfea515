"""All that booking holds of a citizen for one appointment (GDPR, articles 15 and 20)."""

import uuid
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.reads.appointments import appointment, history
from services.booking.reads.feedback import said_of
from services.booking.settings import Settings
from services.booking.store import citizens
from shared.db import Connection
from shared.schemas import booking as wire


async def data_of(connection: Connection, appointment_id: uuid.UUID, settings: Settings) -> wire.CitizenData:
    """Return what is held, what happened, and until when it is kept. Raises NotFound."""
    return wire.CitizenData(
        appointment=await appointment(connection, appointment_id, access.CITIZEN, settings),
        history=(await history(connection, appointment_id, settings.zone)).items,
        feedback=await said_of(connection, appointment_id, settings.zone),
        kept_until=(await citizens.kept_until(connection, appointment_id)).astimezone(ZoneInfo(settings.zone)),
    )
