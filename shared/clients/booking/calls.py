"""The call list, for those who tell citizens of changes."""

import uuid

from shared.clients.base import Client, if_match, read
from shared.schemas import booking


class Calls(Client):
    """Shows whom somebody must call, and notes that they were told."""

    async def calls(self, limit: int = booking.CallsWanted().limit) -> booking.Calls:
        """Return the call list as far as the bearer may see it."""
        return read(booking.Calls, await self._call("GET", "/api/booking/v1/calls", query={"limit": limit}))

    async def told(self, appointment: uuid.UUID, *, version: int | None = None) -> booking.Appointment:
        """Note that a citizen was told how their appointment stands, if it is still of that version."""
        path = f"/api/booking/v1/calls/{appointment}/told"
        return read(booking.Appointment, await self._call("POST", path, headers=if_match(version)))
