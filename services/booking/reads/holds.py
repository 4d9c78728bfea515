"""A time that is held."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from services.booking.domain.manage_tokens import manage_token
from services.booking.domain.slots import SlotKey
from services.booking.problems import WrongState
from services.booking.reads.shown import find, place_shown
from services.booking.settings import Settings
from services.booking.store import seats
from shared.db import Connection
from shared.languages import LANGUAGES
from shared.schemas import booking as wire
from shared.schemas.providers import Question


async def hold(
    connection: Connection, hold_id: uuid.UUID, settings: Settings, now: dt.datetime, *, is_new: bool = False
) -> wire.Hold:
    """Return a time that is held, with its key; whoever holds it (`is_new`) gets the first. Raises NotFound, WrongState
    for one that is held no longer: whoever has booked it had the key, and a request that is sent again may be somebody
    else's who guessed its Idempotency-Key."""
    row = await find(connection, hold_id)
    if row.state != "held":
        raise WrongState
    zone = ZoneInfo(settings.zone)
    return wire.Hold(
        id=row.id,
        state=row.state,
        start=row.starts.astimezone(zone),
        end=row.ends.astimezone(zone),
        tutor_id=row.tutor_id,
        tutor_name=row.tutor_name or "",
        offering_id=row.offering_id,
        topic=row.topic,
        channel=row.channel,
        place=None if (place := place_shown(row)) is None else wire.VisitPlace.model_validate(place),
        languages=[each for each in LANGUAGES if each in (row.tutor_languages or [])],
        questions=[Question.model_validate(each) for each in row.questions or []],
        seat_beside=SlotKey.of(row).encode() if await seats.is_free_beside(connection, row.id, now) else None,
        expires=row.expires.astimezone(zone) if row.expires else None,
        manage_token=manage_token(settings.secrets.current, row.id, 0 if is_new else row.key_generation),
    )
