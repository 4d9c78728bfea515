"""Typed clients of the services: one private call each, and public methods that return the wire's models.

A refusal of the other side is raised as `Refused`, with its problem document; a service that is out of reach as
`shared.problems.Unavailable`.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import httpx2
from pydantic import BaseModel, ValidationError

from shared.keys import SigningKey
from shared.problems import Unavailable
from shared.schemas import booking, people, providers
from shared.schemas.common import CloudEvent, Language, ProblemDocument

Model = TypeVar("Model", bound=BaseModel)
Method = Literal["GET", "POST", "PUT", "DELETE"]
SERVICE_TOKEN_LIFETIME = dt.timedelta(minutes=1)


class Refused(Exception):
    """The other service answered with a problem."""

    def __init__(self, problem: ProblemDocument) -> None:
        super().__init__(problem.type)
        self.problem = problem

    def is_(self, slug: str) -> bool:
        """Whether the problem is the one called `slug`."""
        return self.problem.type.endswith(f":{slug}")


class _Client:
    def __init__(
        self,
        http: httpx2.AsyncClient,
        base_url: str,
        *,
        token: str | None = None,
        key: SigningKey | None = None,
        language: Language = "fi",
        address: str | None = None,
    ) -> None:
        self._http, self._base, self._token, self._key, self._language = http, base_url, token, key, language
        self._address = address

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {"Accept-Language": self._language}
        if self._address is not None:  # on whose behalf the pages ask, so that limits and the audit log see them
            headers["X-Forwarded-For"] = self._address
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key.sign(self._key.kid, self._key.kid, SERVICE_TOKEN_LIFETIME)}"
        elif self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    async def _call(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: BaseModel | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        wait_seconds: float = 0,
        patience: float = 10,
    ) -> Any:
        try:
            response = await self._http.request(
                method,
                f"{self._base}{path}",
                params={key: value for key, value in (query or {}).items() if value is not None},
                content=body.model_dump_json(by_alias=True) if body is not None else None,
                data=form,
                headers={
                    **self._headers(),
                    **({"Content-Type": "application/json"} if body is not None else {}),
                    **(headers or {}),
                },
                timeout=httpx2.Timeout(patience + wait_seconds, connect=2),
            )
        except httpx2.HTTPError:
            raise Unavailable from None
        if response.status_code >= 400:
            raise _refusal(response)
        return response.json() if response.content else None


def _refusal(response: httpx2.Response) -> Exception:
    try:
        problem = ProblemDocument.model_validate_json(response.content)
    except ValidationError:
        return Unavailable()
    return Unavailable() if response.status_code >= 500 else Refused(problem)


class _FeedClient(_Client):
    _events: str

    async def events(self, last_event_id: uuid.UUID | None, wait_seconds: int) -> list[CloudEvent]:
        """The next events after `last_event_id`, waiting up to `wait_seconds` for one."""
        query = {"lastEventId": last_event_id, "timeout": wait_seconds}
        batch = await self._call("GET", self._events, query=query, wait_seconds=wait_seconds)
        return [CloudEvent.model_validate(event) for event in batch]


class ProvidersClient(_FeedClient):
    """Calls `providers`."""

    _events = "/api/providers/v1/events"

    async def topics(self) -> list[providers.Topic]:
        """What the trouble can be with: the topics that are booked, without the finer words that lead to them."""
        answer = await self._call("GET", "/api/providers/v1/topics", query={"limit": 500})
        return [topic for topic in providers.Topics.model_validate(answer).items if topic.parent is None]

    async def municipalities(self) -> list[providers.Municipality]:
        """All municipalities."""
        query = {"limit": 500}
        answer = await self._call("GET", "/api/providers/v1/municipalities", query=query)
        return providers.Municipalities.model_validate(answer).items

    async def service_points(self, municipality: str) -> list[providers.FoundServicePoint]:
        """The active service points of a municipality."""
        query = {"municipality": municipality, "limit": 500}
        answer = await self._call("GET", "/api/providers/v1/service-points", query=query)
        return providers.ServicePoints.model_validate(answer).items

    async def service_point(self, point: uuid.UUID) -> providers.ServicePoint:
        """One service point."""
        path = f"/api/providers/v1/service-points/{point}"
        return providers.ServicePoint.model_validate(await self._call("GET", path))

    async def hours(self, point: uuid.UUID, days: int) -> list[providers.OpeningDay]:
        """What is known of a service point's hours from today on."""
        path = f"/api/providers/v1/service-points/{point}/hours"
        return providers.OpeningDays.model_validate(await self._call("GET", path, query={"days": days})).items

    async def schema_org(self, point: uuid.UUID) -> dict[str, Any]:
        """A service point as search engines read it."""
        found: dict[str, Any] = await self._call("GET", f"/api/providers/v1/service-points/{point}/schema-org")
        return found

    async def published(self) -> list[uuid.UUID]:
        """The ids of all published service points."""
        found: list[uuid.UUID] = []
        after: str | None = None
        while True:
            query = {"limit": 500, "after": after}
            answer = await self._call("GET", "/api/providers/v1/service-points", query=query)
            page = providers.ServicePoints.model_validate(answer)
            found += [point.id for point in page.items]
            if page.next is None:
                return found
            after = page.next

    async def sign_in(self, contact: str) -> people.SignIn:
        """Ask for a code."""
        body = people.SignInInput(contact=contact, language=self._language)
        return people.SignIn.model_validate(await self._call("POST", "/api/providers/v1/sign-ins", body=body))

    async def session(self, sign_in: uuid.UUID, code: str) -> people.Token:
        """Trade a code for a token."""
        path = f"/api/providers/v1/sign-ins/{sign_in}/session"
        return people.Token.model_validate(await self._call("POST", path, body=people.SignInCode(code=code)))

    async def refresh(self, refresh_token: str) -> people.Token:
        """A new access token for a session (RFC 6749 section 6)."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return people.Token.model_validate(await self._call("POST", "/api/providers/v1/oauth/token", form=form))

    async def identity_providers(self) -> list[people.IdentityProvider]:
        """Where staff may sign in with their own account."""
        answer = await self._call("GET", "/api/providers/v1/identity-providers")
        return people.IdentityProviders.model_validate(answer).items

    async def sign_in_elsewhere(self, provider: str) -> people.SingleSignOn:
        """Sign in at an identity provider."""
        body = people.SingleSignOnInput(provider=provider)
        return people.SingleSignOn.model_validate(
            await self._call("POST", "/api/providers/v1/single-sign-ons", body=body)
        )

    async def session_from_elsewhere(self, begun: uuid.UUID, code: str, state: str) -> people.Token:
        """Trade what somebody came back with for a token."""
        body = people.SingleSignOnCode(code=code, state=state)
        path = f"/api/providers/v1/single-sign-ons/{begun}/session"
        return people.Token.model_validate(await self._call("POST", path, body=body))

    async def passkey_to_use(self) -> people.PasskeyChallenge:
        """A challenge, to sign in with a passkey."""
        answer = await self._call("POST", "/api/providers/v1/passkeys/sign-ins")
        return people.PasskeyChallenge.model_validate(answer)

    async def session_by_passkey(self, challenge: uuid.UUID, credential: dict[str, Any]) -> people.Token:
        """Trade a signed challenge for a token."""
        path = f"/api/providers/v1/passkeys/sign-ins/{challenge}/session"
        body = people.PasskeyAnswer(credential=credential)
        return people.Token.model_validate(await self._call("POST", path, body=body))

    async def passkey_to_add(self) -> people.PasskeyChallenge:
        """A challenge, to add a passkey."""
        answer = await self._call("POST", "/api/providers/v1/passkeys/challenges")
        return people.PasskeyChallenge.model_validate(answer)

    async def add_passkey(self, challenge: uuid.UUID, name: str, credential: dict[str, Any]) -> people.Passkey:
        """Add a passkey."""
        body = people.PasskeyInput(challenge_id=challenge, name=name, credential=credential)
        return people.Passkey.model_validate(await self._call("POST", "/api/providers/v1/passkeys", body=body))

    async def passkeys(self) -> list[people.Passkey]:
        """The bearer's passkeys."""
        return people.Passkeys.model_validate(await self._call("GET", "/api/providers/v1/passkeys")).items

    async def remove_passkey(self, passkey: uuid.UUID) -> None:
        """Remove a passkey."""
        await self._call("DELETE", f"/api/providers/v1/passkeys/{passkey}")

    async def sessions(self) -> list[people.Session]:
        """Where the bearer is signed in."""
        return people.Sessions.model_validate(await self._call("GET", "/api/providers/v1/sessions")).items

    async def end_session(self, session: uuid.UUID) -> None:
        """Sign out there."""
        await self._call("DELETE", f"/api/providers/v1/sessions/{session}")

    async def my_data(self) -> people.MyData:
        """All that the registry holds of the bearer."""
        return people.MyData.model_validate(await self._call("GET", "/api/providers/v1/me/data"))

    async def forget_me(self) -> None:
        """Erase the bearer."""
        await self._call("DELETE", "/api/providers/v1/me")

    async def revoke(self, refresh_token: str) -> None:
        """End a session (RFC 7009)."""
        await self._call("POST", "/api/providers/v1/oauth/revoke", form={"token": refresh_token})

    async def me(self) -> people.Me:
        """Who the token's bearer is."""
        return people.Me.model_validate(await self._call("GET", "/api/providers/v1/me"))

    async def sign_in_message(self, sign_in: uuid.UUID) -> people.SignInMessage:
        """What to send for a sign-in, and where; for `notify`."""
        path = f"/api/providers/v1/sign-ins/{sign_in}/message"
        return people.SignInMessage.model_validate(await self._call("GET", path))


class BookingClient(_FeedClient):
    """Calls `booking`."""

    _events = "/api/booking/v1/events"

    async def slots(self, **query: Any) -> booking.Slots:
        """Times that can be booked, with the names of places and tutors."""
        answer = await self._call("GET", "/api/booking/v1/slots", query={**query, "expand": "true"})
        return booking.Slots.model_validate(answer)

    async def book(self, wanted: booking.AppointmentInput, key: str) -> booking.Appointment:
        """Book a slot."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/booking/v1/appointments", body=wanted, headers=headers)
        return booking.Appointment.model_validate(answer)

    async def mine(self, manage_token: str) -> booking.Appointment:
        """The appointment that a citizen's own key opens."""
        headers = {"Manage-Token": manage_token}
        return booking.Appointment.model_validate(
            await self._call("GET", "/api/booking/v1/appointments/mine", headers=headers)
        )

    async def cancel(self, appointment: uuid.UUID, manage_token: str | None = None) -> booking.Appointment:
        """Cancel an appointment, as the citizen with their key or as the bearer of the token."""
        return booking.Appointment.model_validate(
            await self._call(
                "POST",
                f"/api/booking/v1/appointments/{appointment}/cancellation",
                headers={"Manage-Token": manage_token} if manage_token else None,
            )
        )

    async def move(self, appointment: uuid.UUID, slot_id: str, manage_token: str) -> booking.Appointment:
        """Move an appointment to another slot, as the citizen."""
        return booking.Appointment.model_validate(
            await self._call(
                "POST",
                f"/api/booking/v1/appointments/{appointment}/reschedule",
                body=booking.RescheduleInput(slot_id=slot_id),
                headers={"Manage-Token": manage_token},
            )
        )

    async def outcome(self, appointment: uuid.UUID, outcome: booking.OutcomeInput) -> booking.Appointment:
        """Mark how a visit ended."""
        path = f"/api/booking/v1/appointments/{appointment}/outcome"
        return booking.Appointment.model_validate(await self._call("POST", path, body=outcome))

    async def day(self, date: dt.date) -> list[booking.Appointment]:
        """The appointments of a local date that the bearer may see."""
        answer = await self._call("GET", "/api/booking/v1/appointments", query={"date": date.isoformat()})
        return booking.Appointments.model_validate(answer).items

    async def availability(self) -> list[booking.Availability]:
        """The bearer's weekly hours."""
        answer = await self._call("GET", "/api/booking/v1/availability")
        return booking.Availabilities.model_validate(answer).items

    async def add_availability(self, hours: booking.AvailabilityInput) -> booking.Availability:
        """Add weekly hours."""
        answer = await self._call("POST", "/api/booking/v1/availability", body=hours)
        return booking.Availability.model_validate(answer)

    async def remove_availability(self, hours: uuid.UUID) -> None:
        """Remove weekly hours; what is booked in them is kept."""
        await self._call("DELETE", f"/api/booking/v1/availability/{hours}", query={"appointments": "keep"})

    async def absences(self) -> list[booking.Absence]:
        """The bearer's coming absences."""
        return booking.Absences.model_validate(await self._call("GET", "/api/booking/v1/absences")).items

    async def add_absence(self, absence: booking.AbsenceInput) -> booking.Absence:
        """Add an absence."""
        return booking.Absence.model_validate(await self._call("POST", "/api/booking/v1/absences", body=absence))

    async def remove_absence(self, absence: uuid.UUID) -> None:
        """Remove an absence."""
        await self._call("DELETE", f"/api/booking/v1/absences/{absence}")

    async def waiting_recipient(self, waiting: uuid.UUID) -> booking.Recipient:
        """Whom to write to about a time that is offered from the queue, and what; for `notify`."""
        path = f"/api/booking/v1/waiting/{waiting}/recipient"
        return booking.Recipient.model_validate(await self._call("GET", path))

    async def wait(self, wanted: booking.WaitingInput, key: str) -> booking.Waiting:
        """Join the queue."""
        headers = {"Idempotency-Key": key}
        answer = await self._call("POST", "/api/booking/v1/waiting", body=wanted, headers=headers)
        return booking.Waiting.model_validate(answer)

    async def waiting(self, manage_token: str) -> booking.Waiting:
        """The place in the queue that a citizen's own key opens."""
        answer = await self._call("GET", "/api/booking/v1/waiting/mine", headers={"Manage-Token": manage_token})
        return booking.Waiting.model_validate(answer)

    async def answer(
        self, waiting: uuid.UUID, manage_token: str, what: Literal["acceptance", "withdrawal"]
    ) -> booking.Waiting:
        """Take the time that is offered, or wait no longer."""
        path = f"/api/booking/v1/waiting/{waiting}/{what}"
        headers = {"Manage-Token": manage_token}
        return booking.Waiting.model_validate(await self._call("POST", path, headers=headers))

    async def my_data(self) -> booking.MyTime:
        """All that booking holds of the bearer, a tutor."""
        return booking.MyTime.model_validate(await self._call("GET", "/api/booking/v1/me/data"))

    async def to_come(
        self, *, tutor: uuid.UUID | None = None, service_point: uuid.UUID | None = None
    ) -> list[booking.ToCome]:
        """The appointments that are still to come with a tutor or at a service point; for `providers`."""
        query = {"tutor_id": tutor, "service_point_id": service_point}
        answer = await self._call("GET", "/api/booking/v1/appointments/to-come", query=query, patience=3)
        return booking.AppointmentsToCome.model_validate(answer).items

    async def days(self, **query: Any) -> list[dt.date]:
        """The days of a month that have room."""
        return booking.Days.model_validate(await self._call("GET", "/api/booking/v1/days", query=query)).days

    async def recipient(self, appointment: uuid.UUID) -> booking.Recipient:
        """Whom to write to about an appointment, and what; for `notify`."""
        path = f"/api/booking/v1/appointments/{appointment}/recipient"
        return booking.Recipient.model_validate(await self._call("GET", path))
