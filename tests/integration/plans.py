"""What a statement reads, counted of its plan and not timed."""

import re
from collections.abc import Mapping
from typing import Any

from psycopg import AsyncClientCursor
from psycopg.rows import scalar_row

from shared.db import Connection

NAMED = re.compile(r"%\((\w+)\)s")


async def rows_read(connection: Connection, statement: str, values: Mapping[str, object]) -> float:
    """Return how many rows of tables a statement reads, by the plan that the services have of it: one for whatever
    values (`OPTIONS` in `shared.db`)."""
    names = list(dict.fromkeys(NAMED.findall(statement)))
    numbered = NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
    asked = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE checked ({', '.join(f'%({name})s' for name in names)})"
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute(f"PREPARE checked AS {numbered}".encode())
    plan = await (await AsyncClientCursor(connection, row_factory=scalar_row).execute(asked, values)).fetchone()
    await connection.execute("DEALLOCATE checked")
    assert plan is not None
    return _read(plan[0]["Plan"])


def _read(plan: dict[str, Any]) -> float:
    """Return the rows that all scans gave or threw away."""
    here = 0.0
    if "Relation Name" in plan:
        here = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return here + sum(_read(part) for part in plan.get("Plans", []))
