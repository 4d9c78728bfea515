"""What is held of a citizen, what they say of a visit, and the links that they have lost."""

import uuid

from shared.clients.base import Client, read
from shared.schemas import booking


class Citizens(Client):
    """Shows, corrects and erases what is held of a citizen, by their own key."""

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

    async def say_feedback(
        self, appointment: uuid.UUID, said: booking.FeedbackInput, manage_token: str
    ) -> booking.Feedback:
        """Say how a visit went, as the citizen."""
        path = f"/api/booking/v1/appointments/{appointment}/feedback"
        answer = await self._call("PUT", path, body=said, headers={"Manage-Token": manage_token})
        return read(booking.Feedback, answer)

    async def feedback(self, appointment: uuid.UUID, manage_token: str) -> booking.Feedback:
        """Return what the citizen said of a visit, and what was answered; raises Refused when nothing was said."""
        path = f"/api/booking/v1/appointments/{appointment}/feedback"
        return read(booking.Feedback, await self._call("GET", path, headers={"Manage-Token": manage_token}))

    async def ask_for_links(self, wanted: booking.LostLinkInput, key: str) -> booking.LostLink:
        """Have lost links sent again, once for each Idempotency-Key."""
        answer = await self._call("POST", "/api/booking/v1/lost-links", body=wanted, headers={"Idempotency-Key": key})
        return read(booking.LostLink, answer)

    async def open_links(self, asked: uuid.UUID, typed: booking.VerificationInput, key: str) -> booking.TimesToCome:
        """Open them by the code of the message; raises Refused."""
        path = f"/api/booking/v1/lost-links/{asked}/opening"
        answer = await self._call("POST", path, body=typed, headers={"Idempotency-Key": key})
        return read(booking.TimesToCome, answer)
