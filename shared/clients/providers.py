"""The client of `providers`."""

import uuid
from typing import Any

from pydantic import BaseModel

from shared.clients.base import FeedClient, read
from shared.schemas import people, providers

POINTS = "/api/providers/v1/service-points"
AT_ONCE = 500
FAR_AWAY = 300  # kilometres: beyond, it is another part of the country


class ProvidersClient(FeedClient):
    """Calls `providers`."""

    _service = "providers"
    _events = "/api/providers/v1/events"

    async def topics(self) -> list[providers.Topic]:
        """Return what the trouble can be with: the topics that are booked, without the finer words that lead to
        them."""
        topics = await self._every("/api/providers/v1/topics", providers.Topics, limit=AT_ONCE)
        return [topic for topic in topics if topic.parent is None]

    async def municipalities(self) -> list[providers.Municipality]:
        """Return all municipalities."""
        path = "/api/providers/v1/municipalities"
        return await self._every(path, providers.Municipalities, limit=AT_ONCE)

    async def municipalities_of(self, postal_code: str) -> list[providers.Municipality]:
        """Return the municipalities that a postal code is of; raises Refused for what is none."""
        path = "/api/providers/v1/municipalities"
        return await self._every(path, providers.Municipalities, postal_code=postal_code, limit=AT_ONCE)

    async def understood(self, words: str) -> providers.Understood:
        """Return what the registry makes of a person's own words: of which topics and place they speak."""
        query = {"q": words, "limit": 1}
        found = await self._call("GET", POINTS, query=query)
        return read(providers.Understood, found["understood"] or {})

    async def service_points(
        self, municipality: str | None = None, *, region: str | None = None
    ) -> list[providers.FoundServicePoint]:
        """Return the active service points of a municipality or a region."""
        area = {"municipality": municipality, "region": region}
        return await self._every(POINTS, providers.ServicePoints, **area, limit=AT_ONCE)

    async def nearest_point(self, near: str) -> providers.FoundServicePoint | None:
        """Return the active service point that is nearest to a position; None when there is none around."""
        query = {"near": near, "radius": FAR_AWAY, "limit": 1}
        found = read(providers.ServicePoints, await self._call("GET", POINTS, query=query)).items
        return found[0] if found else None

    async def service_point(self, point: uuid.UUID) -> providers.ServicePoint:
        """Return a service point."""
        path = f"/api/providers/v1/service-points/{point}"
        return read(providers.ServicePoint, await self._call("GET", path))

    async def organisation(self, organisation: uuid.UUID) -> providers.Organisation:
        """Return an organisation."""
        path = f"/api/providers/v1/organisations/{organisation}"
        return read(providers.Organisation, await self._call("GET", path))

    async def hours(self, point: uuid.UUID, days: int) -> list[providers.OpeningDay]:
        """Return what is known of a service point's hours from today on."""
        path = f"/api/providers/v1/service-points/{point}/hours"
        return await self._every(path, providers.OpeningDays, days=days)

    async def schema_org(self, point: uuid.UUID) -> dict[str, Any]:
        """Return a service point as search engines read it."""
        found: dict[str, Any] = await self._call("GET", f"/api/providers/v1/service-points/{point}/schema-org")
        return found

    async def published(self) -> list[uuid.UUID]:
        """Return the ids of all published service points."""
        return [point.id for point in await self._every(POINTS, providers.ServicePoints, limit=AT_ONCE)]

    async def sign_in(self, wanted: people.SignInInput, key: str) -> people.SignIn:
        """Ask for a code, once for each Idempotency-Key."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/providers/v1/sign-ins", body=wanted, headers=headers)
        return read(people.SignIn, answer)

    async def login(self, sign_in: uuid.UUID, typed: people.SignInCode, key: str) -> people.Token:
        """Trade a code for a token, once for each Idempotency-Key."""
        return await self._trade(f"/api/providers/v1/sign-ins/{sign_in}/login", typed, key)

    async def _trade(self, path: str, shown: BaseModel, key: str) -> people.Token:
        return read(people.Token, await self._call("POST", path, body=shown, headers={"Idempotency-Key": key}))

    async def refresh(self, refresh_token: str) -> people.Token:
        """Return a new access token for a login (RFC 6749 section 6)."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return read(people.Token, await self._call("POST", "/api/providers/v1/oauth/token", form=form))

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

    async def revoke(self, refresh_token: str) -> None:
        """End a login (RFC 7009)."""
        await self._call("POST", "/api/providers/v1/oauth/revoke", form={"token": refresh_token})

    async def sign_in_warning(self, sign_in: uuid.UUID) -> people.SignInWarning:
        """Return whom to warn of a sign-in, and where; for `notify`."""
        path = f"/api/providers/v1/sign-ins/{sign_in}/warning"
        return read(people.SignInWarning, await self._call("GET", path))

    async def sign_in_message(self, sign_in: uuid.UUID) -> people.SignInMessage:
        """Return what to send for a sign-in, and where; for `notify`."""
        path = f"/api/providers/v1/sign-ins/{sign_in}/message"
        return read(people.SignInMessage, await self._call("GET", path))

    async def grant_message(self, notice: uuid.UUID) -> people.GrantMessage:
        """Return whom to tell of a grant, and what; for `notify`."""
        path = f"/api/providers/v1/grant-notices/{notice}/message"
        return read(people.GrantMessage, await self._call("GET", path))

    async def coordinators(self, region: str) -> list[people.Coordinator]:
        """Return who coordinates a region, and how they are reached; for `notify`."""
        answer = await self._call("GET", f"/api/providers/v1/regions/{region}/coordinators")
        return read(people.Coordinators, answer).items

    async def pending_grants(self) -> list[people.PendingGrantDetails]:
        """Return what waits for the bearer to confirm it."""
        return await self._every("/api/providers/v1/pending-grants", people.PendingGrants, limit=AT_ONCE)

    async def answer_grant(self, grant: uuid.UUID, answer: people.AnswerToGrant, key: str) -> None:
        """Confirm or refuse what waits, once for each Idempotency-Key."""
        path, headers = f"/api/providers/v1/pending-grants/{grant}/{answer}", {"Idempotency-Key": key}
        await self._call("POST", path, headers=headers)

    async def consent_message(self, notice: uuid.UUID) -> providers.ConsentMessage:
        """Return whom to tell of a consent, and what; for `notify`."""
        path = f"/api/providers/v1/consent-notices/{notice}/message"
        return read(providers.ConsentMessage, await self._call("GET", path))

    async def ask_for_consent(self, point: uuid.UUID, key: str) -> providers.Consent:
        """Ask the organisation of a service point to allow the bearer's tutors there; the bearer is a tutor."""
        path, headers = f"/api/providers/v1/service-points/{point}/consents", {"Idempotency-Key": key}
        answer = await self._call("POST", path, body=providers.ConsentRequest(), headers=headers)
        return read(providers.Consent, answer)
