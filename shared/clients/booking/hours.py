"""A tutor's own time."""

import uuid

from shared.clients.base import Client, if_match, read
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

    async def change_availability(
        self,
        hours: uuid.UUID,
        wanted: booking.AvailabilityInput,
        standing: booking.Standing | None = None,
        *,
        version: int | None = None,
    ) -> booking.Availability:
        """Change weekly hours, if they are still of that version; `standing` says what becomes of what is booked."""
        answer = await self._call(
            "PUT",
            f"/api/booking/v1/availability/{hours}",
            query={"appointments": standing},
            body=wanted,
            headers=if_match(version),
        )
        return read(booking.Availability, answer)

    async def remove_availability(self, hours: uuid.UUID, standing: booking.Standing | None = None) -> None:
        """Remove weekly hours; `standing` says what becomes of what is booked in them."""
        await self._call("DELETE", f"/api/booking/v1/availability/{hours}", query={"appointments": standing})

    async def extra_time(self) -> list[booking.ExtraTime]:
        """Return the bearer's coming extra time."""
        return read(booking.ExtraTimes, await self._call("GET", "/api/booking/v1/extra-time")).items

    async def add_extra_time(self, wanted: booking.ExtraTimeInput, key: str) -> booking.ExtraTime:
        """Add time on one occasion, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/booking/v1/extra-time", body=wanted, headers=headers)
        return read(booking.ExtraTime, answer)

    async def remove_extra_time(self, extra: uuid.UUID, standing: booking.Standing | None = None) -> None:
        """Remove time on one occasion; `standing` says what becomes of what is booked in it."""
        await self._call("DELETE", f"/api/booking/v1/extra-time/{extra}", query={"appointments": standing})

    async def absences(self) -> list[booking.Absence]:
        """Return the bearer's coming absences."""
        return read(booking.Absences, await self._call("GET", "/api/booking/v1/absences")).items

    async def add_absence(self, absence: booking.AbsenceInput, key: str) -> booking.Absence:
        """Add an absence, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/booking/v1/absences", body=absence, headers=headers)
        return read(booking.Absence, answer)

    async def fall_ill(self, tutor: uuid.UUID, wanted: booking.IllnessInput, key: str) -> booking.Absence:
        """Say that a tutor has fallen ill, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", f"/api/booking/v1/tutors/{tutor}/illness", body=wanted, headers=headers)
        return read(booking.Absence, answer)

    async def remove_absence(self, absence: uuid.UUID) -> None:
        """Remove an absence."""
        await self._call("DELETE", f"/api/booking/v1/absences/{absence}")

    async def calendar(self, tutor: uuid.UUID) -> booking.ExternalCalendar:
        """Return how reading a tutor's external calendar goes."""
        return read(booking.ExternalCalendar, await self._call("GET", f"/api/booking/v1/tutors/{tutor}/calendar"))

    async def set_calendar(self, tutor: uuid.UUID, wanted: booking.ExternalCalendarInput) -> booking.ExternalCalendar:
        """Give the address of a tutor's external calendar."""
        answer = await self._call("PUT", f"/api/booking/v1/tutors/{tutor}/calendar", body=wanted)
        return read(booking.ExternalCalendar, answer)

    async def remove_calendar(self, tutor: uuid.UUID) -> None:
        """Forget a tutor's external calendar."""
        await self._call("DELETE", f"/api/booking/v1/tutors/{tutor}/calendar")

    async def subscription(self, tutor: uuid.UUID) -> booking.CalendarSubscription:
        """Return since when a tutor's visits can be read as a calendar."""
        answer = await self._call("GET", f"/api/booking/v1/tutors/{tutor}/calendar-subscription")
        return read(booking.CalendarSubscription, answer)

    async def make_subscription(
        self, tutor: uuid.UUID, wanted: booking.CalendarSubscriptionInput, key: str
    ) -> booking.NewCalendarSubscription:
        """Make, or renew, the secret address of a tutor's visits, once for each Idempotency-Key."""
        path = f"/api/booking/v1/tutors/{tutor}/calendar-subscription"
        answer = await self._call("POST", path, body=wanted, headers={"Idempotency-Key": key})
        return read(booking.NewCalendarSubscription, answer)

    async def end_subscription(self, tutor: uuid.UUID) -> None:
        """End the secret address of a tutor's visits."""
        await self._call("DELETE", f"/api/booking/v1/tutors/{tutor}/calendar-subscription")

    async def my_data(self) -> booking.MyTime:
        """Return all that booking holds of the bearer, a tutor."""
        return read(booking.MyTime, await self._call("GET", "/api/booking/v1/me/data"))
