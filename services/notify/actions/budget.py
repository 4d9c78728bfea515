"""What messages cost: those of paid channels are counted by region and day, and an alarm is raised when there are too
many."""

import datetime as dt
import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify import store
from services.notify.domain import plans
from services.notify.domain.budgets import Budget, over_budget
from services.notify.models import Message

log = logging.getLogger(__name__)
ALARMS = uuid.UUID("7a0f6a0e-3d2b-5d0c-9a53-6a4c1d1f2b10")  # the ids of alarms follow from it


@dataclass(frozen=True)
class Budgets:
    """How many paid messages are expected: in regions that say so, and in any other. Days and months begin in
    `zone`."""

    elsewhere: Budget
    of_region: Mapping[str, Budget]
    zone: str

    def of(self, region: str | None) -> Budget:
        """Return the budget of a region; of what belongs to none, the installation's."""
        return self.of_region.get(region or "", self.elsewhere).or_else(self.elsewhere)


async def count_paid(session: AsyncSession, budgets: Budgets, region: str | None, now: dt.datetime) -> None:
    """Count a paid message that was sent for a region. The first beyond its budget is logged, and told by e-mail: to
    the operator, and then to the region's coordinators."""
    day = now.astimezone(ZoneInfo(budgets.zone)).date()
    spent = await store.count_paid(session, region or "", day)
    for period, most in over_budget(spent, budgets.of(region)):
        log.error(
            "More messages that cost money have been sent this %s than the budget of %d, region %s",
            period,
            most,
            region or "unknown",
        )
        alarm = uuid.uuid5(ALARMS, f"{region}/{period}/{day if period == 'day' else day.replace(day=1)}")
        await store.add_to_outbox(session, plans.plan_alarm(alarm, now), alarm, region=region)


async def tell_coordinators(
    session: AsyncSession, alarm: Message, coordinators: Iterable[uuid.UUID], now: dt.datetime
) -> None:
    """Put the news of an alarm to each of a region's coordinators into the outbox; what is there already stays."""
    for coordinator in coordinators:
        planned = plans.plan_regions_alarm(alarm.id, coordinator, now)
        await store.add_to_outbox(session, planned, coordinator, region=alarm.region)
