"""Demand: what was sought and not found, counted after the answer has left, so that a search writes nothing."""

import datetime as dt
import logging

from services.booking.store import demand as store
from services.booking.store.demand import Demand
from shared.db import Pool

log = logging.getLogger(__name__)


async def count_demand(pool: Pool, demand: Demand, now: dt.datetime) -> None:
    """Count a search that found nothing. A count that is lost is not worth failing for."""
    try:
        async with pool.connection() as connection:
            await store.count(connection, demand, now)
    except Exception:  # whatever it is, the searcher has their answer
        log.exception("A search could not be counted")
