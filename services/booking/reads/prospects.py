"""Whether waiting for a time is of use."""

import datetime as dt

from services.booking.domain.waitlist import is_worth_waiting
from services.booking.domain.wall_time import local_date
from services.booking.store import prospects
from services.booking.store.areas import MunicipalityArea
from services.booking.store.prospects import Waited
from shared.db import Connection
from shared.schemas import booking as wire


async def can_be_waited_for(
    connection: Connection,
    wanted: wire.WaitlistInput | wire.SlotQuery,
    area: MunicipalityArea,
    *,
    now: dt.datetime,
    zone: str,
) -> bool:
    """Return whether somebody gives what is wanted in a municipality (with its neighbours, or at a service point alone;
    from afar, in its region), now or later, whether or not they have time. Nobody waits for a visit at home, nor for
    any topic."""
    if wanted.topic is None or wanted.channel == "home":
        return False
    municipalities = [area.code, *(area.neighbours if wanted.neighbours else ())]
    waited = Waited(wanted.topic, wanted.channel or "on_site", area.region, municipalities, wanted.service_point)
    return is_worth_waiting(await prospects.prospects(connection, waited, now=now, today=local_date(now, zone)))
