"""Writing the registry. Each write checks, saves and tells of the record's new state in one transaction."""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import psycopg
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from stdnum.fi import ytunnus

from services.providers import access, domain, store
from services.providers.actions import people
from services.providers.models import (
    Municipality,
    Offering,
    OpeningDay,
    Organisation,
    ServicePoint,
    Topic,
    Tutor,
)
from services.providers.problems import BusinessIdTaken
from shared.auth import Principal
from shared.conditional import unchanged
from shared.feed import emit
from shared.problems import InvalidReference, NotFound, TooManyRequests, field_problem
from shared.roles import Whose
from shared.schemas import events
from shared.schemas import providers as wire
from shared.schemas.common import Wire

Row = TypeVar("Row", Organisation, ServicePoint, Tutor, Offering)
Check = Callable[[], Awaitable[None]]
PeriodCheck = Callable[[tuple[dt.date | None, dt.date | None] | None], Awaitable[None]]


async def _save(
    session: AsyncSession,
    caller: Principal,
    model: type[Row],
    record: uuid.UUID | None,
    values: dict[str, Any],
    if_match: int | None,
) -> Row:
    """Create or replace a record, after checking that the caller may write what it was and what it becomes."""
    if record is None:
        row = model(**values)
        session.add(row)
    else:
        found = await session.get(model, record, with_for_update=True)
        if found is None:
            raise NotFound
        row = found
        await access.may_write(session, caller, row)
        unchanged(row.version, if_match)
        if isinstance(row, ServicePoint):
            row.provenance = _left_of(row.provenance, row, values)
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
    await flushed(session)
    await access.may_write(session, caller, row)
    return row


async def _shown(
    session: AsyncSession, model: type[ServicePoint | Tutor], record: uuid.UUID | None
) -> tuple[Any, ...] | None:
    """Whether and how long a record was in use, before it is written; None for a new one."""
    row: ServicePoint | Tutor | None = await session.get(model, record) if record else None
    match row:
        case Tutor():
            return row.status, row.active_from, row.active_until
        case ServicePoint():
            return row.status, row.publishing
        case _:
            return None


def _left_of(provenance: dict[str, Any], row: ServicePoint, values: dict[str, Any]) -> dict[str, Any]:
    """The provenance of the fields that an editor leaves as they were imported."""

    def same(path: str) -> bool:
        name, _, language = path.partition(".")
        before, after = getattr(row, name), values.get(name)
        return bool((before or {}).get(language) == (after or {}).get(language) if language else before == after)

    return {path: source for path, source in provenance.items() if same(path)}


def _plain(parts: Sequence[Wire]) -> list[dict[str, Any]]:
    """Parts of a record as JSON keeps them."""
    return [part.model_dump(mode="json", by_alias=True) for part in parts]


async def _check_topics(session: AsyncSession, codes: list[str]) -> None:
    """What is booked are topics without a parent; the finer words only lead to them."""
    if unknown := await store.unknown_topics(session, codes):
        raise InvalidReference(what=", ".join(sorted(unknown)))


async def write_organisation(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.OrganisationInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
) -> uuid.UUID:
    """Create or replace an organisation. To add or approve one takes the right to do so where it is."""
    caller.require("registry:write")
    region = (await store.municipality(session, wanted.municipality)).region
    before = await session.get(Organisation, record, with_for_update=True) if record else None
    waiting = before is not None and before.status == "proposed"
    if wanted.status == "proposed" and not waiting:
        raise field_problem("/status", "proposed")
    if record is None or waiting:
        caller.require("organisations:approve", Whose(region, wanted.municipality))
    values = wanted.model_dump(mode="json") | {"region": region}
    shuts = before is not None and before.status == "active" != wanted.status
    row = await _save(session, caller, Organisation, record, checked_organisation(values), if_match)
    if shuts and await store.is_at_work(session, row.id):
        raise field_problem("/status", "at_work")
    await emit_organisation(session, row)
    return row.id


def checked_organisation(values: dict[str, Any]) -> dict[str, Any]:
    """An organisation's values, whose business ID must be one (its last digit is a check)."""
    if values["business_id"] and not ytunnus.is_valid(values["business_id"]):
        raise field_problem("/business_id", "business_id")
    return values


async def emit_organisation(session: AsyncSession, row: Organisation) -> None:
    """Tell of an organisation's new state; of one that nobody has approved, nothing."""
    if row.status != "proposed":
        await emit(session, events.OrganisationChanged.model_validate(row))


async def propose_organisation(session: AsyncSession, *, wanted: wire.OrganisationInput, address: str) -> uuid.UUID:
    """Keep what an organisation says of itself until a coordinator of its region approves. From one address, only so
    many are taken."""
    await store.lock_hash(session, address.encode())
    if await store.proposed_from(session, address) >= domain.MAX_PROPOSALS_AN_HOUR:
        raise TooManyRequests
    if not (wanted.email or wanted.phone):
        raise field_problem("/email", "contact")
    region = (await store.municipality(session, wanted.municipality)).region
    values = checked_organisation(wanted.model_dump(mode="json")) | {"region": region, "status": "proposed"}
    row = Organisation(**values)
    session.add(row)
    await flushed(session)
    return row.id


async def flushed(session: AsyncSession) -> None:
    """Write what is waiting; two organisations cannot have one business ID."""
    try:
        await session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, psycopg.Error) and error.orig.diag.constraint_name == "organisation_business_id":
            raise BusinessIdTaken from None
        raise


async def write_service_point(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.ServicePointInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
    unless: Check | None = None,
) -> uuid.UUID:
    """Create or replace a service point. `unless` refuses to shut one."""
    caller.require("registry:write")
    region = (await store.municipality(session, wanted.municipality)).region
    organisation = await store.organisation(session, wanted.organisation_id)
    caller.require_region(organisation.region)
    point = await session.get(ServicePoint, record) if record else None
    if point is None or point.organisation_id != organisation.id:  # nobody gives an organisation what is not theirs
        await access.may_write(session, caller, organisation)
    values = wanted.model_dump() | {
        "region": region,
        "drop_in": _plain(wanted.drop_in),
        "weekly_hours": _plain(wanted.weekly_hours),
    }
    before = await _shown(session, ServicePoint, record)
    row = await _save(session, caller, ServicePoint, record, values, if_match)
    is_open = (row.status, row.publishing) == ("active", "published")
    if unless is not None and before is not None and not is_open and before != (row.status, row.publishing):
        await unless()
    await emit_service_point(session, row)
    return row.id


async def emit_service_point(session: AsyncSession, row: ServicePoint) -> None:
    """Tell of a service point's new state. What is not published is told to the other services alone; everybody else
    learns only that it is not there, if it was."""
    hidden = row.publishing != "published"
    await emit(session, events.ServicePointChanged.model_validate(row), internal=hidden)
    if hidden and row.version > 1:
        await emit(session, events.ServicePointWithdrawn(id=row.id))


async def write_hours(
    session: AsyncSession,
    *,
    caller: Principal,
    point: uuid.UUID,
    days: list[wire.OpeningDay],
    if_match: int | None = None,
) -> int:
    """Say what is known of a service point's hours on some dates; other dates stay as they are. It is a change of the
    point, whose version it answers."""
    row = await session.get(ServicePoint, point, with_for_update=True)
    if row is None:
        raise NotFound
    caller.require("hours:write", await access.whose(session, row))
    unchanged(row.version, if_match)
    row.version += 1
    days = list({day.date: day for day in days}.values())  # of a date that stands twice, the last word counts
    states = [day.model_dump(mode="json", by_alias=True) for day in days]
    for day, state in zip(days, states, strict=True):
        await session.merge(OpeningDay(service_point_id=point, date=day.date, hours=state["hours"], edited=True))
    await emit_hours(session, row, states)
    return row.version


async def emit_hours(session: AsyncSession, point: ServicePoint, days: list[dict[str, Any]]) -> None:
    """Tell of the dates whose hours have changed. An event is for ever, so none goes out that cannot be read."""
    event = events.ServicePointHoursChanged(id=point.id, days=[wire.OpeningDay.model_validate(day) for day in days])
    await emit(session, event, internal=point.publishing != "published")


async def write_tutor(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.TutorInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
    unless: PeriodCheck | None = None,
) -> uuid.UUID:
    """Create or replace a tutor, with the account that they sign in to if they can be reached. `unless` refuses to end
    one, or to narrow the time in which they help to what it is given."""
    caller.require("registry:write")
    region = (await store.organisation(session, wanted.organisation_id)).region
    await _check_topics(session, wanted.topics)
    for code in wanted.home_municipalities:
        await store.municipality(session, code)
    for organisation in wanted.other_organisations:
        await store.organisation(session, organisation)
    values = wanted.model_dump(exclude={"email", "phone"}) | {"region": region, "training": _plain(wanted.training)}
    before = await _shown(session, Tutor, record)
    row = await _save(session, caller, Tutor, record, values, if_match)
    if unless is not None and before not in {None, (row.status, row.active_from, row.active_until)}:
        await unless(None if row.status != "active" else (row.active_from, row.active_until))
    await people.give_tutor_an_account(session, row, caller=caller, email=wanted.email, phone=wanted.phone)
    await emit_tutor(session, row)
    return row.id


async def emit_tutor(session: AsyncSession, row: Tutor) -> None:
    """Tell of a tutor's new state."""
    await emit(session, events.TutorChanged.model_validate(row))


async def write_offering(
    session: AsyncSession,
    *,
    caller: Principal,
    wanted: wire.OfferingInput,
    record: uuid.UUID | None = None,
    if_match: int | None = None,
) -> uuid.UUID:
    """Create or replace an offering."""
    caller.require("registry:write")
    region = (await store.organisation(session, wanted.organisation_id)).region
    await _check_topics(session, wanted.topics)
    values = wanted.model_dump() | {
        "region": region,
        "breaks": _plain(wanted.breaks),
        "questions": _plain(wanted.questions),
    }
    row = await _save(session, caller, Offering, record, values, if_match)
    await emit(session, events.OfferingChanged.model_validate(row))
    return row.id


async def write_topic(
    session: AsyncSession, *, caller: Principal, code: str, wanted: wire.TopicInput, if_match: int | None = None
) -> Topic:
    """Create or change a topic. A finer word's parent is a topic that has none."""
    caller.require("code-lists:write")
    if wanted.parent is not None:
        parent = await session.get(Topic, wanted.parent)
        if parent is None or parent.parent is not None or parent.code == code:
            raise InvalidReference(what=wanted.parent)
    values = wanted.model_dump() | {"words": None}  # it is found by other words now
    row = await session.get(Topic, code, with_for_update=True)
    if row is not None:
        unchanged(row.version, if_match)
        values["version"] = row.version + 1
    new = insert(Topic).values(code=code, **values)
    await session.execute(new.on_conflict_do_update(index_elements=["code"], set_=values))
    written = await session.get_one(Topic, code, populate_existing=True)
    await emit(session, events.TopicChanged.model_validate(written))
    return written


async def write_municipality(
    session: AsyncSession, *, caller: Principal, code: str, wanted: wire.MunicipalityInput, if_match: int | None = None
) -> Municipality:
    """Rename a municipality of the caller's region."""
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
    """Tell of a municipality's new state."""
    await emit(session, events.MunicipalityChanged.model_validate(row))
