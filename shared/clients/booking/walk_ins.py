"""Who comes without a time."""

import datetime as dt
import uuid

from shared.clients.base import Client, read
from shared.schemas import booking
from shared.schemas.common import Wire

WALK_INS = "/api/booking/v1/walk-ins"


class WalkIns(Client):
    """Notes and counts who comes without a time, and calls the next."""

    async def walk_ins(self, point: uuid.UUID, date: dt.date) -> booking.WalkInTally:
        """Return who came to a service point without a time on a local date."""
        query = {"service_point_id": str(point), "date": date.isoformat()}
        return read(booking.WalkInTally, await self._call("GET", WALK_INS, query=query))

    async def note_walk_in(self, wanted: booking.WalkInInput, key: str) -> booking.WalkIn:
        """Note somebody, once for each Idempotency-Key."""
        return await self._post(WALK_INS, wanted, key)

    async def call_next(self, wanted: booking.NextWalkInInput, key: str) -> booking.WalkIn:
        """Call who has waited longest, once for each Idempotency-Key; raises Refused when nobody waits."""
        return await self._post("/api/booking/v1/called-walk-ins", wanted, key)

    async def end_walk_in(self, walk_in: uuid.UUID, outcome: booking.WalkInOutcomeInput, key: str) -> booking.WalkIn:
        """Set how it ended for somebody; raises Refused."""
        return await self._post(f"{WALK_INS}/{walk_in}/outcome", outcome, key)

    async def remove_walk_in(self, walk_in: uuid.UUID) -> None:
        """Take back what was noted by mistake; raises Refused."""
        await self._call("DELETE", f"{WALK_INS}/{walk_in}")

    async def queue(self, point: uuid.UUID) -> booking.Queue:
        """Return what the wall of a service point shows; raises Refused for a place that is not known."""
        return read(booking.Queue, await self._call("GET", f"/api/booking/v1/queues/{point}"))

    async def _post(self, path: str, body: Wire, key: str) -> booking.WalkIn:
        return read(booking.WalkIn, await self._call("POST", path, body=body, headers={"Idempotency-Key": key}))
