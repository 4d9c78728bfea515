"""What every action is given, and what it answers."""

import datetime as dt
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from shared.auth import Principal

WORKER = Principal("service", "booking")


@dataclass(frozen=True)
class Context:
    """Who asks, when, from which address, and what the installation has decided: its zone, the secret of citizens'
    keys, and what the limits of those who have not signed in are multiplied by. `key` is the request's
    Idempotency-Key."""

    caller: Principal
    now: dt.datetime
    zone: str
    secret: str
    address: str = ""
    limit_factor: float = 1
    key: str | None = None

    @property
    def whose_keys(self) -> str:
        """Return whose Idempotency-Keys the request's `key` is one of. Those who have not signed in share none across
        addresses: whoever guesses a key gets the answer that was given under it."""
        if self.caller.kind != "anonymous":
            return self.named
        return f"anonymous:{hmac.digest(self.secret.encode(), self.address.encode(), hashlib.sha256).hex()}"

    @property
    def named(self) -> str:
        """Return the caller, as records name them."""
        return self.caller.named


def worker_context(now: dt.datetime, zone: str, secret: str) -> Context:
    """Return the context of what the worker does, because time has passed and nobody asked."""
    return Context(WORKER, now, zone, secret)


@dataclass(frozen=True)
class Done:
    """The record that an action made or changed, and the tutors whose time it freed: that time is offered to the
    waitlist before the transaction ends."""

    id: uuid.UUID
    freed: tuple[uuid.UUID, ...] = ()
