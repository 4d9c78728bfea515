"""Writing into the audit log what no trigger of the database sees: who saw whom, who was refused, wrong codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.db import Connection

Action = Literal["read", "wrong-code", "refused"]
ANONYMOUS_PER_HOUR = 100  # from one address; more would be more of the same, without end

INSERT = """
    INSERT INTO audit_entry (caller, address, action, kind, record, region)
    SELECT %(caller)s, nullif(%(address)s, ''), %(action)s, %(kind)s, told.record, told.region
    FROM unnest(%(records)s::text[], %(regions)s::text[]) AS told (record, region)
    WHERE %(most)s::integer IS NULL
       OR %(most)s > (SELECT count(*) FROM (SELECT FROM audit_entry
                                            WHERE caller = 'anonymous:anonymous' AND address = %(address)s
                                              AND at > now() - interval '1 hour' LIMIT %(most)s) AS lately)
"""


@dataclass(frozen=True)
class Who:
    """Who did something, and whence: the caller as records name them, and an IP address, empty when nobody knows."""

    caller: str
    address: str


@dataclass(frozen=True)
class Told:
    """A record that something was done to, and the region whose coordinators are told of it; all of them, when None."""

    record: str
    region: str | None


async def write_entries(connection: Connection, who: Who, action: Action, kind: str, told: Sequence[Told]) -> None:
    """Write an entry for each record. Of those who have not signed in, no more than a hundred an hour from one
    address."""
    values = {
        "caller": who.caller,
        "address": who.address,
        "action": action,
        "kind": kind,
        "records": [each.record for each in told],
        "regions": [each.region for each in told],
        "most": ANONYMOUS_PER_HOUR if who.caller == "anonymous:anonymous" else None,
    }
    if told:
        await connection.execute(INSERT, values)
