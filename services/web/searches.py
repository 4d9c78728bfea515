"""Searches for free times, as the pages show them."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from services.web.forms.questions import AskedQuestions
from shared.clients import BookingClient
from shared.schemas import booking as wire

ON_SITE, BY_PHONE, DROP_IN, DAYS_SHOWN = 6, 3, 3, 12
# "Any" tutor: a citizen chooses a time and a place, and the fairest choice among the tutors is booking's.
ANYBODY = "any"


Days = list[tuple[dt.date, list[wire.Slot]]]


@dataclass(frozen=True)
class TimesFound:
    """What the page of times shows: on site, by phone and without booking; the days that have room on site; where the
    next times on site begin; what there is when there are none; and what the offerings of these times ask."""

    on_site: Days
    phone: Days
    drop_in: Sequence[wire.Slot]
    days: list[dt.date]
    more: str | None
    otherwise: wire.Otherwise | None
    asked: AskedQuestions


async def find_times(
    client: BookingClient,
    topic: str,
    municipality: str,
    *,
    start: str | None,
    after: str | None,
    today: dt.date,
    counted: bool = False,
) -> TimesFound:
    """Return what can be booked from the instant `start` on; the times on site from the page `after`. The first page
    of a search is `counted` as demand: once, for help on site, with which it begins.

    The five questions are asked at once, so that the page takes as long as the slowest, not as long as their sum.
    Raises Refused and Unavailable as a single call does.
    """
    area = {"topic": topic, "municipality": municipality}
    since = area | ({"from": start} if start else {})
    on_site = {"channel": "on_site", "drop_in": "false"}
    seek = client.first_slots if counted else client.slots
    # gather and not a TaskGroup: the first failure is raised as it is, and the error pages know it.
    here, phone, drop_in, this_month, next_month = await asyncio.gather(
        seek(**since, **on_site, limit=ON_SITE, after=after or None, tutors=ANYBODY),
        client.slots(**since, channel="phone", limit=BY_PHONE, tutors=ANYBODY),
        client.slots(**since, channel="on_site", drop_in="true", limit=DROP_IN),
        client.days(**area, **on_site, month=f"{today:%Y-%m}"),
        client.days(**area, **on_site, month=f"{_following_month(today):%Y-%m}"),
    )
    # Links to days belong to a list of times; where there are none, the page says where to look instead.
    days = [*this_month, *next_month][:DAYS_SHOWN] if here.items else []
    asked = AskedQuestions.by(here, phone)
    return TimesFound(by_day(here.items), by_day(phone.items), drop_in.items, days, here.next, here.otherwise, asked)


def _following_month(today: dt.date) -> dt.date:
    return (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


async def find_other_times(
    client: BookingClient, appointment: wire.Appointment, *, start: str | None, after: str | None
) -> wire.Slots:
    """Return other times for the same trouble: at the same service point or by the same channel; when there are none,
    elsewhere by the same organisation; when it has none at all, others', to which an appointment may move only then."""
    point, own = appointment.service_point_id, {"organisation": appointment.organisation_id}
    here = {"service_point": point} if point is not None else {"channel": appointment.channel}
    region = {"region": appointment.region}
    wanted = {"from": start, "topic": appointment.topic, "limit": ON_SITE, "after": after, "drop_in": "false"}
    found = wire.Slots(items=[])
    for area in (here | own | ({} if point else region), own | region, region):
        found = await client.slots(**area, **wanted, tutors=ANYBODY)
        if found.items:
            break
    return found


def by_day(slots: Sequence[wire.Slot]) -> Days:
    """Return slots under their local dates, earliest first."""
    return [(day, list(rows)) for day, rows in groupby(slots, key=lambda slot: slot.start.date())]
