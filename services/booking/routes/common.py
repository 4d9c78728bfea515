"""What the handlers share: the settings, a citizen's key, and acting once in one transaction."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response

from services.booking import views
from services.booking.actions import waiting
from services.booking.actions.context import Context
from services.booking.settings import Settings
from shared.auth import Caller
from shared.clock import Now
from shared.db import Connection, Direct, Session, driver
from shared.idempotency import Idempotent, IdempotentDirect, Once
from shared.problems import Unauthenticated, field_problem
from shared.schemas import booking as wire

Made = TypeVar("Made")


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Config = Annotated[Settings, Depends(_settings)]
ManageToken = Annotated[
    str | None,
    Header(max_length=100, description="a citizen's own key: the last part of `manage_url`, or `manage_token`"),
]


async def _context(settings: Config, caller: Caller, now: Now) -> Context:
    return Context(caller, now, settings.zone, settings.secret.get_secret_value())


Asked = Annotated[Context, Depends(_context)]


@dataclass(frozen=True)
class Acting:
    """Carries out what is asked, once for each Idempotency-Key; then offers the time that it frees to those who wait,
    in the same transaction."""

    connection: Connection
    context: Context
    once: Once

    async def do(self, action: Callable[..., Awaitable[uuid.UUID]], **what: Any) -> uuid.UUID:
        """The id of what the action made, now or the first time."""
        made = await self.once(lambda: action(self.connection, self.context, **what))
        await waiting.offer_freed(self.connection, self.context)
        return made

    async def again(self, action: Callable[..., Awaitable[Made]], **what: Any) -> Made:
        """For what may be asked again by its nature, without a key: PUT and DELETE."""
        made = await action(self.connection, self.context, **what)
        await waiting.offer_freed(self.connection, self.context)
        return made


async def _acting(connection: Direct, context: Asked, once: IdempotentDirect) -> Acting:
    return Acting(connection, context, once)


Act = Annotated[Acting, Depends(_acting, scope="function")]


@dataclass(frozen=True)
class Ruling:
    """The same, for changes of the rules of time."""

    session: Session
    context: Context
    once: Once

    async def do(self, action: Callable[..., Awaitable[uuid.UUID]], **what: Any) -> uuid.UUID:
        """The id of what the action made, now or the first time."""
        made = await self.once(lambda: action(self.session, self.context, **what))
        await waiting.offer_freed(await driver(self.session), self.context)
        return made

    async def again(self, action: Callable[..., Awaitable[Made]], **what: Any) -> Made:
        """For what may be asked again by its nature, without a key: PUT and DELETE."""
        made = await action(self.session, self.context, **what)
        await waiting.offer_freed(await driver(self.session), self.context)
        return made


async def _ruling(session: Session, context: Asked, once: Idempotent) -> Ruling:
    return Ruling(session, context, once)


Rules = Annotated[Ruling, Depends(_ruling, scope="function")]


async def _if_match(
    if_match: Annotated[
        str | None, Header(max_length=100, description="the ETag of what was read; a change since then is refused")
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    try:
        return int(if_match.strip().removeprefix("W/").strip('"'))
    except ValueError:
        raise field_problem("/If-Match", "int_parsing") from None


IfMatch = Annotated[int | None, Depends(_if_match)]


Tagged = TypeVar("Tagged", wire.Appointment, wire.Availability)


def tagged(response: Response, body: Tagged) -> Tagged:
    """An answer with its ETag (RFC 9110 section 8.8.3): what counts its changes."""
    response.headers["ETag"] = f'"{body.sequence if isinstance(body, wire.Appointment) else body.version}"'
    return body


def require_key(settings: Settings, token: str | None, record: uuid.UUID) -> None:
    """Refuse whoever does not show a citizen's own key to this record."""
    if not views.is_key_to(settings, token, record):
        raise Unauthenticated
