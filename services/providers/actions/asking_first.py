"""Asking booking before a record is locked, so that a slow answer keeps nobody else waiting.

The order is: read the record without a lock, ask booking, then lock and write it, if it is still the version that the
question was about; else ask again. Whoever books between the answer and the write is looked after by booking itself,
once it hears of the change (`services/booking/actions/departures.py`).
"""

import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.saving import Overtaken
from services.providers.domain.periods import Period
from services.providers.problems import AppointmentsToCome
from shared.clients import BookingClient
from shared.problems import ChangedMeanwhile
from shared.schemas.booking import ToCome

TRIES = 3
Begin = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Begins a transaction, which commits at the end."""
Seen = TypeVar("Seen")


async def ask_then_write(ask: Callable[[], Awaitable[Seen]], write: Callable[[Seen], Awaitable[None]]) -> None:
    """Carry out `write` on what `ask` has seen; from the start again when it was overtaken in between. Raises
    `ChangedMeanwhile` when it always is."""
    for _ in range(TRIES):
        seen = await ask()
        try:
            return await write(seen)
        except Overtaken:
            continue
    raise ChangedMeanwhile


async def refuse_while_point_awaits(booking: BookingClient, point: uuid.UUID) -> None:
    """Refuse with `AppointmentsToCome` while there are appointments to come at a service point; `Unavailable` while
    booking is away, since then nobody knows."""
    _refuse(await booking.to_come(service_point=point))


async def refuse_while_tutor_awaits(booking: BookingClient, tutor: uuid.UUID) -> None:
    """Refuse likewise while a tutor has appointments to come."""
    _refuse(await booking.to_come(tutor=tutor))


async def refuse_while_tutor_awaits_outside(booking: BookingClient, tutor: uuid.UUID, period: Period) -> None:
    """Refuse likewise while a tutor has appointments to come outside a period, whose dates are of the tutor's own
    zone. Booking lists a hundred at most, so it is asked for those before and after the period, and not for all."""
    found: list[ToCome] = []
    if period.first is not None:
        found += await booking.to_come(tutor=tutor, before=period.first)
    if period.last is not None:
        found += await booking.to_come(tutor=tutor, after=period.last)
    _refuse(found)


def _refuse(coming: list[ToCome]) -> None:
    if coming:
        raise AppointmentsToCome([each.model_dump(mode="json") for each in coming])
