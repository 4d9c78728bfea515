"""What other services ask: `notify` whom to write to, `providers` what stands in the way."""

import datetime as dt
import uuid

from shared.clients.base import Client, read
from shared.schemas import booking


class ForServices(Client):
    """Answers what no person asks."""

    async def recipient(self, appointment: uuid.UUID) -> booking.Recipient:
        """Return whom to write to about an appointment, and what; for `notify`."""
        path = f"/api/booking/v1/appointments/{appointment}/recipient"
        return read(booking.Recipient, await self._call("GET", path))

    async def former_recipient(self, former: uuid.UUID) -> booking.FormerRecipient:
        """Return how somebody was reached until that was replaced, by the id of their former contact; for `notify`."""
        # Of an appointment as the path has it, which the version before asks by.
        path = f"/api/booking/v1/appointments/{former}/former-recipient"
        return read(booking.FormerRecipient, await self._call("GET", path))

    async def offer_recipient(self, entry: uuid.UUID) -> booking.Recipient:
        """Return whom to write to about a time that is offered to a waitlist entry, and what; for `notify`."""
        path = f"/api/booking/v1/waitlist/{entry}/recipient"
        return read(booking.Recipient, await self._call("GET", path))

    async def entry_recipient(self, entry: uuid.UUID) -> booking.EntryRecipient:
        """Return whom to write to about their place in the queue; for `notify`."""
        path = f"/api/booking/v1/waitlist/{entry}/entry-recipient"
        return read(booking.EntryRecipient, await self._call("GET", path))

    async def lost_link_recipient(self, asked: uuid.UUID) -> booking.LostLinkRecipient:
        """Return whom to send lost links to, and which; for `notify`."""
        path = f"/api/booking/v1/lost-links/{asked}/recipient"
        return read(booking.LostLinkRecipient, await self._call("GET", path))

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
