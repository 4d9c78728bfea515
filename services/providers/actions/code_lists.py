"""Writing topics and the names of municipalities."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import Municipality, Topic
from services.providers.search.topic_index import topic_words
from shared.auth import Principal
from shared.conditional import unchanged
from shared.db import driver
from shared.feed import emit
from shared.problems import InvalidReference, NotFound
from shared.schemas import providers as wire
from shared.schemas.events import MunicipalityChanged, TopicChanged


async def write_topic(
    session: AsyncSession, *, caller: Principal, code: str, wanted: wire.TopicInput, if_match: int | None = None
) -> Topic:
    """Create or change a topic, and what it is found by; returns it. A finer word's parent is a topic that has none."""
    caller.require("code-lists:write")
    await _check_parent(session, code, wanted.parent)
    values = wanted.model_dump()
    values["words"] = await topic_words(await driver(session), values["name"], values["synonyms"])
    row = await session.get(Topic, code, with_for_update=True)
    if row is not None:
        unchanged(row.version, if_match)
        values["version"] = row.version + 1
    new = insert(Topic).values(code=code, **values)
    await session.execute(new.on_conflict_do_update(index_elements=["code"], set_=values))
    written = await session.get_one(Topic, code, populate_existing=True)
    await emit(session, TopicChanged.model_validate(written))
    return written


async def _check_parent(session: AsyncSession, code: str, parent: str | None) -> None:
    if parent is None:
        return
    found = await session.get(Topic, parent)
    if found is None or found.parent is not None or found.code == code:
        raise InvalidReference(what=parent)


async def write_municipality(
    session: AsyncSession, *, caller: Principal, code: str, wanted: wire.MunicipalityInput, if_match: int | None = None
) -> Municipality:
    """Rename a municipality of the caller's region; returns it."""
    caller.require("code-lists:write")
    row = await session.get(Municipality, code, with_for_update=True)
    if row is None:
        raise NotFound
    caller.require_region(row.region)
    unchanged(row.version, if_match)
    row.name, row.version = wanted.name.model_dump(), row.version + 1
    await emit_municipality(session, row)
    return row


async def emit_municipality(session: AsyncSession, row: Municipality) -> None:
    """Emit a municipality's new state."""
    await emit(session, MunicipalityChanged.model_validate(row))
