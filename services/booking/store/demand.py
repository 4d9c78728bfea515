"""How often something was sought in vain, by the hour. No person."""

import datetime as dt
from typing import NamedTuple

from shared.db import Connection


class Demand(NamedTuple):
    """What was sought; a part that was not given is empty."""

    topic: str
    region: str
    municipality: str
    channel: str
    language: str


DEMAND = """
    INSERT INTO demand (hour, topic, region, municipality, channel, language, searches)
    VALUES (date_trunc('hour', %(now)s::timestamptz), %(topic)s, %(region)s, %(municipality)s, %(channel)s,
            %(language)s, 1)
    ON CONFLICT (hour, topic, region, municipality, channel, language)
    DO UPDATE SET searches = demand.searches + 1
"""


async def count(connection: Connection, demand: Demand, now: dt.datetime) -> None:
    """Count a search that found nothing."""
    await connection.execute(DEMAND, {"now": now, **demand._asdict()})
