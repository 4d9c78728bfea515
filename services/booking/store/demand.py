"""How often something was sought, and how often in vain, by the hour. No person."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from shared.db import Connection


class Demand(NamedTuple):
    """What was sought; a part that was not given is empty."""

    topic: str
    region: str
    municipality: str
    channel: str
    language: str


class Sought(NamedTuple):
    """What was sought within an hour, and whether that was in vain."""

    hour: dt.datetime
    demand: Demand
    in_vain: bool


# In one order, so that two processes that write the same never wait for each other in a circle. The region of a
# municipality is found here, so that no search has to look for it. What was in vain is in the column that had it alone.
WRITE = """
    INSERT INTO demand (hour, topic, region, municipality, channel, language, searches, found)
    SELECT hour, topic, coalesce(known.region, sought.region), municipality, channel, language,
           coalesce(sum(number) FILTER (WHERE in_vain), 0), coalesce(sum(number) FILTER (WHERE NOT in_vain), 0)
    FROM unnest(%(hour)s::timestamptz[], %(topic)s::text[], %(region)s::text[], %(municipality)s::text[],
                %(channel)s::text[], %(language)s::text[], %(in_vain)s::boolean[], %(number)s::integer[])
         AS sought (hour, topic, region, municipality, channel, language, in_vain, number)
         LEFT JOIN municipality known ON known.code = municipality
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (hour, topic, region, municipality, channel, language)
    DO UPDATE SET searches = demand.searches + excluded.searches,
                  found = coalesce(demand.found, 0) + excluded.found
"""


async def write(connection: Connection, counts: Mapping[Sought, int]) -> None:
    """Add to how often each was sought."""
    columns = {name: [getattr(each.demand, name) for each in counts] for name in Demand._fields}
    columns["number"] = list(counts.values())
    about = {"hour": [each.hour for each in counts], "in_vain": [each.in_vain for each in counts]}
    await connection.execute(WRITE, columns | about)
