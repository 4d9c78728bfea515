"""The copy of the audit log, for whatever watches over several systems (a SIEM): a file, or the syslog of the machine.

Each entry is copied once it is sealed, in the order of the chain, at least once: a process that is killed meanwhile may
copy the same entry again, and its position tells.
"""

import asyncio
import json
import logging
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from logging.handlers import SysLogHandler
from pathlib import Path

from psycopg.rows import dict_row

from shared.db import Connection

BATCH = 1000
IS_BEHIND = """
    SELECT coalesce((SELECT max(position) FROM audit_entry), 0) > coalesce((SELECT position FROM audit_copied), 0)
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('vuoro.audit.copy'))"
UNCOPIED = """
    SELECT position, id, at, caller, address, action, kind, record, region, encode(hash, 'hex') AS hash
    FROM audit_entry WHERE position > coalesce((SELECT position FROM audit_copied), 0) ORDER BY position
    LIMIT %(limit)s
"""
COPIED = """
    INSERT INTO audit_copied (position) VALUES (%(position)s)
    ON CONFLICT (single) DO UPDATE SET position = excluded.position
"""


@dataclass(frozen=True)
class Copy:
    """Where the entries of a service are copied to: a file that lines are added to, or the socket of a syslog."""

    service: str
    path: Path

    def write(self, lines: Sequence[str]) -> None:
        """Add lines. Raises OSError."""
        if self.path.exists() and stat.S_ISSOCK(self.path.stat().st_mode):
            self._send(lines)
            return
        # Opened anew each time, since whoever rotates it moves it away.
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.writelines(f"{line}\n" for line in lines)
            opened.flush()
            os.fsync(file)

    def _send(self, lines: Sequence[str]) -> None:
        handler = _Syslog(str(self.path), SysLogHandler.LOG_AUTHPRIV)
        handler.ident = f"vuoro-{self.service}: "
        try:
            for line in lines:
                handler.emit(logging.makeLogRecord({"msg": line, "levelno": logging.INFO, "levelname": "INFO"}))
        finally:
            handler.close()


class _Syslog(SysLogHandler):
    """Raises what goes wrong, instead of printing it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        raise


async def copy_sealed(connection: Connection, copy: Copy) -> None:
    """Copy all entries that are sealed and not copied yet. Raises OSError when they cannot be: they are tried again."""
    while await _is_behind(connection):
        async with connection.transaction():
            await connection.execute(LOCK)
            cursor = connection.cursor(row_factory=dict_row)
            rows = await (await cursor.execute(UNCOPIED, {"limit": BATCH})).fetchall()
            if not rows:  # another process has
                return
            lines = [json.dumps({"service": copy.service, **row}, default=str, ensure_ascii=False) for row in rows]
            await asyncio.to_thread(copy.write, lines)
            await connection.execute(COPIED, {"position": rows[-1]["position"]})


async def _is_behind(connection: Connection) -> bool:
    row = await (await connection.execute(IS_BEHIND)).fetchone()
    return bool(row and row[0])
