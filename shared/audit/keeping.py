"""What each API process of a service does for its audit log: seal what was written, and copy it."""

import asyncio
import logging

from shared.audit.copying import IS_UNCOPIED, CopyTo, copy_sealed
from shared.audit.sealing import IS_UNSEALED, seal
from shared.db import Connection, connect_directly, value_of

log = logging.getLogger(__name__)


class AuditKeeper:
    """Keeps the chain and its copy. `look` is called once a second by who looks for other things, too, and is not kept
    waiting: sealing and copying have a connection of their own, for as long as there is something to do. What fails is
    logged once, and tried at every look."""

    def __init__(self, database_url: str, copy: CopyTo | None) -> None:
        self._database_url, self._copy = database_url, copy
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False

    async def look(self, connection: Connection) -> None:
        """Begin with what is there to be done, unless it is under way. Raises psycopg's Error."""
        if self._task is not None and not self._task.done():
            return
        if await value_of(connection, IS_UNSEALED) or (self._copy and await value_of(connection, IS_UNCOPIED)):
            self._task = asyncio.create_task(self._keep())

    async def settle(self) -> None:
        """Wait for what is under way."""
        if self._task is not None:
            await self._task

    async def _keep(self) -> None:
        try:
            async with await connect_directly(self._database_url) as connection:
                await seal(connection)
                if self._copy is not None:
                    await copy_sealed(connection, self._copy)
            self._is_failing = False
        except Exception:  # whatever it is, what was written stays, and is tried again
            if not self._is_failing:
                log.exception("The audit log cannot be sealed or copied just now")
            self._is_failing = True
