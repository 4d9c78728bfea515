"""What the handlers share: the settings, a citizen's key, and acting once in one transaction."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from services.booking.actions import waiting
from services.booking.actions.context import Context
from services.booking.settings import Settings
from shared.auth import Caller
from shared.clock import Now
from shared.db import Connection, Direct, Session, driver
from shared.idempotency import Idempotent, IdempotentDirect, Once
from shared.problems import field_problem
from shared.schemas import booking as wire


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

    async def undo(self, action: Callable[..., Awaitable[Any]], **what: Any) -> None:
        """For what can be asked twice by its nature."""
        await action(self.connection, self.context, **what)
        await waiting.offer_freed(self.connection, self.context)


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

    async def undo(self, action: Callable[..., Awaitable[Any]], **what: Any) -> None:
        """For what can be asked twice by its nature."""
        await action(self.session, self.context, **what)
        await waiting.offer_freed(await driver(self.session), self.context)


async def _ruling(session: Session, context: Asked, once: Idempotent) -> Ruling:
    return Ruling(session, context, once)


Rule = Annotated[Ruling, Depends(_ruling, scope="function")]


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


def tagged(response: Response, appointment: wire.Appointment) -> wire.Appointment:
    """An appointment with its ETag (RFC 9110 section 8.8.3)."""
    response.headers["ETag"] = f'"{appointment.sequence}"'
    return appointment
