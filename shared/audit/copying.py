"""The copy of the audit log, for whatever watches over several systems (a SIEM): a file, or the syslog of the machine.

Each entry is copied once it is sealed, in the order of the chain, at least once: a process that is killed meanwhile may
copy the same entry again, and its position and hash tell. When the last one that was copied is not in the chain any
more (a backup was restored, or somebody took it out), all are copied anew.
"""

import asyncio
import errno
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from logging.handlers import SysLogHandler
from pathlib import Path

from psycopg.rows import dict_row

from shared.db import Connection, value_of

log = logging.getLogger(__name__)
BATCH = 1000
IS_ANOTHER_LOG = """
    SELECT EXISTS (SELECT FROM public.audit_copied AS copied WHERE NOT EXISTS (
        SELECT FROM public.audit_entry WHERE audit_entry.position = copied.position AND audit_entry.hash = copied.hash))
"""
IS_UNCOPIED = """
    SELECT coalesce((SELECT max(position) FROM audit_entry), 0)
           IS DISTINCT FROM coalesce((SELECT position FROM audit_copied), 0)
"""
# Of the session, since no transaction is to stay open while a line is on its way.
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtext('vuoro.audit.copy'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('vuoro.audit.copy'))"
SECONDS_FOR_A_LINE = 5
UNCOPIED = """
    SELECT position, id, at, caller, address, action, kind, record, region, encode(hash, 'hex') AS hash
    FROM audit_entry WHERE position > coalesce((SELECT position FROM audit_copied), 0) ORDER BY position
    LIMIT %(limit)s
"""
COPIED = """
    INSERT INTO audit_copied (position, hash) VALUES (%(position)s, decode(%(hash)s, 'hex'))
    ON CONFLICT (single) DO UPDATE SET position = excluded.position, hash = excluded.hash
"""


@dataclass(frozen=True)
class CopyTo:
    """Where the entries of a service are copied to: a file that lines are added to, or the socket of a syslog."""

    service: str
    path: Path

    def write(self, lines: Sequence[str]) -> None:
        """Add lines. Raises OSError."""
        if self.path.is_socket():
            self._send(lines)
        elif self.path.is_file() or not self.path.exists():
            self._append(lines)
        else:
            raise OSError(errno.EINVAL, "it is neither a file nor a socket")

    def _append(self, lines: Sequence[str]) -> None:
        is_new = not self.path.exists()
        # Opened anew each time, since whoever rotates it moves it away.
        opened = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(opened, "wb") as file:
            # Whatever a process that died has left of a line, ours begin on one of their own.
            file.write(("" if is_new else "\n").encode() + "".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(opened)

    def _send(self, lines: Sequence[str]) -> None:
        handler = _Syslog(str(self.path), SysLogHandler.LOG_AUTHPRIV)
        handler.ident = f"vuoro-{self.service}: "
        vars(handler)["socket"].settimeout(SECONDS_FOR_A_LINE)
        try:
            for line in lines:
                handler.emit(logging.makeLogRecord({"msg": line, "levelno": logging.INFO, "levelname": "INFO"}))
        finally:
            handler.close()


class _Syslog(SysLogHandler):
    """Raises what goes wrong, instead of printing it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        raise


async def copy_sealed(connection: Connection, copy: CopyTo) -> None:
    """Copy all entries that are sealed and not copied yet, unless another process is at it. Raises OSError when they
    cannot be: they are tried again. For a connection outside a transaction."""
    if not await value_of(connection, TRY_LOCK):
        return
    try:
        if await value_of(connection, IS_ANOTHER_LOG):
            log.error("The last entry that was copied is not in the audit log any more; all of it is copied anew")
            await connection.execute("DELETE FROM audit_copied")
        while rows := await _uncopied(connection):
            lines = [json.dumps({"service": copy.service, **row}, default=str, ensure_ascii=False) for row in rows]
            await asyncio.to_thread(copy.write, lines)
            await connection.execute(COPIED, {name: rows[-1][name] for name in ("position", "hash")})
    finally:
        await connection.execute(UNLOCK)


async def _uncopied(connection: Connection) -> list[dict[str, object]]:
    cursor = connection.cursor(row_factory=dict_row)
    return await (await cursor.execute(UNCOPIED, {"limit": BATCH})).fetchall()
