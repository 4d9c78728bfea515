"""What belongs to an account: passkeys, logins, what is held, and what waits for its answer."""

import uuid

from shared.clients.base import Client, read
from shared.clients.providers.registry import AT_ONCE
from shared.schemas import people, providers


class Accounts(Client):
    """Shows and changes what belongs to the bearer's account."""

    async def passkey_to_add(self) -> people.PasskeyChallenge:
        """Return a challenge, to add a passkey."""
        answer = await self._call("POST", "/api/providers/v1/passkeys/challenges")
        return read(people.PasskeyChallenge, answer)

    async def add_passkey(self, challenge: uuid.UUID, name: str, credential: dict[str, object]) -> people.Passkey:
        """Add a passkey."""
        body = people.PasskeyInput(challenge_id=challenge, name=name, credential=credential)
        return read(people.Passkey, await self._call("POST", "/api/providers/v1/passkeys", body=body))

    async def remove_passkey(self, passkey: uuid.UUID) -> None:
        """Remove a passkey."""
        await self._call("DELETE", f"/api/providers/v1/passkeys/{passkey}")

    async def logins(self) -> list[people.Login]:
        """Return where the bearer is signed in."""
        return read(people.Logins, await self._call("GET", "/api/providers/v1/logins")).items

    async def end_login(self, login: uuid.UUID) -> None:
        """Sign out there."""
        await self._call("DELETE", f"/api/providers/v1/logins/{login}")

    async def my_data(self) -> people.MyData:
        """Return all that the registry holds of the bearer."""
        return read(people.MyData, await self._call("GET", "/api/providers/v1/me/data"))

    async def forget_me(self) -> None:
        """Erase the bearer."""
        await self._call("DELETE", "/api/providers/v1/me")

    async def pending_grants(self) -> list[people.PendingGrantDetails]:
        """Return what waits for the bearer to confirm it."""
        return await self._every("/api/providers/v1/pending-grants", people.PendingGrants, limit=AT_ONCE)

    async def answer_grant(self, grant: uuid.UUID, answer: people.AnswerToGrant, key: str) -> None:
        """Confirm or refuse what waits, once for each Idempotency-Key."""
        path, headers = f"/api/providers/v1/pending-grants/{grant}/{answer}", {"Idempotency-Key": key}
        await self._call("POST", path, headers=headers)

    async def ask_for_consent(self, point: uuid.UUID, key: str) -> providers.Consent:
        """Ask the organisation of a service point to allow the bearer's tutors there; the bearer is a tutor."""
        path, headers = f"/api/providers/v1/service-points/{point}/consents", {"Idempotency-Key": key}
        answer = await self._call("POST", path, body=providers.ConsentRequest(), headers=headers)
        return read(providers.Consent, answer)
