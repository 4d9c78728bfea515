"""Writing into the audit log what no trigger of the database sees: who saw whom, who was refused, wrong codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.addresses import known_network
from shared.auth import ANONYMOUS
from shared.db import Connection, value_of

Action = Literal["read", "sign-in-refused", "refused"]
ANONYMOUS_PER_HOUR = 100  # from one network; more would be more of the same, without end
NOBODY = ANONYMOUS.named

INSERT = """
    INSERT INTO audit_entry (caller, address, action, kind, record, region)
    SELECT %(caller)s, nullif(%(address)s, ''), %(action)s, %(kind)s, told.record, told.region
    FROM unnest(%(records)s::text[], %(regions)s::text[]) AS told (record, region)
"""
ANONYMOUS_LATELY = """
    SELECT count(*) FROM (
        SELECT FROM audit_entry
        WHERE caller = 'anonymous:anonymous' AND at > now() - interval '1 hour' AND kind = coalesce(%(kind)s, kind)
          AND (coalesce(address, '') = %(address)s
               OR CASE WHEN pg_input_is_valid(address, 'inet') THEN address::inet <<= %(network)s::inet END)
        LIMIT %(most)s) AS lately
"""


@dataclass(frozen=True)
class Who:
    """Who did something, and whence: the caller as records name them, and an IP address, empty when nobody knows."""

    caller: str
    address: str


@dataclass(frozen=True)
class About:
    """A record that something was done to, and the region whose coordinators read of it; all of them do, when None."""

    record: str
    region: str | None


async def write_entries(connection: Connection, who: Who, action: Action, kind: str, about: Sequence[About]) -> None:
    """Write an entry for each record. Of those who have not signed in, no more than a hundred an hour from one
    network."""
    if (
        who.caller == NOBODY
        and await anonymous_lately(connection, who.address, ANONYMOUS_PER_HOUR) == ANONYMOUS_PER_HOUR
    ):
        return
    values = {
        "caller": who.caller,
        "address": who.address,
        "action": action,
        "kind": kind,
        "records": [each.record for each in about],
        "regions": [each.region for each in about],
    }
    if about:
        await connection.execute(INSERT, values)


async def _is_too_much(connection: Connection, address: str) -> bool:
    return await anonymous_lately(connection, address, ANONYMOUS_PER_HOUR) == ANONYMOUS_PER_HOUR


async def anonymous_lately(connection: Connection, address: str, most: int, kind: str | None = None) -> int:
    """Return how many entries there are within the hour of those who have not signed in, from an address or another of
    its network, perhaps of one kind alone; `most` when there are more."""
    values = {"address": address, "network": known_network(address), "kind": kind, "most": most}
    return int(await value_of(connection, ANONYMOUS_LATELY, values))
