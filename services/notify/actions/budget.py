"""What messages cost: those of paid channels are counted by the day, and an alarm is raised when there are too many."""

import datetime as dt
import logging
import uuid
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify import domain, store

log = logging.getLogger(__name__)
ALARMS = uuid.UUID("7a0f6a0e-3d2b-5d0c-9a53-6a4c1d1f2b10")  # the ids of the days' alarms follow from it


@dataclass(frozen=True)
class Budget:
    """How many paid messages a day are expected; days begin in `zone`."""

    per_day: int
    zone: str


async def count_paid(session: AsyncSession, budget: Budget, now: dt.datetime) -> None:
    """Count a paid message that was sent. The first beyond the day's budget is logged, and told by e-mail."""
    day = now.astimezone(ZoneInfo(budget.zone)).date()
    sent = await store.count_paid(session, day)
    if domain.goes_over(sent, budget.per_day):
        log.error("More messages that cost money have been sent today than the budget of %d", budget.per_day)
        alarm = uuid.uuid5(ALARMS, day.isoformat())
        await store.add_to_outbox(session, domain.plan_alarm(alarm, now), alarm)
