"""The waitlist, for those who wait."""

import uuid
from typing import Literal

from shared.clients.base import Client, read
from shared.schemas import booking


class Waitlist(Client):
    """Joins the waitlist, and answers what is offered."""

    async def join_waitlist(self, wanted: booking.WaitlistInput, key: str) -> booking.WaitlistEntry:
        """Join the waitlist, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/booking/v1/waitlist", body=wanted, headers=headers)
        return read(booking.WaitlistEntry, answer)

    async def my_entry(self, manage_token: str) -> booking.WaitlistEntry:
        """Return the waitlist entry that a citizen's own key opens."""
        answer = await self._call("GET", "/api/booking/v1/waitlist/mine", headers={"Manage-Token": manage_token})
        return read(booking.WaitlistEntry, answer)

    async def answer_offer(
        self, entry: uuid.UUID, manage_token: str, what: Literal["acceptance", "withdrawal"]
    ) -> booking.WaitlistEntry:
        """Take the time that is offered, or wait no longer."""
        path = f"/api/booking/v1/waitlist/{entry}/{what}"
        headers = {"Manage-Token": manage_token}
        return read(booking.WaitlistEntry, await self._call("POST", path, headers=headers))

    async def correct_entry(
        self, entry: uuid.UUID, wanted: booking.EntryCorrectionInput, manage_token: str, key: str
    ) -> booking.WaitlistEntry:
        """Correct who waits, as the citizen."""
        path = f"/api/booking/v1/waitlist/{entry}/correction"
        headers = {"Manage-Token": manage_token, "Idempotency-Key": key}
        return read(booking.WaitlistEntry, await self._call("POST", path, body=wanted, headers=headers))
