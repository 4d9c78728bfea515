"""What several routes take and give: settings, a citizen's key, the context of a request, ETags."""

import datetime as dt
import uuid
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response

from services.booking.actions.context import Context
from services.booking.reads.manage_tokens import opens_appointment, opens_entry
from services.booking.settings import Settings
from shared.addresses import address_of
from shared.auth import Caller, Principal
from shared.clock import Now
from shared.conditional import tag
from shared.db import Connection
from shared.http.allowances import note_allowances
from shared.openapi.security import manage_token
from shared.problems import Unauthenticated
from shared.schemas import booking as wire


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Config = Annotated[Settings, Depends(_settings)]
ManageToken = Annotated[str | None, Depends(manage_token)]


def context_of(
    request: Request, settings: Settings, caller: Principal, now: dt.datetime, key: str | None = None
) -> Context:
    """Return what an action is given of a request, which has an Idempotency-Key."""
    address, allowances = address_of(request), note_allowances(request.scope)
    return Context(caller, now, settings.zone, settings.secrets, address, settings.limit_factor, key, allowances)


async def _context(request: Request, settings: Config, caller: Caller, now: Now) -> Context:
    return context_of(request, settings, caller, now)


RequestContext = Annotated[Context, Depends(_context)]
Tagged = TypeVar("Tagged", wire.Appointment, wire.Availability)


def tagged(response: Response, body: Tagged) -> Tagged:
    """Return an answer with its ETag (RFC 9110 section 8.8.3): what counts its changes."""
    tag(response, body.sequence if isinstance(body, wire.Appointment) else body.version)
    return body


def given_key(token: str | None) -> str:
    """Return the citizen's own key; raises Unauthenticated for whoever shows none."""
    if token is None:
        raise Unauthenticated
    return token


async def require_key(connection: Connection, settings: Settings, token: str | None, appointment: uuid.UUID) -> None:
    """Raise Unauthenticated for whoever does not show a citizen's own key to this appointment, or time that is held."""
    if not await opens_appointment(connection, settings, token, appointment):
        raise Unauthenticated


def require_entry_key(settings: Settings, token: str | None, entry: uuid.UUID) -> None:
    """Raise Unauthenticated for whoever does not show a citizen's own key to this waitlist entry."""
    if not opens_entry(settings, token, entry):
        raise Unauthenticated
