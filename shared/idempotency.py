"""`Idempotency-Key` on every POST (draft-ietf-httpapi-idempotency-key-header): a retry never acts twice.

What is kept is the caller, the key, a hash of the request and the id that it made, for 24 hours; never the answer,
which is rendered anew. A request that failed leaves nothing, so that it can be sent again once it is mended.
"""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.addresses import address_of
from shared.auth import Caller, Principal
from shared.db import Base, Connection, Session, driver
from shared.openapi.documented import Json, operation_id, operations
from shared.openapi.security import needs_somebody
from shared.problems import KeyGuessable, KeyReused
from shared.retention import KEYS_KEPT
from shared.secrets import Secrets, WithSecret


class IdempotencyKey(Base):
    """A POST that was carried out."""

    __tablename__ = "idempotency_key"
    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    resource_id: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))


# Waits for a transaction that holds the same key, and takes over a key that is a day old. What a caller has sent under
# a name of before is theirs, too.
CLAIM = """
    INSERT INTO idempotency_key (caller, key, request_hash)
    SELECT %(caller)s::text, %(key)s::text, %(hash)s::bytea
    WHERE NOT EXISTS (SELECT FROM idempotency_key WHERE caller = ANY (%(formerly)s::text[]) AND key = %(key)s
                      AND created_at >= now() - %(kept)s)
    ON CONFLICT (caller, key) DO UPDATE SET request_hash = excluded.request_hash, created_at = now(), resource_id = NULL
    WHERE idempotency_key.created_at < now() - %(kept)s
    RETURNING true
"""
# A key that is a day old is as if it had never been.
FRESH = """
    SELECT request_hash, resource_id FROM idempotency_key
    WHERE caller = ANY (%(callers)s::text[]) AND key = %(key)s AND created_at >= now() - %(kept)s
"""
MADE = "UPDATE idempotency_key SET resource_id = %(made)s WHERE caller = %(caller)s AND key = %(key)s"
FORGET = sa.text("DELETE FROM idempotency_key WHERE created_at < now() - CAST(:kept AS interval)")


async def forget_old_keys(session: AsyncSession) -> None:
    """Delete the keys that are a day old."""
    await session.execute(FORGET, {"kept": KEYS_KEPT})


class Once:
    """Runs an action once for each key of a caller, who may have been named otherwise within the day."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        caller: str,
        key: str | None,
        request_hash: bytes,
        formerly: Sequence[str] = (),
    ) -> None:
        self._connect = connect
        self._key = key
        names = {"caller": caller, "formerly": list(formerly), "callers": [caller, *formerly]}
        self._row = {**names, "key": key, "hash": request_hash, "kept": KEYS_KEPT}

    async def __call__(self, act: Callable[[], Awaitable[uuid.UUID]]) -> uuid.UUID:
        """Return the id that `act` made, now or the first time; raises KeyReused for another request under the key."""
        if self._key is None:
            return await act()
        connection = await self._connect()
        if not await (await connection.execute(CLAIM, self._row)).fetchone():
            return self._made(await (await connection.execute(FRESH, self._row)).fetchone())
        # The claim is of this transaction: should the action fail, it goes with the rest, and the key is free again.
        made = await act()
        # Asking a session for its connection flushes it: what the action made is written before its id is kept.
        await (await self._connect()).execute(MADE, {**self._row, "made": made})
        return made

    async def acted(self) -> bool:
        """Return whether the key has been used within a day."""
        connection = await self._connect()
        return self._key is not None and bool(await (await connection.execute(FRESH, self._row)).fetchone())

    async def earlier(self) -> uuid.UUID | None:
        """Return what the same request made before; None when it made nothing. Raises `KeyReused` for another request.
        It says nothing of one that is under way: only a call settles who acts."""
        if self._key is None:
            return None
        kept = await (await (await self._connect()).execute(FRESH, self._row)).fetchone()
        return self._made(kept) if kept else None

    def _made(self, kept: tuple[bytes, uuid.UUID | None] | None) -> uuid.UUID:
        # No id: whoever used the key made nothing that an answer could be rendered of.
        if kept is None or kept[0] != self._row["hash"] or kept[1] is None:
            raise KeyReused
        made: uuid.UUID = kept[1]
        return made


IdempotencyHeader = Annotated[
    str | None,
    Header(
        alias="idempotency-key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A retry with it acts only once. From who has not signed in, a UUID (RFC 9562) of version 4, 5 or "
        "7 that nobody can guess; otherwise best one, too",
    ),
]
UNGUESSABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[457][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def refuse_guessable(request: Request, caller: Principal, key: str | None) -> None:
    """Raise KeyGuessable for a key of somebody who has not signed in, unless it has the form of a UUID that is random,
    or made of what is. They share their keys with all at their address, in a library with everybody there: under "1",
    the time that one of them holds would be given to the next who asks for it. Where one must have signed in, the
    route says so itself."""
    is_guessable = key is not None and caller.kind == "anonymous" and not UNGUESSABLE.fullmatch(key)
    if is_guessable and not needs_somebody(_operation(request)):
        raise KeyGuessable


def _operation(request: Request) -> Json:
    """Return what the API's description says of a request; nothing of one that is not described."""
    called = operation_id(request.scope["route"])
    described = operations(request.app.openapi())
    return next((each for _path, _method, each in described if each["operationId"] == called), {})


async def hash_of_request(request: Request) -> bytes:
    """Return what tells one request from another: its path and its body, as they were sent."""
    content = b"\n".join([request.url.path.encode(), await request.body()])
    return hashlib.sha256(content).digest()


def whose_keys(caller: Principal, secrets: Secrets, address: str) -> tuple[str, ...]:
    """Return whose Idempotency-Keys those of a caller are: by which name they are kept, and by which they may have
    been. Those who have not signed in share none across addresses: whoever guesses a key, or is as careless with it as
    another, gets the answer that was given under it."""
    if caller.kind != "anonymous":
        return (caller.named,)
    return tuple(f"anonymous:{hashed.hex()}" for hashed in secrets.hashes(address.encode()))


@dataclass(frozen=True)
class RetryKey:
    """By what a request is recognised when it comes again, for whoever takes several transactions for it: its key, and
    whose that is, by the name of today and those of before."""

    caller: str
    key: str | None
    request_hash: bytes
    formerly: Sequence[str] = ()

    def once(self, session: AsyncSession) -> Once:
        """Return what acts once for the key, in the transaction of `session`."""
        return Once(lambda: driver(session), self.caller, self.key, self.request_hash, self.formerly)


async def _retry_key(request: Request, caller: Caller, key: IdempotencyHeader = None) -> RetryKey:
    refuse_guessable(request, caller, key)
    settings: WithSecret = request.app.state.settings
    name, *formerly = whose_keys(caller, settings.secrets, address_of(request))
    return RetryKey(name, key, await hash_of_request(request), formerly)


RetryKeyed = Annotated[RetryKey, Depends(_retry_key)]


async def _once(session: Session, retry: RetryKeyed) -> Once:
    return retry.once(session)


async def once_directly(request: Request, connection: Connection, callers: Sequence[str], key: str | None) -> Once:
    """Return what acts once for the key of a request, in the transaction of the driver's own connection. Keys of
    different callers are different keys; the names after the first are those that the same caller may have had."""

    async def connect() -> Connection:
        return connection

    caller, *formerly = callers
    return Once(connect, caller, key, await hash_of_request(request), formerly)


Idempotent = Annotated[Once, Depends(_once, scope="function")]
