"""Signing in and out: by a code, at an identity provider, or with a passkey."""

import uuid

from pydantic import BaseModel

from shared.clients.base import Client, read
from shared.schemas import people


class SignIns(Client):
    """Signs people in and out."""

    async def sign_in(self, wanted: people.SignInInput, key: str) -> people.SignIn:
        """Ask for a code, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/providers/v1/sign-ins", body=wanted, headers=headers)
        return read(people.SignIn, answer)

    async def login(self, sign_in: uuid.UUID, typed: people.SignInCode, key: str) -> people.Token:
        """Trade a code for a token, once for each Idempotency-Key."""
        return await self._trade(f"/api/providers/v1/sign-ins/{sign_in}/login", typed, key)

    async def identity_providers(self) -> list[people.IdentityProvider]:
        """Return where staff may sign in with their own account."""
        answer = await self._call("GET", "/api/providers/v1/identity-providers")
        return read(people.IdentityProviders, answer).items

    async def begin_single_sign_on(self, provider: str) -> people.SingleSignOn:
        """Sign in at an identity provider."""
        body = people.SingleSignOnInput(provider=provider)
        return read(people.SingleSignOn, await self._call("POST", "/api/providers/v1/single-sign-ons", body=body))

    async def login_by_identity_provider(
        self, begun: uuid.UUID, brought: people.SingleSignOnCode, key: str
    ) -> people.Token:
        """Trade what somebody came back with for a token, once for each Idempotency-Key."""
        return await self._trade(f"/api/providers/v1/single-sign-ons/{begun}/login", brought, key)

    async def passkey_to_use(self) -> people.PasskeyChallenge:
        """Return a challenge, to sign in with a passkey."""
        answer = await self._call("POST", "/api/providers/v1/passkeys/sign-ins")
        return read(people.PasskeyChallenge, answer)

    async def login_by_passkey(self, challenge: uuid.UUID, signed: people.PasskeyAnswer, key: str) -> people.Token:
        """Trade a signed challenge for a token, once for each Idempotency-Key."""
        return await self._trade(f"/api/providers/v1/passkeys/sign-ins/{challenge}/login", signed, key)

    async def _trade(self, path: str, shown: BaseModel, key: str) -> people.Token:
        return read(people.Token, await self._call("POST", path, body=shown, headers={"Idempotency-Key": key}))

    async def refresh(self, refresh_token: str) -> people.Token:
        """Return a new access token for a login (RFC 6749 section 6)."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return read(people.Token, await self._call("POST", "/api/providers/v1/oauth/token", form=form))

    async def revoke(self, refresh_token: str) -> None:
        """End a login (RFC 7009)."""
        await self._call("POST", "/api/providers/v1/oauth/revoke", form={"token": refresh_token})
