"""What every action needs to know of the request that asked for it."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from services.booking.search import Rows
from shared.auth import Principal


@dataclass(frozen=True)
class Context:
    """Who asks, when, and what the installation has decided. `freed` collects the tutors whose time falls free on the
    way, so that those who wait for it are asked before the transaction ends. Whoever is refused while another is learns
    of the same alternatives through `refused_together`."""

    caller: Principal
    now: dt.datetime
    zone: str
    secret: str
    freed: list[uuid.UUID] = field(default_factory=list)
    refused_together: Rows | None = None

    @property
    def named(self) -> str:
        """The caller, as records name them."""
        return f"{self.caller.kind}:{self.caller.id}"


def on_our_own(now: dt.datetime, zone: str, secret: str) -> Context:
    """For what is done because time has passed, and nobody asked."""
    return Context(Principal("service", "booking"), now, zone, secret)
