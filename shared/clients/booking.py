"""The client of `booking`."""

import datetime as dt
import uuid
from typing import Any, Literal

from shared.clients.base import FeedClient, read
from shared.schemas import booking


class BookingClient(FeedClient):
    """Calls `booking`."""

    _service = "booking"
    _events = "/api/booking/v1/events"

    async def slots(self, **query: Any) -> booking.Slots:
        """Times that can be booked, with the names of places and tutors; of a search that is counted as demand already,
        or is none."""
        asked, headers = {**query, "expand": "true"}, {"Vuoro-Counted": "?0"}
        return read(booking.Slots, await self._call("GET", "/api/booking/v1/slots", query=asked, headers=headers))

    async def agenda(self, *, counted: bool, **query: Any) -> booking.Agenda:
        """The next days that have room, with some times of each; `counted` as demand when it is the first page of a
        search."""
        headers = {} if counted else {"Vuoro-Counted": "?0"}
        return read(booking.Agenda, await self._call("GET", "/api/booking/v1/agenda", query=query, headers=headers))

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

    async def citizen_data(self, manage_token: str) -> booking.CitizenData:
        """Return all that is held of the citizen whose own key this is."""
        headers = {"Manage-Token": manage_token}
        answer = await self._call("GET", "/api/booking/v1/appointments/mine/data", headers=headers)
        return read(booking.CitizenData, answer)

    async def correct(
        self, appointment: uuid.UUID, wanted: booking.CorrectionInput, manage_token: str, key: str
    ) -> booking.Appointment:
        """Correct a citizen's details, as the citizen."""
        path = f"/api/booking/v1/appointments/{appointment}/correction"
        headers = {"Manage-Token": manage_token, "Idempotency-Key": key}
        return read(booking.Appointment, await self._call("POST", path, body=wanted, headers=headers))

    async def erase(self, appointment: uuid.UUID, manage_token: str) -> None:
        """Erase the citizen of an appointment, as the citizen."""
        path = f"/api/booking/v1/appointments/{appointment}/erasure"
        await self._call("POST", path, headers={"Manage-Token": manage_token})

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

    async def move(self, appointment: uuid.UUID, slot_id: str, manage_token: str) -> booking.Appointment:
        """Move an appointment to another slot, as the citizen."""
        return read(
            booking.Appointment,
            await self._call(
                "POST",
                f"/api/booking/v1/appointments/{appointment}/move",
                body=booking.MoveInput(slot_id=slot_id),
                headers={"Manage-Token": manage_token},
            ),
        )

    async def outcome(self, appointment: uuid.UUID, outcome: booking.OutcomeInput) -> booking.Appointment:
        """Mark how a visit ended."""
        path = f"/api/booking/v1/appointments/{appointment}/outcome"
        return read(booking.Appointment, await self._call("POST", path, body=outcome))

    async def remove_outcome(self, appointment: uuid.UUID) -> booking.Appointment:
        """Undo the outcome of a visit."""
        path = f"/api/booking/v1/appointments/{appointment}/outcome"
        return read(booking.Appointment, await self._call("DELETE", path))

    async def day(self, date: dt.date) -> list[booking.Appointment]:
        """Return the appointments of a local date that the bearer may see."""
        path = "/api/booking/v1/appointments"
        return await self._every(path, booking.Appointments, date=date.isoformat())

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

    async def offer_recipient(self, entry: uuid.UUID) -> booking.Recipient:
        """Return whom to write to about a time that is offered to a waitlist entry, and what; for `notify`."""
        path = f"/api/booking/v1/waitlist/{entry}/recipient"
        return read(booking.Recipient, await self._call("GET", path))

    async def entry_recipient(self, entry: uuid.UUID) -> booking.EntryRecipient:
        """Return whom to write to about their place in the queue; for `notify`."""
        path = f"/api/booking/v1/waitlist/{entry}/entry-recipient"
        return read(booking.EntryRecipient, await self._call("GET", path))

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

    async def my_data(self) -> booking.MyTime:
        """Return all that booking holds of the bearer, a tutor."""
        return read(booking.MyTime, await self._call("GET", "/api/booking/v1/me/data"))

    async def to_come(
        self,
        *,
        tutor: uuid.UUID | None = None,
        service_point: uuid.UUID | None = None,
        before: dt.date | None = None,
        after: dt.date | None = None,
    ) -> list[booking.ToCome]:
        """Return the next hundred appointments that are still to come with a tutor or at a service point, or of those
        only what starts before one local date or after another; for `providers`."""
        query = {"tutor_id": tutor, "service_point_id": service_point, "before": before, "after": after}
        answer = await self._call("GET", "/api/booking/v1/appointments/to-come", query=query, patience=3)
        return read(booking.AppointmentsToCome, answer).items

    async def assumed_consents(self) -> list[booking.AssumedConsent]:
        """Return whose hours stood at others' service points before consents, as far as the registry has not said
        anything of it; for `providers`."""
        answer = await self._call("GET", "/api/booking/v1/assumed-consents", patience=3)
        return read(booking.AssumedConsents, answer).items

    async def places(self, **query: Any) -> list[booking.PlaceTime]:
        """Return the next time of each service point, the soonest first."""
        return await self._every("/api/booking/v1/places", booking.PlaceTimes, **query)

    async def closings(self, point: uuid.UUID) -> list[booking.Closing]:
        """Return the closings of a service point that are not over."""
        query = {"service_point_id": point}
        return read(booking.Closings, await self._call("GET", "/api/booking/v1/closings", query=query)).items

    async def former_recipient(self, appointment: uuid.UUID) -> booking.FormerRecipient:
        """How the citizen of an appointment was reached until somebody else replaced it; for `notify`."""
        path = f"/api/booking/v1/appointments/{appointment}/former-recipient"
        return read(booking.FormerRecipient, await self._call("GET", path))

    async def recipient(self, appointment: uuid.UUID) -> booking.Recipient:
        """Whom to write to about an appointment, and what; for `notify`."""
        path = f"/api/booking/v1/appointments/{appointment}/recipient"
        return read(booking.Recipient, await self._call("GET", path))

    async def ask_for_links(self, wanted: booking.LostLinkInput, key: str) -> booking.LostLink:
        """Have lost links sent again, once for each Idempotency-Key."""
        answer = await self._call("POST", "/api/booking/v1/lost-links", body=wanted, headers={"Idempotency-Key": key})
        return read(booking.LostLink, answer)

    async def open_links(self, asked: uuid.UUID, typed: booking.VerificationInput, key: str) -> booking.TimesToCome:
        """Open them by the code of the message; raises Refused."""
        path = f"/api/booking/v1/lost-links/{asked}/opening"
        answer = await self._call("POST", path, body=typed, headers={"Idempotency-Key": key})
        return read(booking.TimesToCome, answer)

    async def lost_link_recipient(self, asked: uuid.UUID) -> booking.LostLinkRecipient:
        """Whom to send lost links to, and which; for `notify`."""
        path = f"/api/booking/v1/lost-links/{asked}/recipient"
        return read(booking.LostLinkRecipient, await self._call("GET", path))

    async def say_feedback(
        self, appointment: uuid.UUID, said: booking.FeedbackInput, manage_token: str
    ) -> booking.Feedback:
        """Say how a visit went, as the citizen."""
        path = f"/api/booking/v1/appointments/{appointment}/feedback"
        answer = await self._call("PUT", path, body=said, headers={"Manage-Token": manage_token})
        return read(booking.Feedback, answer)

    async def feedback(self, appointment: uuid.UUID, manage_token: str) -> booking.Feedback:
        """What the citizen said of a visit, and what was answered; raises Refused when nothing was said."""
        path = f"/api/booking/v1/appointments/{appointment}/feedback"
        return read(booking.Feedback, await self._call("GET", path, headers={"Manage-Token": manage_token}))
