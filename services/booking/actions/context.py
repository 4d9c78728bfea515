"""What every action is given, and what it answers."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from shared.auth import Principal
from shared.http.allowances import Allowance
from shared.idempotency import whose_keys
from shared.secrets import Secrets

WORKER = Principal("service", "booking")


@dataclass(frozen=True)
class Context:
    """Who asks, when, from which address, and what the installation has decided: its zone, the secrets of
    citizens' keys, and what the limits of those who have not signed in are multiplied by. `key` is the request's
    Idempotency-Key; what is left of the limits that it was counted under is noted in `allowances`."""

    caller: Principal
    now: dt.datetime
    zone: str
    secrets: Secrets
    address: str = ""
    limit_factor: float = 1
    key: str | None = None
    allowances: list[Allowance] = field(default_factory=list)

    @property
    def whose_keys(self) -> tuple[str, ...]:
        """Return whose Idempotency-Keys the request's `key` is one of."""
        return whose_keys(self.caller, self.secrets, self.address)

    @property
    def named(self) -> str:
        """Return the caller, as records name them."""
        return self.caller.named


def worker_context(now: dt.datetime, zone: str, secrets: Secrets) -> Context:
    """Return the context of what the worker does, because time has passed and nobody asked."""
    return Context(WORKER, now, zone, secrets)


@dataclass(frozen=True)
class Done:
    """The record that an action made or changed, and the tutors whose time it freed: that time is offered to the
    waitlist before the transaction ends."""

    id: uuid.UUID
    freed: tuple[uuid.UUID, ...] = ()
