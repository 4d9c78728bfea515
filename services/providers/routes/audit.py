"""The database is given who is calling, and from where, for its audit log."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.store.audit import WHO
from shared.addresses import address_of
from shared.auth import Caller, Principal
from shared.db import Session


async def _caller_address(request: Request) -> str:
    return address_of(request)


Address = Annotated[str, Depends(_caller_address)]


def note_caller(session: AsyncSession, caller: Principal, address: str) -> None:
    """Give the database's audit triggers who is calling, and from where, for a session's transaction.

    They get it as the transaction begins, which is when the session is first used: a request that does not use it, or
    not yet, takes no connection.
    """
    who = {"caller": caller.named, "address": address}

    def set_caller(_session: object, _transaction: object, connection: sa.Connection) -> None:
        connection.execute(WHO, who)

    sa.event.listen(session.sync_session, "after_begin", set_caller)


async def audited(request: Request, session: Session, caller: Caller, address: Address) -> None:
    """Note the caller of a writing request."""
    if request.method != "GET":
        note_caller(session, caller, address)
