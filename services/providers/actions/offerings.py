"""Writing offerings."""

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.saving import add_record, as_json_parts, change_record, check_topics, lock_record
from services.providers.models import Offering
from services.providers.store.organisations import referenced_organisation
from shared.auth import Principal
from shared.feed import emit
from shared.schemas import providers as wire
from shared.schemas.events import OfferingChanged


async def write_offering(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.OfferingInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
) -> uuid.UUID:
    """Create or replace an offering; returns its id."""
    caller.require("registry:write")
    region = (await referenced_organisation(session, wanted.organisation_id)).region
    await check_topics(session, wanted.topics)
    values = wanted.model_dump() | {
        "region": region,
        "breaks": as_json_parts(wanted.breaks),
        "questions": as_json_parts(wanted.questions),
    }
    if record is None:
        row = await add_record(session, caller, Offering(**values))
    else:
        found = await lock_record(session, caller, Offering, record, if_match=if_match)
        row = await change_record(session, caller, found, values)
    await emit(session, OfferingChanged.model_validate(row))
    return row.id
