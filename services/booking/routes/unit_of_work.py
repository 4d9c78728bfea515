"""The unit of work: what a request changes, in one transaction."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from services.booking import refusals
from services.booking.actions import offers
from services.booking.actions.context import Context, Done
from services.booking.reads.alternatives import Flight
from services.booking.refusals import SlotUnavailable
from services.booking.routes.requests import context_of
from services.booking.settings import Settings
from shared.auth import find_caller
from shared.clock import now
from shared.db import Connection, pipelined, retry_on_deadlock
from shared.idempotency import IdempotencyHeader, Once, once_directly, refuse_guessable
from shared.openapi.security import bearer
from shared.problems import Problem

Act = Callable[[], Awaitable[Done]]
Found = TypeVar("Found")


@dataclass(frozen=True)
class UnitOfWork:
    """Carries out an action in one transaction: once for each Idempotency-Key, with the time that it frees offered to
    the waitlist, once more after a deadlock. A slot that cannot be taken is explained after the rollback."""

    connection: Connection
    context: Context
    settings: Settings
    key: Once
    flight: Flight

    async def check(self, check: Callable[[], Awaitable[Found]]) -> Found | None:
        """Let something refuse the action beforehand, with no transaction and no lock; return what it finds, and None
        where it refuses what was done already: a retry is answered as it was. Raises what `check` raises."""
        try:
            return await check()
        except (SlotUnavailable, Problem) as refused:
            if await self.key.acted():
                return None
            if isinstance(refused, SlotUnavailable):
                raise await self._explained(refused) from None
            raise

    async def once(self, act: Act) -> uuid.UUID:
        """Act at most once for the request's key; return the id of what was made or changed, now or the first time.
        Raises what `act` raises."""
        try:
            return await self._in_transaction(lambda: self.key(lambda: self._act(act)))
        except SlotUnavailable as unavailable:
            raise await self._explained(unavailable) from None

    async def repeat(self, act: Act) -> uuid.UUID:
        """Act; for what may be asked again by its nature, PUT and DELETE. Return the id of what was changed."""
        try:
            return await self._in_transaction(lambda: self._act(act))
        except SlotUnavailable as unavailable:
            raise await self._explained(unavailable) from None

    async def _in_transaction(self, act: Callable[[], Awaitable[uuid.UUID]]) -> uuid.UUID:
        return await retry_on_deadlock(lambda: pipelined(self.connection), act)

    async def _act(self, act: Act) -> uuid.UUID:
        done = await act()
        await offers.offer_freed(self.connection, self.context, done.freed)
        return done.id

    async def _explained(self, unavailable: SlotUnavailable) -> Problem:
        now, zone = self.context.now, self.context.zone
        return await refusals.explain(self.connection, unavailable, now=now, zone=zone, flight=self.flight)


async def _unit_of_work(
    request: Request, _documented: Annotated[object, Depends(bearer)], key: IdempotencyHeader = None
) -> AsyncIterator[UnitOfWork]:
    # One dependency and not a dozen: FastAPI takes 30 µs for each, and every booking comes by here.
    state = request.app.state
    caller = await find_caller(request)
    refuse_guessable(request, caller, key)
    async with state.pool.connection() as connection:
        context = context_of(request, state.settings, caller, now(), key)
        once = await once_directly(request, connection, context.whose_keys, key)
        yield UnitOfWork(connection, context, state.settings, once, state.refusal_flight)


Work = Annotated[UnitOfWork, Depends(_unit_of_work, scope="function")]
