"""What writes the audit log and keeps it as it was written, the functions and triggers that the migrations make:
whether they are there and in force as a file of each service's migrations has them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from shared.db import Connection, value_of

# A function by the hash of all that it does. Rules, since one may do something else instead of what was asked.
GUARDS = """
    WITH written AS (SELECT 'public.audit_entry'::regclass AS log),
    triggers AS (
        SELECT pg_trigger.* FROM pg_trigger, written
        WHERE NOT tgisinternal AND (tgrelid = log OR tgname LIKE 'audit%'))
    SELECT 'trigger ' || tgname || ' of ' || tgrelid::regclass, pg_get_triggerdef(oid), tgenabled NOT IN ('O', 'A')
    FROM triggers
    UNION ALL
    SELECT 'rule ' || rulename || ' of ' || log, pg_get_ruledef(oid), false
    FROM pg_rewrite, written WHERE ev_class = log
    UNION ALL
    SELECT 'function ' || pg_proc.oid::regprocedure,
           encode(sha256(convert_to(concat_ws('|', lanname, prosecdef, proconfig, prosrc), 'UTF8')), 'hex'), false
    FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
    WHERE pronamespace = 'public'::regnamespace AND (proname LIKE 'audit%' OR proname = 'blank_audit_addresses')
"""
# Names of tables and functions are whole when nothing but the catalogue is searched for them.
SEARCH_NOTHING = "SET LOCAL search_path = pg_catalog"
IS_WITHOUT_TRIGGERS = "SELECT current_setting('session_replication_role') = 'replica'"
ELSEWHERE = """
    SELECT relnamespace::regnamespace || '.' || relname FROM pg_class
    WHERE oid = 'audit_entry'::regclass AND oid <> 'public.audit_entry'::regclass
"""


def read_guards(file: Path) -> dict[str, str]:
    """Return what the migrations of a service make, each by its name, as a file has it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    named = (line.partition(": ") for line in lines if not line.startswith("#"))
    return {name: definition for name, _, definition in named}


async def what_disarms(connection: Connection) -> list[str]:
    """Return a sentence for each setting by which the role that asks goes past the guards, or past the log."""
    role, faults = connection.info.user, list[str]()
    if await value_of(connection, IS_WITHOUT_TRIGGERS):
        faults.append(f"no trigger fires for the role {role}: session_replication_role is replica")
    if elsewhere := await value_of(connection, ELSEWHERE):
        faults.append(f"the role {role} writes into {elsewhere}, which is not the audit log")
    return faults


async def wrong_guards(connection: Connection, expected: Mapping[str, str]) -> list[str]:
    """Return a sentence for each that is gone, off, changed or not of the migrations, in a transaction that searches
    nothing."""
    rows = await (await connection.execute(GUARDS)).fetchall()
    found = {name: definition for name, definition, _is_off in rows}
    off = [f"the {name} is off" for name, _definition, is_off in rows if is_off]
    return off + list(_differences(found, expected))


def _differences(found: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(found.keys() | expected.keys()):
        if name not in found:
            yield f"the {name} is gone"
        elif name not in expected:
            yield f"the {name} is not the migrations'"
        elif found[name] != expected[name]:
            yield f"the {name} is not as the migrations made it"
