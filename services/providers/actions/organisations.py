"""Writing organisations. Each write checks, saves and emits the record's new state in one transaction."""

import datetime as dt
import uuid

from sqlalchemy.ext.asyncio import AsyncSession
from stdnum.fi import ytunnus

from services.providers.actions.saving import add_record, change_record, flush_or_refuse, lock_record
from services.providers.models import Organisation
from services.providers.store.code_lists import referenced_municipality
from services.providers.store.organisations import is_at_work, proposed_from
from services.providers.store.sign_ins import lock_hash
from shared.addresses import network_of
from shared.auth import Principal
from shared.feed import emit
from shared.http.allowances import Allowance
from shared.problems import TooManyRequests, field_problem
from shared.roles import Whose
from shared.schemas import providers as wire
from shared.schemas.events import OrganisationChanged

MAX_PROPOSALS_AN_HOUR, HOUR = 10, dt.timedelta(hours=1)


async def write_organisation(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.OrganisationInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
) -> uuid.UUID:
    """Create or replace an organisation; returns its id. To add or approve one takes the right to do so where it is."""
    caller.require("registry:write")
    region = (await referenced_municipality(session, wanted.municipality)).region
    before = await session.get(Organisation, record, with_for_update=True) if record else None
    is_proposed = before is not None and before.status == "proposed"
    if wanted.status == "proposed" and not is_proposed:
        raise field_problem("/status", "proposed")
    if record is None or is_proposed:
        caller.require("organisations:approve", Whose(region, wanted.municipality))
    values = _checked(wanted) | {"region": region}
    ends = before is not None and before.status == "active" != wanted.status
    if record is None:
        row = await add_record(session, caller, Organisation(**values))
    else:
        found = await lock_record(session, caller, Organisation, record, if_match=if_match)
        row = await change_record(session, caller, found, values)
    # Only now, when the caller may write it: what an organisation has in use is nobody else's business.
    if ends and await is_at_work(session, row.id):
        raise field_problem("/status", "at_work")
    await emit_organisation(session, row)
    return row.id


async def propose_organisation(
    session: AsyncSession, *, wanted: wire.OrganisationInput, address: str, allowances: list[Allowance]
) -> uuid.UUID:
    """Keep what an organisation says of itself until a coordinator of its region approves; returns its id. From one
    address, only so many are kept; how many more is noted."""
    await lock_hash(session, network_of(address).encode())
    before = await proposed_from(session, address, MAX_PROPOSALS_AN_HOUR)
    if before == MAX_PROPOSALS_AN_HOUR:
        raise TooManyRequests
    allowances.append(Allowance("address", MAX_PROPOSALS_AN_HOUR, HOUR, MAX_PROPOSALS_AN_HOUR - before - 1, HOUR))
    if not (wanted.email or wanted.phone):
        raise field_problem("/email", "contact")
    region = (await referenced_municipality(session, wanted.municipality)).region
    row = Organisation(**_checked(wanted) | {"region": region, "status": "proposed"})
    session.add(row)
    await flush_or_refuse(session)
    return row.id


def _checked(wanted: wire.OrganisationInput) -> dict[str, object]:
    """Return an organisation's values, whose business ID must be one (its last digit is a check)."""
    if wanted.business_id and not ytunnus.is_valid(wanted.business_id):
        raise field_problem("/business_id", "business_id")
    return wanted.model_dump(mode="json")


async def emit_organisation(session: AsyncSession, row: Organisation) -> None:
    """Emit an organisation's new state; of one that nobody has approved, nothing."""
    if row.status != "proposed":
        await emit(session, OrganisationChanged.model_validate(row))
