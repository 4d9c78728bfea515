"""Signing in, and access that is taken away."""

from typing import Literal

from shared.schemas.events.base import PREFIX, EventData, EventInstant, RecordEvent

Bearer = Literal["client", "person", "session"]


class SignInRequested(RecordEvent):
    """Somebody asked for a sign-in code. Internal."""

    type = PREFIX + "sign-in.requested"


class SignInFailed(RecordEvent):
    """As many wrong codes were typed as one may, where the account's owner has not signed in before. Internal."""

    type = PREFIX + "sign-in.failed"


class AccountForgotten(RecordEvent):
    """An account was taken away, and nothing of it is kept. Internal."""

    type = PREFIX + "account.forgotten"


class GrantNoticed(RecordEvent):
    """Somebody is to be told that a role or scope was given or confirmed. Internal."""

    type = PREFIX + "grant.noticed"


class ConsentNoticed(RecordEvent):
    """Somebody is to be told that a consent was asked for, or of the answer. Internal."""

    type = PREFIX + "consent.noticed"


class AccessRevoked(EventData):
    """Tokens of `bearer` (`client:`, `person:` or `session:` with an id) from before `at` are refused. Internal."""

    type = PREFIX + "access.revoked"
    bearer: str
    at: EventInstant

    @property
    def subject(self) -> str:
        return self.bearer.rpartition(":")[2]
