"""A tutor's own time."""

import uuid

from shared.clients.base import Client, read
from shared.schemas import booking


class Hours(Client):
    """Shows and changes the bearer's hours."""

    async def availability(self) -> list[booking.Availability]:
        """Return the bearer's weekly hours."""
        answer = await self._call("GET", "/api/booking/v1/availability")
        return read(booking.Availabilities, answer).items

    async def add_availability(self, hours: booking.AvailabilityInput, key: str) -> booking.Availability:
        """Add weekly hours, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/booking/v1/availability", body=hours, headers=headers)
        return read(booking.Availability, answer)

    async def remove_availability(self, hours: uuid.UUID) -> None:
        """Remove weekly hours; what is booked in them is kept."""
        await self._call("DELETE", f"/api/booking/v1/availability/{hours}", query={"appointments": "keep"})

    async def absences(self) -> list[booking.Absence]:
        """Return the bearer's coming absences."""
        return read(booking.Absences, await self._call("GET", "/api/booking/v1/absences")).items

    async def add_absence(self, absence: booking.AbsenceInput, key: str) -> booking.Absence:
        """Add an absence, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/booking/v1/absences", body=absence, headers=headers)
        return read(booking.Absence, answer)

    async def remove_absence(self, absence: uuid.UUID) -> None:
        """Remove an absence."""
        await self._call("DELETE", f"/api/booking/v1/absences/{absence}")

    async def my_data(self) -> booking.MyTime:
        """Return all that booking holds of the bearer, a tutor."""
        return read(booking.MyTime, await self._call("GET", "/api/booking/v1/me/data"))
