"""Queries of what waits for a second person, and of who is told."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.providers.models import (
    ApiClient,
    ConsentNotice,
    GrantNotice,
    Municipality,
    Organisation,
    PendingGrant,
    Person,
    RoleGrant,
    ServicePoint,
    Tutor,
)
from shared.db import lies_within
from shared.roles import Within


async def pending_of_people(session: AsyncSession, people: Collection[uuid.UUID]) -> Sequence[PendingGrant]:
    """Return the roles of several people that wait."""
    wanted = sa.select(PendingGrant).where(PendingGrant.person_id.in_(people)).order_by(PendingGrant.id)
    return (await session.scalars(wanted)).all()


async def pending_of_clients(session: AsyncSession, clients: Collection[uuid.UUID]) -> Sequence[PendingGrant]:
    """Return the scopes of several API clients that wait."""
    wanted = sa.select(PendingGrant).where(PendingGrant.client_id.in_(clients)).order_by(PendingGrant.id)
    return (await session.scalars(wanted)).all()


async def given_before(session: AsyncSession, at: dt.datetime) -> Sequence[PendingGrant]:
    """Return what was given by then, and nobody has confirmed."""
    return (await session.scalars(sa.select(PendingGrant).where(PendingGrant.given_at <= at))).all()


async def organisation_of(session: AsyncSession, grant: PendingGrant) -> Organisation | None:
    """Return in which organisation a grant is: a tutor's is in theirs, a coordinator's in none."""
    tutor = await session.get_one(Tutor, grant.tutor_id) if grant.tutor_id else None
    found = tutor.organisation_id if tutor else grant.organisation_id
    return await session.get_one(Organisation, found) if found else None


async def details_of(session: AsyncSession, grants: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, object]]:
    """Return, of several grants by their ids, how people know who was given them and who gave them, and where."""
    giver = aliased(Person)
    # Of an account alone: a cast of another text would fail.
    giver_id = sa.case((PendingGrant.given_by.startswith("person:"), sa.func.substr(PendingGrant.given_by, 8)))
    wanted = (
        sa.select(
            PendingGrant.id,
            sa.func.coalesce(Person.email, Person.phone, ApiClient.name).label("account"),
            Organisation.name.label("organisation"),
            ServicePoint.name.label("place"),
            sa.func.coalesce(giver.email, giver.phone).label("giver"),
        )
        .outerjoin(Person, Person.id == PendingGrant.person_id)
        .outerjoin(ApiClient, ApiClient.id == PendingGrant.client_id)
        .outerjoin(Tutor, Tutor.id == PendingGrant.tutor_id)
        .outerjoin(
            Organisation, Organisation.id == sa.func.coalesce(Tutor.organisation_id, PendingGrant.organisation_id)
        )
        .outerjoin(ServicePoint, ServicePoint.id == PendingGrant.service_point_id)
        .outerjoin(giver, giver.id == sa.cast(giver_id, sa.Uuid))
        .where(PendingGrant.id.in_(grants))
    )
    return {row["id"]: {**row} for row in (await session.execute(wanted)).mappings()}


def reached_by(reaches: Sequence[Within]) -> sa.ColumnElement[bool]:
    """Return the condition of a grant that lies within any of `reaches`: where its organisation is, or in the whole
    region."""
    tutors = sa.select(Tutor.organisation_id).where(Tutor.id == PendingGrant.tutor_id).scalar_subquery()
    reached = lies_within(
        reaches,
        region=Organisation.region,
        municipality=Organisation.municipality,
        organisation=Organisation.id,
    )
    found = sa.select(Organisation.id).where(reached)
    organisation = sa.func.coalesce(tutors, PendingGrant.organisation_id)
    of_region = sa.and_(organisation.is_(None), lies_within(reaches, region=PendingGrant.region))
    return sa.or_(organisation.in_(found), of_region)


async def managers_of(session: AsyncSession, organisation: Organisation) -> Sequence[uuid.UUID]:
    """Return the managers of an organisation."""
    wanted = sa.select(RoleGrant.person_id).where(
        RoleGrant.role == "manager", RoleGrant.organisation_id == organisation.id
    )
    return (await session.scalars(wanted.distinct().order_by(RoleGrant.person_id))).all()


async def coordinators_of(
    session: AsyncSession, region: str, organisation: Organisation | None = None
) -> Sequence[uuid.UUID]:
    """Return the coordinators of a region, and those of the sub-region that an organisation is in."""
    nearby = RoleGrant.role == "coordinator"
    if organisation is not None:
        place = await session.get_one(Municipality, organisation.municipality)
        of_place = sa.and_(RoleGrant.role == "sub_coordinator", RoleGrant.sub_region == place.sub_region)
        nearby = sa.or_(nearby, of_place)
    wanted = (
        sa.select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.region == region, nearby)
    )
    return (await session.scalars(wanted.distinct().order_by(RoleGrant.person_id))).all()


async def forget_old_notices(session: AsyncSession, before: dt.datetime) -> None:
    """Delete notices that nobody asks for any more."""
    for notice in (GrantNotice, ConsentNotice):
        await session.execute(sa.delete(notice).where(notice.created_at <= before))
