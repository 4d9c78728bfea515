"""Appointments, for citizens and for those who help."""

import datetime as dt
import uuid

from shared.clients.base import Client, if_match, read
from shared.schemas import booking


class Appointments(Client):
    """Books, shows and changes appointments."""

    async def book(
        self, wanted: booking.AppointmentInput, key: str, manage_token: str | None = None
    ) -> booking.Appointment:
        """Book a slot, or a time that is held, by its key."""
        headers = {"Idempotency-Key": key} | ({"Manage-Token": manage_token} if manage_token else {})
        answer = await self._call("POST", "/api/booking/v1/appointments", body=wanted, headers=headers)
        return read(booking.Appointment, answer)

    async def mine(self, manage_token: str) -> booking.Appointment:
        """Return the appointment that a citizen's own key opens."""
        headers = {"Manage-Token": manage_token}
        return read(booking.Appointment, await self._call("GET", "/api/booking/v1/appointments/mine", headers=headers))

    async def appointment(self, appointment: uuid.UUID) -> booking.Appointment:
        """Return an appointment, as far as the caller may see it; raises Refused."""
        return read(booking.Appointment, await self._call("GET", f"/api/booking/v1/appointments/{appointment}"))

    async def day(self, date: dt.date) -> list[booking.Appointment]:
        """Return the appointments of a local date that the bearer may see."""
        path = "/api/booking/v1/appointments"
        return await self._every(path, booking.Appointments, date=date.isoformat())

    async def look_up(self, wanted: booking.LookupInput) -> booking.FoundAppointments:
        """Return the appointments that fit what somebody says, of those whose citizens the bearer sees."""
        answer = await self._call("POST", "/api/booking/v1/lookups", body=wanted)
        return read(booking.FoundAppointments, answer)

    async def verify(self, appointment: uuid.UUID, code: str, manage_token: str) -> booking.Appointment:
        """Verify a booking by the code that its citizen was sent; raises Refused."""
        return read(
            booking.Appointment,
            await self._call(
                "POST",
                f"/api/booking/v1/appointments/{appointment}/verification",
                body=booking.VerificationInput(code=code),
                headers={"Manage-Token": manage_token},
            ),
        )

    async def send_again(self, appointment: uuid.UUID, manage_token: str, key: str) -> booking.Appointment:
        """Have a citizen sent again what they were sent, as the citizen, once for each Idempotency-Key."""
        path = f"/api/booking/v1/appointments/{appointment}/confirmation"
        headers = {"Manage-Token": manage_token, "Idempotency-Key": key}
        return read(booking.Appointment, await self._call("POST", path, headers=headers))

    async def cancel(self, appointment: uuid.UUID, manage_token: str | None = None) -> booking.Appointment:
        """Cancel an appointment, as the citizen with their key or as the bearer of the token."""
        return read(
            booking.Appointment,
            await self._call(
                "POST",
                f"/api/booking/v1/appointments/{appointment}/cancellation",
                headers={"Manage-Token": manage_token} if manage_token else None,
            ),
        )

    async def move(self, appointment: uuid.UUID, slot_id: str, manage_token: str | None = None) -> booking.Appointment:
        """Move an appointment to another slot, as the citizen with their key or as the bearer of the token."""
        return read(
            booking.Appointment,
            await self._call(
                "POST",
                f"/api/booking/v1/appointments/{appointment}/move",
                body=booking.MoveInput(slot_id=slot_id),
                headers={"Manage-Token": manage_token} if manage_token else None,
            ),
        )

    async def new_appointments(self) -> booking.NewAppointments:
        """Return what was booked for the bearer, a tutor, since they last looked."""
        return read(booking.NewAppointments, await self._call("GET", "/api/booking/v1/me/new-appointments"))

    async def say_seen(self, wanted: booking.SeenInput) -> None:
        """Say that they have seen it."""
        await self._call("PUT", "/api/booking/v1/me/new-appointments", body=wanted)

    async def who_could_take_over(self, appointment: uuid.UUID) -> booking.Reassignment:
        """Return to whom an appointment could be given; raises Refused."""
        path = f"/api/booking/v1/appointments/{appointment}/reassignment"
        return read(booking.Reassignment, await self._call("GET", path))

    async def reassign(
        self, appointment: uuid.UUID, wanted: booking.ReassignmentInput, key: str, *, version: int | None = None
    ) -> booking.Appointment:
        """Give an appointment to another tutor, if it is still of that version, once for each Idempotency-Key."""
        path = f"/api/booking/v1/appointments/{appointment}/reassignment"
        headers = {"Idempotency-Key": key} | if_match(version)
        return read(booking.Appointment, await self._call("POST", path, body=wanted, headers=headers))

    async def outcome(self, appointment: uuid.UUID, outcome: booking.OutcomeInput) -> booking.Appointment:
        """Mark how a visit ended."""
        path = f"/api/booking/v1/appointments/{appointment}/outcome"
        return read(booking.Appointment, await self._call("POST", path, body=outcome))

    async def remove_outcome(self, appointment: uuid.UUID) -> booking.Appointment:
        """Undo the outcome of a visit."""
        path = f"/api/booking/v1/appointments/{appointment}/outcome"
        return read(booking.Appointment, await self._call("DELETE", path))
