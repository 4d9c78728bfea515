"""Reading records of any kind."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.providers.models import Base
from shared.problems import NotFound

Row = TypeVar("Row", bound=Base)


async def page(
    session: AsyncSession,
    model: type[Row],
    key: InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[str],
    *,
    after: uuid.UUID | str | None,
    limit: int,
    only: Sequence[sa.ColumnElement[bool]] = (),
    **equal: object,
) -> tuple[Sequence[Row], str | None]:
    """Return up to `limit` rows in order of `key` after `after` whose columns equal what is given, and the next
    `after`; what is given as None does not narrow."""
    wanted = sa.select(model).where(*only).order_by(key).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(key > after)
    for column, value in equal.items():
        if value is not None:
            wanted = wanted.where(getattr(model, column) == value)
    rows = (await session.scalars(wanted)).all()
    return rows[:limit], str(getattr(rows[limit - 1], key.key)) if len(rows) > limit else None


async def existing(session: AsyncSession, model: type[Row], record: uuid.UUID) -> Row:
    """Return the record with this id; raises `NotFound`."""
    row = await session.get(model, record)
    if row is None:
        raise NotFound
    return row
