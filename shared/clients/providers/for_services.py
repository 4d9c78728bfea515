"""What `notify` asks: whom to tell, and what."""

import uuid

from shared.clients.base import Client, read
from shared.schemas import people, providers


class ForServices(Client):
    """Answers what no person asks."""

    async def sign_in_message(self, sign_in: uuid.UUID) -> people.SignInMessage:
        """Return what to send for a sign-in, and where; for `notify`."""
        path = f"/api/providers/v1/sign-ins/{sign_in}/message"
        return read(people.SignInMessage, await self._call("GET", path))

    async def sign_in_warning(self, sign_in: uuid.UUID) -> people.SignInWarning:
        """Return whom to warn of a sign-in, and where; for `notify`."""
        path = f"/api/providers/v1/sign-ins/{sign_in}/warning"
        return read(people.SignInWarning, await self._call("GET", path))

    async def grant_message(self, notice: uuid.UUID) -> people.GrantMessage:
        """Return whom to tell of a grant, and what; for `notify`."""
        path = f"/api/providers/v1/grant-notices/{notice}/message"
        return read(people.GrantMessage, await self._call("GET", path))

    async def consent_message(self, notice: uuid.UUID) -> providers.ConsentMessage:
        """Return whom to tell of a consent, and what; for `notify`."""
        path = f"/api/providers/v1/consent-notices/{notice}/message"
        return read(providers.ConsentMessage, await self._call("GET", path))

    async def coordinators(self, region: str) -> list[people.Coordinator]:
        """Return who coordinates a region, and how they are reached; for `notify`."""
        answer = await self._call("GET", f"/api/providers/v1/regions/{region}/coordinators")
        return read(people.Coordinators, answer).items
