"""The named queries of `providers`."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain import Known
from services.providers.models import (
    ApiClient,
    AuditEntry,
    Base,
    FormerMunicipality,
    Municipality,
    Offering,
    OpeningDay,
    Organisation,
    Person,
    PostalCode,
    RoleGrant,
    ServicePoint,
    SignedIn,
    SignIn,
    Topic,
    Tutor,
)
from shared.problems import InvalidReference, NotFound

Row = TypeVar("Row", bound=Base)


async def page(
    session: AsyncSession,
    model: type[Row],
    key: Any,
    *,
    after: Any,
    limit: int,
    only: Sequence[sa.ColumnElement[bool]] = (),
    **equal: Any,
) -> tuple[Sequence[Row], str | None]:
    """Up to `limit` rows in order of `key` after `after` whose columns equal what is given; and the next `after`."""
    wanted = sa.select(model).where(*only).order_by(key).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(key > after)
    for column, value in equal.items():
        if value is not None:
            wanted = wanted.where(getattr(model, column) == value)
    rows = (await session.scalars(wanted)).all()
    return rows[:limit], str(getattr(rows[limit - 1], key.key)) if len(rows) > limit else None


async def found(session: AsyncSession, model: type[Row], record: uuid.UUID) -> Row:
    """The record called that."""
    row = await session.get(model, record)
    if row is None:
        raise NotFound
    return row


async def municipality(session: AsyncSession, code: str) -> Municipality:
    """The municipality called `code`, which somebody refers to."""
    found = await session.get(Municipality, code)
    if found is None:
        raise InvalidReference(what=code)
    return found


async def organisation(session: AsyncSession, organisation_id: uuid.UUID) -> Organisation:
    """The organisation that somebody refers to."""
    found = await session.get(Organisation, organisation_id)
    if found is None or found.status == "proposed":  # one that nobody has approved has nothing yet
        raise InvalidReference(what=str(organisation_id))
    return found


async def unknown_topics(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    """Those of `codes` that are no topic that can be booked."""
    known = await session.scalars(sa.select(Topic.code).where(Topic.code.in_(codes), Topic.parent.is_(None)))
    return set(codes) - set(known)


async def municipality_codes(session: AsyncSession) -> dict[str, str]:
    """The code of every municipality, by its casefolded names and by itself, and by those that are part of it now."""
    found = {}
    former = await session.execute(
        sa.select(FormerMunicipality.name, FormerMunicipality.code, FormerMunicipality.merged_into)
    )
    now = await session.execute(sa.select(Municipality.name, Municipality.code, Municipality.code))
    for names, code, is_now in (*former, *now):  # a name that is somebody's today means them
        for name in (*names.values(), code):
            if name:
                found[name.casefold()] = is_now
    return found


async def opening_days(session: AsyncSession, point: uuid.UUID, start: dt.date, days: int) -> Sequence[OpeningDay]:
    """What is known of a point's hours on `days` dates from `start`."""
    wanted = (
        sa.select(OpeningDay)
        .where(
            OpeningDay.service_point_id == point,
            OpeningDay.date >= start,
            OpeningDay.date < start + dt.timedelta(days=days),
        )
        .order_by(OpeningDay.date)
    )
    return (await session.scalars(wanted)).all()


async def person_by_contact(session: AsyncSession, *, email: str | None, phone: str | None) -> Person | None:
    """The account with that e-mail address or phone number."""
    wanted = sa.select(Person).where(Person.phone == phone if phone else Person.email == email)
    return await session.scalar(wanted)


async def lock_hash(session: AsyncSession, hashed: bytes) -> None:
    """Deal with one request of a contact or an address at a time, so that requests at once count each other."""
    await session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:hash, 1))"), {"hash": hashed.hex()})


async def recent_sign_ins(session: AsyncSession, contact_hash: bytes, since: dt.datetime) -> int:
    """How many codes were asked for to a contact since then."""
    wanted = sa.select(sa.func.count()).where(SignIn.contact_hash == contact_hash, SignIn.created_at > since)
    return await session.scalar(wanted) or 0


async def sign_ins_from(session: AsyncSession, address_hash: bytes, since: dt.datetime) -> int:
    """How many codes were asked for from an address since then."""
    wanted = sa.select(sa.func.count()).where(SignIn.address_hash == address_hash, SignIn.created_at > since)
    return await session.scalar(wanted) or 0


async def is_region(session: AsyncSession, code: str) -> bool:
    """Whether there is such a region."""
    return await session.scalar(sa.select(Municipality.code).where(Municipality.region == code).limit(1)) is not None


async def municipalities_of(session: AsyncSession, region: str, sub_regions: Sequence[str]) -> list[str]:
    """The codes of the municipalities of some sub-regions of a region."""
    wanted = sa.select(Municipality.code).where(Municipality.region == region, Municipality.sub_region.in_(sub_regions))
    return list(await session.scalars(wanted.order_by(Municipality.code)))


async def sessions_of(session: AsyncSession, person: uuid.UUID, now: dt.datetime) -> Sequence[SignedIn]:
    """Where a person is signed in, the latest first."""
    wanted = sa.select(SignedIn).where(SignedIn.person_id == person, SignedIn.expires_at > now)
    return (await session.scalars(wanted.order_by(SignedIn.created_at.desc()))).all()


async def roles_of(session: AsyncSession, people: Collection[uuid.UUID]) -> Sequence[RoleGrant]:
    """What several people may do."""
    wanted = sa.select(RoleGrant).where(RoleGrant.person_id.in_(people)).order_by(RoleGrant.id)
    return (await session.scalars(wanted)).all()


async def roles(session: AsyncSession, person: uuid.UUID) -> Sequence[RoleGrant]:
    """What a person may do."""
    return await roles_of(session, [person])


async def live_session(session: AsyncSession, token_hash: bytes, now: dt.datetime) -> SignedIn | None:
    """The session that a refresh token opens, if it has not run out; locked, so that its end and its use come one after
    the other."""
    wanted = sa.select(SignedIn).where(SignedIn.token_hash == token_hash, SignedIn.expires_at > now)
    return await session.scalar(wanted.with_for_update())


async def was_used(session: AsyncSession, client: uuid.UUID, now: dt.datetime) -> None:
    """Note that an API client has been used, unless somebody else is at its row: it is not worth waiting for."""
    free = sa.select(ApiClient.id).where(ApiClient.id == client).with_for_update(skip_locked=True).scalar_subquery()
    await session.execute(sa.update(ApiClient).where(ApiClient.id == free).values(last_used_at=now))


async def proposed_from(session: AsyncSession, address: str) -> int:
    """How many organisations were proposed from an address within the hour."""
    wanted = sa.select(sa.func.count()).where(
        AuditEntry.caller == "anonymous:anonymous",
        AuditEntry.address == address,
        AuditEntry.kind == "organisation",
        AuditEntry.at > sa.func.now() - dt.timedelta(hours=1),
    )
    return await session.scalar(wanted) or 0


async def published(session: AsyncSession, region: str | None) -> Sequence[ServicePoint]:
    """Every service point that is shown, in order of id."""
    wanted = sa.select(ServicePoint).where(ServicePoint.status == "active", ServicePoint.publishing == "published")
    if region is not None:
        wanted = wanted.where(ServicePoint.region == region)
    return (await session.scalars(wanted.order_by(ServicePoint.id))).all()


async def audit(
    session: AsyncSession, *, region: str | None, record: str | None, after: uuid.UUID | None, limit: int
) -> Sequence[AuditEntry]:
    """What was done, the newest first: in a region and to what belongs to none; ids are in order of time."""
    wanted = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if region is not None:
        wanted = wanted.where(sa.or_(AuditEntry.region == region, AuditEntry.region.is_(None)))
    if record is not None:
        wanted = wanted.where(AuditEntry.record == record)
    if after is not None:
        wanted = wanted.where(AuditEntry.id < after)
    return (await session.scalars(wanted)).all()


async def help_at(session: AsyncSession, point: ServicePoint) -> Sequence[Offering]:
    """The help that is given at a service point, in order of id."""
    wanted = sa.select(Offering).where(
        Offering.organisation_id == point.organisation_id,
        Offering.status == "active",
        sa.literal("on_site") == sa.any_(Offering.channels),
    )
    return (await session.scalars(wanted.order_by(Offering.id))).all()


def has_postal_code(code: str) -> sa.ColumnElement[bool]:
    """The municipality that a postal code is in."""
    return Municipality.code.in_(sa.select(PostalCode.municipality).where(PostalCode.code == code))


async def is_at_work(session: AsyncSession, organisation: uuid.UUID) -> bool:
    """Whether an organisation has service points or tutors in use."""
    for model in (ServicePoint, Tutor):
        wanted = sa.select(model.id).where(model.organisation_id == organisation, model.status == "active")
        if await session.scalar(wanted.limit(1)) is not None:
            return True
    return False


async def known_of(session: AsyncSession, point: ServicePoint) -> Known:
    """What is known of a service point, as a citizen would ask for it."""
    offers = sa.select(Offering.id).where(
        Offering.organisation_id == point.organisation_id, Offering.status == "active"
    )
    dated = sa.select(OpeningDay.date).where(OpeningDay.service_point_id == point.id)
    return Known(
        help=bool(point.drop_in) or await session.scalar(offers.limit(1)) is not None,
        hours=bool(point.weekly_hours) or await session.scalar(dated.limit(1)) is not None,
        contact=bool(point.phone or point.email),
        coordinates=point.lat is not None and point.lon is not None,
        description=bool(point.description),
        features=bool(point.features),
        languages=frozenset(point.languages),
        not_done=bool(point.not_done),
        url=bool(point.url),
        named_in=frozenset(language for language, name in point.name.items() if name),
    )
