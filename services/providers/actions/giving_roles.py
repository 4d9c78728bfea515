"""Who may give which roles, and on which records a role may stand."""

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access
from services.providers.domain.roles import wrong_in_role
from services.providers.models import Organisation, RoleGrant, ServicePoint, Tutor
from services.providers.store.code_lists import is_region, municipalities_of
from services.providers.store.people import tutors_of_account
from shared.auth import Principal
from shared.problems import Forbidden, InvalidReference, fields_problem
from shared.roles import Whose
from shared.schemas.people import Role


async def require_to_give(session: AsyncSession, caller: Principal, region: str, roles: Iterable[Role]) -> None:
    """Refuse whoever would give, or take, more than lies within their own reach."""
    caller.require("access:give")
    caller.require_region(region)
    for role in roles:
        if not caller.may("access:give", await place_of_role(session, region, role)):
            raise Forbidden


async def place_of_role(session: AsyncSession, region: str, role: Role) -> Whose:
    """Return where what a role lets somebody reach belongs: a coordinator's, to the region itself."""
    record: Organisation | Tutor | None = None
    if role.role in {"manager", "staff"} and role.organisation_id is not None:
        record = await session.get(Organisation, role.organisation_id)
    elif role.role == "tutor" and role.tutor_id is not None:
        record = await session.get(Tutor, role.tutor_id)
    return Whose(region) if record is None else await access.whose(session, record)


async def check_roles(session: AsyncSession, region: str, roles: Sequence[Role]) -> None:
    """Refuse roles that name too little or too much, or stand on records of another region than the account's: a
    coordinator could reach into it."""
    if not await is_region(session, region):
        raise InvalidReference(what=region)
    wrong = [wrong_in_role(nth, role.model_dump()) for nth, role in enumerate(roles)]
    if any(wrong):
        raise fields_problem({pointer: kind for each in wrong for pointer, kind in each.items()})
    for role in roles:
        if role.sub_region is not None and not await municipalities_of(session, region, [role.sub_region]):
            raise InvalidReference(what=role.sub_region)
        await _check_records(session, region, role)


async def _check_records(session: AsyncSession, region: str, role: Role) -> None:
    for reference, model in (
        (role.organisation_id, Organisation),
        (role.service_point_id, ServicePoint),
        (role.tutor_id, Tutor),
    ):
        if reference is not None:
            region_of_it = await session.scalar(sa.select(model.region).where(model.id == reference))
            if region_of_it != region:
                raise InvalidReference(what=str(reference))


async def link_tutors(session: AsyncSession, person: uuid.UUID) -> None:
    """Link an account to the tutors that it is, or waits to be, and to no others. A tutor has one account; raises
    `InvalidReference` for one who has another."""
    tutors = await tutors_of_account(session, person)
    mine = await session.scalars(sa.select(Tutor).where(Tutor.person_id == person).with_for_update())
    for row in mine:
        if row.id not in tutors:
            row.person_id = None
    for tutor in sorted(tutors):
        row = await session.get_one(Tutor, tutor, with_for_update=True)
        if row.person_id not in {None, person}:
            raise InvalidReference(what=str(tutor))
        row.person_id = person
    await session.flush()


async def municipalities_of_roles(session: AsyncSession, region: str, roles: Sequence[RoleGrant]) -> list[str]:
    """Return the municipalities of the sub-regions that somebody coordinates."""
    sub_regions = [role.sub_region for role in roles if role.role == "sub_coordinator" and role.sub_region]
    return await municipalities_of(session, region, sub_regions) if sub_regions else []
