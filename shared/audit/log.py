"""Writing into the audit log what no trigger of the database sees: who saw whom, who was refused, wrong codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.addresses import known_network
from shared.auth import ANONYMOUS
from shared.db import Connection, value_of

Action = Literal["read", "sign-in-refused", "refused"]
# More would be more of the same, without end.
ANONYMOUS_PER_HOUR = 100
CALLERS_PER_HOUR = 1000
NOBODY = ANONYMOUS.named

INSERT = """
    INSERT INTO audit_entry (caller, address, action, kind, record, region)
    SELECT %(caller)s, nullif(%(address)s, ''), %(action)s, %(kind)s, told.record, told.region
    FROM unnest(%(records)s::text[], %(regions)s::text[]) AS told (record, region)
"""
ANONYMOUS_LATELY = """
    SELECT count(*) FROM (
        SELECT FROM audit_entry
        WHERE caller = 'anonymous:anonymous' AND at > now() - interval '1 hour'
          AND kind = coalesce(%(kind)s, kind) AND (region IS NULL OR %(kind)s IS NOT NULL)
          AND (coalesce(address, '') = %(address)s
               OR CASE WHEN pg_input_is_valid(address, 'inet') THEN address::inet <<= %(network)s::inet END)
        LIMIT %(most)s) AS lately
"""
AT_ACCOUNT_LATELY = """
    SELECT count(*) FROM (
        SELECT FROM audit_entry
        WHERE record = %(record)s AND caller = 'anonymous:anonymous' AND at > now() - interval '1 hour'
        LIMIT %(most)s) AS lately
"""
BY_CALLER_LATELY = """
    SELECT count(*) FROM (
        SELECT at FROM audit_entry WHERE caller = %(caller)s ORDER BY id DESC LIMIT %(most)s) AS last
    WHERE at > now() - interval '1 hour'
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
    """Write an entry for each record."""
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


async def write_refused(connection: Connection, who: Who, action: Action, kind: str, about: About) -> None:
    """Write an entry of what was refused, unless enough of it was written within the hour."""
    if not await _is_more_of_the_same(connection, who, about):
        await write_entries(connection, who, action, kind, [about])


async def _is_more_of_the_same(connection: Connection, who: Who, about: About) -> bool:
    """Return whether as much was refused to somebody within the hour as is written: to who has signed in, by name;
    otherwise at an account of ours, so that nobody hides that by what they try at others; otherwise from a network."""
    if who.caller != NOBODY:
        statement, most = BY_CALLER_LATELY, CALLERS_PER_HOUR
    elif about.region is not None:
        statement, most = AT_ACCOUNT_LATELY, ANONYMOUS_PER_HOUR
    else:
        return await anonymous_lately(connection, who.address, ANONYMOUS_PER_HOUR) == ANONYMOUS_PER_HOUR
    values = {"record": about.record, "caller": who.caller, "most": most}
    return bool(await value_of(connection, statement, values) == most)


async def anonymous_lately(connection: Connection, address: str, most: int, kind: str | None = None) -> int:
    """Return how many entries there are within the hour of those who have not signed in, from an address or another of
    its network: of one kind, or at none of our accounts; `most` when there are more."""
    values = {"address": address, "network": known_network(address), "kind": kind, "most": most}
    return int(await value_of(connection, ANONYMOUS_LATELY, values))
