"""Writing down who sees citizens' details (Act 906/2019, section 17), before they are shown: who cannot be written down
is shown nothing."""

import uuid
from collections.abc import Sequence

from services.booking.actions.context import Context
from shared.audit.log import About, Who, write_entries
from shared.db import Connection
from shared.schemas import booking as wire


async def note_key(connection: Connection, context: Context, record: uuid.UUID) -> None:
    """Write down who is signed in and opens an appointment or a waitlist entry by its citizen's key."""
    if context.caller.kind != "anonymous":
        about = About(str(record), context.caller.region)
        await write_entries(connection, Who(context.named, context.address), "read", "citizen", [about])


async def note_feedback(connection: Connection, context: Context, shown: Sequence[wire.Feedback]) -> None:
    """Write down whose words of a visit, or what was answered to them, are shown to who is signed in."""
    if context.caller.kind != "anonymous":
        written = [About(str(each.appointment_id), each.region) for each in shown if each.words or each.answer]
        await write_entries(connection, Who(context.named, context.address), "read", "citizen", written)


async def note_reading(connection: Connection, context: Context, shown: Sequence[wire.Appointment]) -> None:
    """Write down the appointments whose citizen is shown to who is signed in. Of a citizen who opens their own by their
    key, the log could say nothing."""
    if context.caller.kind == "anonymous":
        return
    told = [About(str(each.id), each.region) for each in shown if each.citizen is not None]
    await write_entries(connection, Who(context.named, context.address), "read", "citizen", told)
