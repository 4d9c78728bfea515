"""What anybody may read of the registry."""

import uuid
from typing import Any

from shared.clients.base import Client, read
from shared.schemas import providers

TOPICS = "/api/providers/v1/topics"
MUNICIPALITIES = "/api/providers/v1/municipalities"
POINTS = "/api/providers/v1/service-points"
AT_ONCE = 500
FAR_AWAY = 300  # kilometres: beyond, it is another part of the country


class Registry(Client):
    """Reads topics, municipalities, service points and organisations."""

    async def topics(self) -> list[providers.Topic]:
        """Return what the trouble can be with: the topics that are booked, and the finer words that lead to them."""
        return await self._every(TOPICS, providers.Topics, limit=AT_ONCE)

    async def topics_meant(self, words: str) -> list[providers.Topic]:
        """Return the topics that somebody may mean by their own words, the likeliest first."""
        return await self._every(TOPICS, providers.Topics, q=words, limit=AT_ONCE)

    async def municipalities(self) -> list[providers.Municipality]:
        """Return all municipalities."""
        return await self._every(MUNICIPALITIES, providers.Municipalities, limit=AT_ONCE)

    async def municipalities_of(self, postal_code: str) -> list[providers.Municipality]:
        """Return the municipalities that a postal code is of; raises Refused for what is none."""
        return await self._every(MUNICIPALITIES, providers.Municipalities, postal_code=postal_code, limit=AT_ONCE)

    async def municipalities_named(self, name: str) -> list[providers.Municipality]:
        """Return the municipalities that people mean by a name of theirs or of a village; raises Refused for what is
        too short to be one."""
        return await self._every(MUNICIPALITIES, providers.Municipalities, named=name, limit=AT_ONCE)

    async def points_called(self, words: str, most: int) -> providers.ServicePoints:
        """Return the active service points that fit best what somebody wrote, and what the registry made of it."""
        return read(providers.ServicePoints, await self._call("GET", POINTS, query={"q": words, "limit": most}))

    async def understood(self, words: str) -> providers.Understood:
        """Return what the registry makes of a person's own words: of which topics and place they speak."""
        query = {"q": words, "limit": 1}
        found = await self._call("GET", POINTS, query=query)
        return read(providers.Understood, found["understood"] or {})

    async def service_points(
        self, municipality: str | None = None, *, region: str | None = None
    ) -> list[providers.FoundServicePoint]:
        """Return the active service points of a municipality or a region."""
        area = {"municipality": municipality, "region": region}
        return await self._every(POINTS, providers.ServicePoints, **area, limit=AT_ONCE)

    async def nearest_point(self, near: str) -> providers.FoundServicePoint | None:
        """Return the active service point that is nearest to a position; None when there is none around."""
        return next(iter((await self.nearest_points(near, 1)).items), None)

    async def nearest_points(self, near: str, most: int) -> providers.ServicePoints:
        """Return the first of the active service points around a position, the nearest first."""
        query = {"near": near, "radius": FAR_AWAY, "limit": most}
        return read(providers.ServicePoints, await self._call("GET", POINTS, query=query))

    async def service_point(self, point: uuid.UUID) -> providers.ServicePoint:
        """Return a service point."""
        path = f"{POINTS}/{point}"
        return read(providers.ServicePoint, await self._call("GET", path))

    async def organisation(self, organisation: uuid.UUID) -> providers.Organisation:
        """Return an organisation."""
        path = f"/api/providers/v1/organisations/{organisation}"
        return read(providers.Organisation, await self._call("GET", path))

    async def hours(self, point: uuid.UUID, days: int) -> list[providers.OpeningDay]:
        """Return what is known of a service point's hours from today on."""
        path = f"{POINTS}/{point}/hours"
        return await self._every(path, providers.OpeningDays, days=days)

    async def schema_org(self, point: uuid.UUID) -> dict[str, Any]:
        """Return a service point as search engines read it."""
        found: dict[str, Any] = await self._call("GET", f"{POINTS}/{point}/schema-org")
        return found

    async def published(self) -> list[uuid.UUID]:
        """Return the ids of all published service points."""
        return [point.id for point in await self._every(POINTS, providers.ServicePoints, limit=AT_ONCE)]
