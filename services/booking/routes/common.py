"""What the handlers share: the settings, a citizen's key, and acting once in one transaction."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response

from services.booking import views
from services.booking.actions import waiting
from services.booking.actions.context import Context
from services.booking.search import Rows
from services.booking.settings import Settings
from shared.auth import Caller
from shared.clock import Now
from shared.conditional import tag
from shared.db import Connection, Direct, Session, driver, retry_on_deadlock, savepoint
from shared.idempotency import Idempotent, IdempotentDirect, Once
from shared.problems import Problem, Unauthenticated
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


async def _context(request: Request, settings: Config, caller: Caller, now: Now) -> Context:
    together: Rows = request.app.state.refused_together
    return Context(caller, now, settings.zone, settings.secret.get_secret_value(), refused_together=together)


Asked = Annotated[Context, Depends(_context)]


@dataclass(frozen=True)
class _Doing(ABC):
    """Carries out what is asked in one transaction, once for each Idempotency-Key; then offers the time that it frees
    to those who wait, in the same transaction."""

    context: Context
    once: Once

    @abstractmethod
    def _transaction(self) -> AbstractAsyncContextManager[object]: ...

    @property
    @abstractmethod
    def _through(self) -> Connection | Session: ...

    @abstractmethod
    async def _driver(self) -> Connection: ...

    async def do(
        self,
        action: Callable[..., Awaitable[uuid.UUID]],
        *,
        unless: Callable[..., Awaitable[None]] | None = None,
        **what: Any,
    ) -> uuid.UUID:
        """The id of what the action made, now or the first time. `unless` may refuse it beforehand, with no transaction
        and no lock, which in a rush is the answer to most."""
        if unless is not None:
            try:
                await unless(self._through, self.context, **what)
            except Problem:
                if not await self.once.acted():
                    raise
        return await self._in_one(lambda: self.once(lambda: action(self._through, self.context, **what)))

    async def again(self, action: Callable[..., Awaitable[Made]], **what: Any) -> Made:
        """For what may be asked again by its nature, without a key: PUT and DELETE."""
        return await self._in_one(lambda: action(self._through, self.context, **what))

    async def _in_one(self, act: Callable[[], Awaitable[Made]]) -> Made:
        async def with_its_offers() -> Made:
            self.context.freed.clear()
            made = await act()
            await waiting.offer_freed(await self._driver(), self.context)
            return made

        return await retry_on_deadlock(self._transaction, with_its_offers)


@dataclass(frozen=True)
class Acting(_Doing):
    """Changes of appointments."""

    connection: Connection

    def _transaction(self) -> AbstractAsyncContextManager[object]:
        return self.connection.transaction()

    @property
    def _through(self) -> Connection:
        return self.connection

    async def _driver(self) -> Connection:
        return self.connection


async def _acting(connection: Direct, context: Asked, once: IdempotentDirect) -> Acting:
    return Acting(context, once, connection)


Act = Annotated[Acting, Depends(_acting, scope="function")]


@dataclass(frozen=True)
class Ruling(_Doing):
    """Changes of the rules of time."""

    session: Session

    def _transaction(self) -> AbstractAsyncContextManager[object]:
        return savepoint(self.session)

    @property
    def _through(self) -> Session:
        return self.session

    async def _driver(self) -> Connection:
        return await driver(self.session)


async def _ruling(session: Session, context: Asked, once: Idempotent) -> Ruling:
    return Ruling(context, once, session)


Rules = Annotated[Ruling, Depends(_ruling, scope="function")]


Tagged = TypeVar("Tagged", wire.Appointment, wire.Availability)


def tagged(response: Response, body: Tagged) -> Tagged:
    """An answer with its ETag (RFC 9110 section 8.8.3): what counts its changes."""
    tag(response, body.sequence if isinstance(body, wire.Appointment) else body.version)
    return body


def require_key(settings: Settings, token: str | None, record: uuid.UUID) -> None:
    """Refuse whoever does not show a citizen's own key to this record."""
    if not views.is_key_to(settings, token, record):
        raise Unauthenticated
