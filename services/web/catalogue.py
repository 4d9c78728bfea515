"""What the pages show of the registry, as last heard from `providers`, so that they can be drawn while it is away."""

import asyncio
import logging
import uuid

from services.web.last_known import LastKnown
from services.web.point_details import PointDetails
from services.web.remembered import Remembered
from shared.clients import ProvidersClient, Refused
from shared.problems import Unavailable
from shared.schemas.people import IdentityProvider
from shared.schemas.providers import FoundServicePoint, Municipality, Topic

log = logging.getLogger(__name__)
FRESH_SECONDS, RETRY_SECONDS = 60, 1
POINTS_KEPT, LISTS_KEPT = 500, 100
Area = tuple[str, str]
"""What kind of area, and its code."""


class Catalogue:
    """The lists that pages choose from (topics, municipalities, and where staff may sign in), and the service points
    that were looked at last, for whoever asks again."""

    def __init__(self, client: ProvidersClient) -> None:
        self.topics: LastKnown[list[Topic]] = LastKnown(client.topics)
        self.municipalities: LastKnown[list[Municipality]] = LastKnown(client.municipalities)
        self.identity_providers: LastKnown[list[IdentityProvider]] = LastKnown(client.identity_providers)
        self.points: Remembered[uuid.UUID, PointDetails] = Remembered(POINTS_KEPT)
        self.points_of: Remembered[Area, list[FoundServicePoint]] = Remembered(LISTS_KEPT)

    async def bookable_topics(self) -> list[Topic]:
        """Return the topics that are booked, without the finer words that lead to them."""
        return [topic for topic in await self.topics.get() if topic.parent is None]

    async def topic(self, code: str) -> Topic | None:
        """Return the topic of this code, a finer one, too; None for a code that is none."""
        return next((topic for topic in await self.topics.get() if topic.code == code), None)

    async def booked(self, code: str) -> str:
        """Return the code of the topic that is booked for this one; a code that is none as it is, for booking refuses
        it."""
        topic = await self.topic(code)
        return booked_as(topic) if topic else code

    async def municipality(self, code: str) -> Municipality | None:
        """Return the municipality of this code; None for a code that is none."""
        return next((row for row in await self.municipalities.get() if row.code == code), None)

    async def keep_fresh(self) -> None:
        """Hear of them before the first citizen asks, and again every minute; never returns."""
        while True:
            is_fresh = await self._refresh()
            await asyncio.sleep(FRESH_SECONDS if is_fresh else RETRY_SECONDS)

    async def _refresh(self) -> bool:
        try:
            for each in (self.topics, self.municipalities, self.identity_providers):
                await each.refresh()
        except (Unavailable, Refused):
            return False
        except Exception:  # whatever it is, it is asked again
            log.exception("What the registry answers cannot be read")
            return False
        return True


def booked_as(topic: Topic) -> str:
    """Return the code of the topic that is booked: its own, or that of which it is a finer word."""
    return topic.parent or topic.code
