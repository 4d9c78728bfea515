"""What the registry says of one service point, as its page shows it."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

from services.web.opening import DAYS_SHOWN
from shared.clients import ProvidersClient
from shared.schemas.providers import OpeningDay, ServicePoint


@dataclass(frozen=True)
class PointDetails:
    """A service point, its hours on the coming dates that are known, and what search engines read of it."""

    point: ServicePoint
    dated: list[OpeningDay]
    graph: dict[str, Any]

    @property
    def helps(self) -> bool:
        """Whether help is given there at all."""
        return bool(self.point.drop_in) or len(self.graph["@graph"]) > 1


async def ask_details(client: ProvidersClient, id: uuid.UUID) -> PointDetails:
    """Return what is known of a service point; raises Refused for one that is not published or not in use."""
    # The graph is of those alone, and so the first refusal is its own.
    graph, point, dated = await asyncio.gather(
        client.schema_org(id), client.service_point(id), client.hours(id, DAYS_SHOWN)
    )
    return PointDetails(point, dated, graph)
