"""`Idempotency-Key` on every POST (draft-ietf-httpapi-idempotency-key-header): a retry never acts twice.

What is kept is the caller, the key, a hash of the request and the id that it made, for 24 hours; never the answer,
which is rendered anew. A request that failed leaves nothing, so that it can be sent again once it is mended.
"""

import asyncio
import datetime as dt
import hashlib
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from sqlalchemy.orm import Mapped, mapped_column

from shared.auth import Caller
from shared.db import Base, Session, Sessions, transaction
from shared.problems import KeyReused

log = logging.getLogger(__name__)


class IdempotencyKey(Base):
    """A POST that was carried out."""

    __tablename__ = "idempotency_key"
    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    resource_id: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.text("now()"))


# Waits for a transaction that holds the same key, and takes over a key that is a day old.
CLAIM = sa.text(
    """
    INSERT INTO idempotency_key (caller, key, request_hash) VALUES (:caller, :key, :hash)
    ON CONFLICT (caller, key) DO UPDATE SET request_hash = excluded.request_hash, created_at = now(), resource_id = NULL
    WHERE idempotency_key.created_at < now() - interval '24 hours'
    RETURNING true
    """
)
FORGET = sa.text("DELETE FROM idempotency_key WHERE created_at < now() - interval '24 hours'")


async def forget_old_keys(sessions: Sessions) -> None:
    """Once an hour, delete the keys that are a day old. Run by one process of a service that has POSTs."""
    while True:
        try:
            async with transaction(sessions) as session:
                await session.execute(FORGET)
        except sa.exc.SQLAlchemyError:
            log.warning("Old idempotency keys could not be deleted; the next round will")
        await asyncio.sleep(3600)


class Once:
    """Runs an action once for each key of a caller."""

    def __init__(self, session: Session, caller: str, key: str | None, request_hash: bytes) -> None:
        self._session, self._caller, self._key, self._hash = session, caller, key, request_hash

    async def __call__(self, act: Callable[[], Awaitable[uuid.UUID]]) -> uuid.UUID:
        """What `act` made, now or the first time."""
        if self._key is None:
            return await act()
        row = {"caller": self._caller, "key": self._key, "hash": self._hash}
        if not await self._session.scalar(CLAIM, row):
            return await self._earlier()
        made = await act()
        await self._session.execute(
            sa.update(IdempotencyKey)
            .where(IdempotencyKey.caller == self._caller, IdempotencyKey.key == self._key)
            .values(resource_id=made)
        )
        return made

    async def _earlier(self) -> uuid.UUID:
        kept = await self._session.get_one(IdempotencyKey, (self._caller, self._key))
        if kept.request_hash != self._hash or kept.resource_id is None:
            raise KeyReused
        return kept.resource_id


async def _once(
    request: Request,
    session: Session,
    caller: Caller,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="A retry with it acts only once; best a UUID",
        ),
    ] = None,
) -> Once:
    content = b"\n".join([request.url.path.encode(), await request.body()])
    return Once(session, f"{caller.kind}:{caller.id}", idempotency_key, hashlib.sha256(content).digest())


Idempotent = Annotated[Once, Depends(_once, scope="function")]
