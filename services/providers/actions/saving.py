"""Saving a record of the registry: who may, on which state it was decided, and what the database refuses."""

import uuid
from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.models import Offering, Organisation, ServicePoint, Tutor
from services.providers.problems import BusinessIdTaken
from services.providers.store.code_lists import unknown_topics
from shared.auth import Principal
from shared.conditional import unchanged
from shared.db import refused_by
from shared.problems import InvalidReference, NotFound
from shared.schemas.common import Wire

Row = TypeVar("Row", Organisation, ServicePoint, Tutor, Offering)


class Overtaken(Exception):
    """The record has changed since it was read, so what was decided of it must be decided again"""


async def lock_record(
    session: AsyncSession,
    caller: Principal,
    model: type[Row],
    record: uuid.UUID,
    *,
    if_match: int | None = None,
    seen: int | None = None,
) -> Row:
    """Return a record that is to be replaced, locked.

    Raises `NotFound`, `Forbidden`, `ChangedMeanwhile` when it is no longer what the caller read, and `Overtaken` when
    it is no longer the version `seen` on which this service has decided.
    """
    row = await session.get(model, record, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    await access.require_to_write(session, caller, row)
    unchanged(row.version, if_match)
    if seen is not None and row.version != seen:
        raise Overtaken
    return row


async def add_record(session: AsyncSession, caller: Principal, row: Row) -> Row:
    """Add a record, if the caller may write what it is."""
    session.add(row)
    await flush_or_refuse(session)
    await access.require_to_write(session, caller, row)
    return row


async def change_record(session: AsyncSession, caller: Principal, row: Row, values: Mapping[str, object]) -> Row:
    """Change a locked record, if the caller may also write what it becomes: nobody moves a record out of their reach,
    or into somebody else's."""
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    await flush_or_refuse(session)
    await access.require_to_write(session, caller, row)
    return row


async def flush_or_refuse(session: AsyncSession) -> None:
    """Write what is waiting; raises `BusinessIdTaken` when another organisation has the business ID."""
    try:
        await session.flush()
    except IntegrityError as error:
        if refused_by(error) == "organisation_business_id":
            raise BusinessIdTaken from None
        raise


async def check_topics(session: AsyncSession, codes: list[str]) -> None:
    """Refuse codes that are no topic that can be booked: what is booked are topics without a parent, to which the finer
    words only lead."""
    if unknown := await unknown_topics(session, codes):
        raise InvalidReference(what=", ".join(sorted(unknown)))


def as_json_parts(parts: Sequence[Wire]) -> list[dict[str, object]]:
    """Return parts of a record as JSON keeps them."""
    return [part.model_dump(mode="json", by_alias=True) for part in parts]
