"""What each process of a service does for its audit log once a second: seal what was written, and copy it."""

import logging
from dataclasses import dataclass, field

from shared.audit.copying import Copy, copy_sealed
from shared.audit.sealing import seal
from shared.db import Connection

log = logging.getLogger(__name__)


@dataclass
class AuditKeeper:
    """Keeps the chain and its copy. While the copy fails, that is logged once, and tried at every look."""

    copy: Copy | None
    failing: bool = field(default=False, init=False)

    async def look(self, connection: Connection) -> None:
        """Seal and copy what is there. Raises psycopg's Error."""
        await seal(connection)
        if self.copy is None:
            return
        try:
            await copy_sealed(connection, self.copy)
            self.failing = False
        except OSError as error:
            if not self.failing:
                said = "The audit log cannot be copied to %s: %s"
                log.error(said, self.copy.path, error.strerror, exc_info=True)
            self.failing = True
