"""Writing tutors."""

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.actions.asking_first import (
    Begin,
    ask_then_write,
    refuse_while_tutor_awaits,
    refuse_while_tutor_awaits_outside,
)
from services.providers.actions.saving import add_record, as_json_parts, change_record, check_topics, lock_record
from services.providers.actions.tutor_accounts import give_tutor_an_account
from services.providers.domain.periods import Period
from services.providers.models import Tutor
from services.providers.store.code_lists import referenced_municipality
from services.providers.store.organisations import referenced_organisation
from services.providers.store.records import existing
from shared.auth import Principal
from shared.clients import BookingClient
from shared.conditional import unchanged
from shared.feed import emit
from shared.schemas import providers as wire
from shared.schemas.events import TutorChanged

# What goes into the record as it is. The contacts are not among them: they are the account's.
PLAIN = {
    "organisation_id",
    "other_organisations",
    "kind",
    "display_name",
    "full_name",
    "languages",
    "topics",
    "channels",
    "home_municipalities",
    "guidelines_accepted_on",
    "active_from",
    "active_until",
    "status",
}


async def replace_tutor(
    begin: Begin,
    booking: BookingClient,
    *,
    caller: Principal,
    tutor: uuid.UUID,
    wanted: wire.TutorInput,
    if_match: int | None,
) -> None:
    """Replace a tutor. Raises `AppointmentsToCome` when they would end, or no longer help on a date on which somebody
    is to come to them."""

    async def ask() -> int:
        caller.require("registry:write")
        async with begin() as session:
            row = await existing(session, Tutor, tutor)
            await access.require_to_write(session, caller, row)
            unchanged(row.version, if_match)
        await _refuse_to_leave_anybody(booking, row, wanted)
        return row.version

    async def write(seen: int) -> None:
        async with begin() as session:
            await write_tutor(session, caller=caller, wanted=wanted, record=tutor, if_match=if_match, seen=seen)

    await ask_then_write(ask, write)


async def _refuse_to_leave_anybody(booking: BookingClient, row: Tutor, wanted: wire.TutorInput) -> None:
    before, after = Period(row.active_from, row.active_until), Period(wanted.active_from, wanted.active_until)
    if (row.status, before) == (wanted.status, after):
        return
    if wanted.status != "active":
        await refuse_while_tutor_awaits(booking, row.id)
    else:
        await refuse_while_tutor_awaits_outside(booking, row.id, after)


async def write_tutor(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.TutorInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
    seen: int | None = None,
) -> uuid.UUID:
    """Create or replace a tutor, with the account that they sign in to if they can be reached; returns their id."""
    caller.require("registry:write")
    region = (await referenced_organisation(session, wanted.organisation_id)).region
    await _check_references(session, wanted)
    values = wanted.model_dump(include=PLAIN) | {"region": region, "training": as_json_parts(wanted.training)}
    if record is None:
        row = await add_record(session, caller, Tutor(**values))
    else:
        found = await lock_record(session, caller, Tutor, record, if_match=if_match, seen=seen)
        row = await change_record(session, caller, found, values)
    await give_tutor_an_account(session, row, caller=caller, email=wanted.email, phone=wanted.phone)
    await emit_tutor(session, row)
    return row.id


async def _check_references(session: AsyncSession, wanted: wire.TutorInput) -> None:
    await check_topics(session, wanted.topics)
    for code in wanted.home_municipalities:
        await referenced_municipality(session, code)
    for organisation in wanted.other_organisations:
        await referenced_organisation(session, organisation)


async def emit_tutor(session: AsyncSession, row: Tutor) -> None:
    """Emit a tutor's new state."""
    await emit(session, TutorChanged.model_validate(row))
