"""The numbers at which tutors are called."""

import uuid

from shared.clients.base import Client, read
from shared.schemas import providers


class TutorPhones(Client):
    """Reads and changes them, for who may."""

    async def tutor_phone(self, tutor: uuid.UUID) -> providers.TutorPhone:
        """Return the number of a tutor."""
        return read(providers.TutorPhone, await self._call("GET", _path(tutor)))

    async def change_tutor_phone(self, tutor: uuid.UUID, wanted: providers.TutorPhoneInput) -> None:
        """Have a tutor called at another number, or at none."""
        await self._call("PUT", _path(tutor), body=wanted)


def _path(tutor: uuid.UUID) -> str:
    return f"/api/providers/v1/tutors/{tutor}/phone"
