"""Free times, and those that are held."""

import uuid
from typing import Any

from shared.clients.base import Client, read
from shared.schemas import booking


class FreeTimes(Client):
    """Finds times and holds them."""

    async def slots(self, **query: Any) -> booking.Slots:
        """Return times that can be booked, with the names of places and tutors; of a search that is counted as demand
        already, or is none."""
        asked, headers = {**query, "expand": "true"}, {"Vuoro-Counted": "?0"}
        return read(booking.Slots, await self._call("GET", "/api/booking/v1/slots", query=asked, headers=headers))

    async def agenda(self, *, counted: bool, **query: Any) -> booking.Agenda:
        """Return the next days that have room, with some times of each; `counted` as demand when it is the first page
        of a search."""
        headers = {} if counted else {"Vuoro-Counted": "?0"}
        return read(booking.Agenda, await self._call("GET", "/api/booking/v1/agenda", query=query, headers=headers))

    async def places(self, **query: Any) -> list[booking.PlaceTime]:
        """Return the next time of each service point, the soonest first."""
        return await self._every("/api/booking/v1/places", booking.PlaceTimes, **query)

    async def closings(self, point: uuid.UUID) -> list[booking.Closing]:
        """Return the closings of a service point that are not over."""
        query = {"service_point_id": point}
        return read(booking.Closings, await self._call("GET", "/api/booking/v1/closings", query=query)).items

    async def hold(self, wanted: booking.HoldInput, key: str) -> booking.Hold:
        """Keep a time for a while."""
        headers = {"Idempotency-Key": key}
        return read(booking.Hold, await self._call("POST", "/api/booking/v1/holds", body=wanted, headers=headers))

    async def held(self, hold: uuid.UUID, manage_token: str) -> booking.Hold:
        """Return a time that is kept, by its key."""
        headers = {"Manage-Token": manage_token}
        return read(booking.Hold, await self._call("GET", f"/api/booking/v1/holds/{hold}", headers=headers))

    async def extend_hold(self, hold: uuid.UUID, manage_token: str) -> booking.Hold:
        """Keep a time longer."""
        path, headers = f"/api/booking/v1/holds/{hold}/extension", {"Manage-Token": manage_token}
        return read(booking.Hold, await self._call("POST", path, headers=headers))

    async def release_hold(self, hold: uuid.UUID, manage_token: str) -> None:
        """Give a time back."""
        await self._call("DELETE", f"/api/booking/v1/holds/{hold}", headers={"Manage-Token": manage_token})
