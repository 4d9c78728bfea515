"""People's accounts and roles."""

import uuid
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access, domain, store
from services.providers.models import (
    Identity,
    Organisation,
    Passkey,
    Person,
    RoleGrant,
    ServicePoint,
    SignedIn,
    SignIn,
    Tutor,
)
from services.providers.problems import ContactTaken
from shared import contacts
from shared.auth import Principal
from shared.db import lies_within
from shared.problems import Forbidden, InvalidReference, NotFound, field_problem, fields_problem
from shared.revoked import revoke
from shared.roles import Whose
from shared.schemas import people as wire

WAYS_IN: tuple[type[SignIn | SignedIn | Passkey | Identity], ...] = (SignIn, SignedIn, Passkey, Identity)


def _reachable(email: str | None, phone: str | None) -> dict[str, str | None]:
    """The contacts as they are kept; raises `InvalidInput` for one that reaches nobody."""
    number = contacts.phone(phone) if phone else None
    if phone and number is None:
        raise field_problem("/phone", "phone")
    address = contacts.email(email) if email else None
    if email and address is None:
        raise field_problem("/email", "email")
    return {"email": address.lower() if address else None, "phone": number}


async def _add(session: AsyncSession, person: Person) -> None:
    try:
        async with session.begin_nested():
            session.add(person)
    except IntegrityError:
        raise ContactTaken from None


async def add_person(session: AsyncSession, *, caller: Principal, wanted: wire.PersonInput) -> uuid.UUID:
    """Give somebody an account with roles."""
    await _may_give(session, caller, wanted.region, wanted.roles)
    return await create_person(session, wanted)


async def create_person(session: AsyncSession, wanted: wire.PersonInput) -> uuid.UUID:
    """The account itself, for whoever has been allowed to ask for it."""
    if not (wanted.email or wanted.phone):
        raise field_problem("/email", "contact")
    await _check_roles(session, wanted.region, wanted.roles)
    person = Person(region=wanted.region, language=wanted.language, **_reachable(wanted.email, wanted.phone))
    await _add(session, person)
    session.add_all([RoleGrant(person_id=person.id, **role.model_dump()) for role in wanted.roles])
    await _be_tutors(session, person.id, {role.tutor_id for role in wanted.roles if role.tutor_id})
    return person.id


async def replace_person(
    session: AsyncSession, *, caller: Principal, person: uuid.UUID, wanted: wire.PersonInput
) -> None:
    """Change an account: its roles, as far as the caller reaches, at once; its contacts, when the caller reaches all
    that it may do, or whoever gives one role could take over the others."""
    row, roles = await _account(session, caller, person)
    if wanted.region != row.region:
        raise field_problem("/region", "unchanged")
    if not (wanted.email or wanted.phone):
        raise field_problem("/email", "contact")
    changed = [role for role in (*roles, *wanted.roles) if (role in roles) != (role in wanted.roles)]
    reachable = _reachable(wanted.email, wanted.phone)
    moves = (row.email, row.phone) != (reachable["email"], reachable["phone"])
    await _may_give(session, caller, row.region, [*roles, *wanted.roles] if moves else changed)
    await _check_roles(session, row.region, [role for role in wanted.roles if role not in roles])
    row.language = wanted.language
    await _change_contact(session, row, reachable)
    if changed:
        await session.execute(sa.delete(RoleGrant).where(RoleGrant.person_id == person))
        session.add_all([RoleGrant(person_id=person, **role.model_dump()) for role in wanted.roles])
        await _be_tutors(session, person, {role.tutor_id for role in wanted.roles if role.tutor_id})
        await roles_changed(session, row)


async def remove_person(session: AsyncSession, *, caller: Principal, person: uuid.UUID) -> None:
    """Take an account away, when the caller reaches all that it may do. A tutor's record stays, without an account."""
    row, roles = await _account(session, caller, person)
    await _may_give(session, caller, row.region, roles)
    await forget_person(session, row)


async def forget_person(session: AsyncSession, row: Person) -> None:
    """Delete an account, and sign it out everywhere at once. What it did is in the audit log by a number that is
    nobody's any more."""
    await revoke(session, "person", row.id)
    await session.execute(sa.update(Tutor).where(Tutor.person_id == row.id).values(person_id=None))
    for model in (*WAYS_IN, RoleGrant):
        await session.execute(sa.delete(model).where(model.person_id == row.id))
    await session.delete(row)
    await session.flush()


async def roles_changed(session: AsyncSession, row: Person) -> None:
    """What was given to somebody before holds no longer; the next token says what does."""
    await revoke(session, "person", row.id)


async def _account(session: AsyncSession, caller: Principal, person: uuid.UUID) -> tuple[Person, list[wire.Role]]:
    """An account, locked, with its roles; for who reaches none of them it is not there."""
    caller.require("access:give")
    row = await session.get(Person, person, with_for_update=True)
    if row is None:
        raise NotFound
    roles = [wire.Role.model_validate(role) for role in await store.roles(session, person)]
    whose = [await _whose(session, row.region, role) for role in roles]
    if not any(caller.may("access:give", each) for each in (*whose, Whose(row.region))):
        raise NotFound
    return row, roles


async def _may_give(session: AsyncSession, caller: Principal, region: str, roles: Iterable[wire.Role]) -> None:
    """Refuse whoever would give, or take, more than lies within their own reach."""
    caller.require("access:give")
    caller.require_region(region)
    for role in roles:
        if not caller.may("access:give", await _whose(session, region, role)):
            raise Forbidden


async def _whose(session: AsyncSession, region: str, role: wire.Role) -> Whose:
    """Where what a role lets somebody reach belongs: a coordinator's, to the region itself."""
    record: Organisation | Tutor | None = None
    if role.role in {"manager", "staff"} and role.organisation_id is not None:
        record = await session.get(Organisation, role.organisation_id)
    elif role.role == "tutor" and role.tutor_id is not None:
        record = await session.get(Tutor, role.tutor_id)
    return Whose(region) if record is None else await access.whose(session, record)


async def _check_roles(session: AsyncSession, region: str, roles: Sequence[wire.Role]) -> None:
    """Roles must stand on records of the account's own region, or a coordinator could reach into another's."""
    if not await store.is_region(session, region):
        raise InvalidReference(what=region)
    wrong = [domain.wrong_in_role(nth, role.model_dump()) for nth, role in enumerate(roles)]
    if any(wrong):
        raise fields_problem({pointer: kind for each in wrong for pointer, kind in each.items()})
    for role in roles:
        if role.sub_region is not None and not await store.municipalities_of(session, region, [role.sub_region]):
            raise InvalidReference(what=role.sub_region)
        await _check_records(session, region, role)


async def _be_tutors(session: AsyncSession, person: uuid.UUID, tutors: Collection[uuid.UUID]) -> None:
    """Be the account of these tutors, and of no others; a tutor has one account."""
    mine = await session.scalars(sa.select(Tutor).where(Tutor.person_id == person).with_for_update())
    for row in mine:
        if row.id not in tutors:
            row.person_id = None
    for tutor in tutors:
        row = await session.get_one(Tutor, tutor, with_for_update=True)
        if row.person_id not in {None, person}:
            raise InvalidReference(what=str(tutor))
        row.person_id = person
    await session.flush()


async def _check_records(session: AsyncSession, region: str, role: wire.Role) -> None:
    for reference, model in (
        (role.organisation_id, Organisation),
        (role.service_point_id, ServicePoint),
        (role.tutor_id, Tutor),
    ):
        if reference is not None:
            region_of_it = await session.scalar(sa.select(model.region).where(model.id == reference))
            if region_of_it != region:
                raise InvalidReference(what=str(reference))


async def give_tutor_an_account(
    session: AsyncSession, tutor: Tutor, *, caller: Principal, email: str | None, phone: str | None
) -> None:
    """Make or update the account that a tutor signs in to. Of one that may do more than help, the contacts are changed
    by who reaches all that."""
    if not (email or phone):
        return
    reachable = _reachable(email, phone)
    if tutor.person_id is not None:
        person = await session.get_one(Person, tutor.person_id, with_for_update=True)
        if (person.email, person.phone) != (reachable["email"], reachable["phone"]):
            roles = [wire.Role.model_validate(role) for role in await store.roles(session, person.id)]
            if others := [role for role in roles if role.tutor_id != tutor.id]:
                await _may_give(session, caller, person.region, others)
            await _change_contact(session, person, reachable)
        return
    person = Person(region=tutor.region, language=tutor.languages[0], **reachable)
    await _add(session, person)
    tutor.person_id = person.id
    session.add(RoleGrant(person_id=person.id, role="tutor", tutor_id=tutor.id, organisation_id=tutor.organisation_id))
    await session.flush()


async def _change_contact(session: AsyncSession, person: Person, reachable: dict[str, str | None]) -> None:
    """Let a person be reached otherwise. Whoever came in by the old contact is out, with every way in that they had:
    codes under way, sessions, passkeys, accounts elsewhere."""
    if (person.email, person.phone) == (reachable["email"], reachable["phone"]):
        return
    try:
        async with session.begin_nested():
            person.email, person.phone = reachable["email"], reachable["phone"]
    except IntegrityError:
        raise ContactTaken from None
    for model in WAYS_IN:
        await session.execute(sa.delete(model).where(model.person_id == person.id))
    await revoke(session, "person", person.id)


def reached(caller: Principal) -> sa.ColumnElement[bool]:
    """The accounts some of whose roles the caller could give. A tutor's role is where the tutor's organisation is."""
    caller.require("access:give")
    reaches = caller.within("access:give")
    whole = [reach for reach in reaches if reach.organisation is None and reach.municipalities is None]
    theirs = (
        sa.select(RoleGrant.person_id)
        .outerjoin(Tutor, Tutor.id == RoleGrant.tutor_id)
        .join(Organisation, Organisation.id == sa.func.coalesce(Tutor.organisation_id, RoleGrant.organisation_id))
        .where(
            RoleGrant.role != "coordinator",
            lies_within(
                reaches,
                region=Organisation.region,
                municipality=Organisation.municipality,
                organisation=Organisation.id,
            ),
        )
    )
    return sa.or_(lies_within(whole, region=Person.region), Person.id.in_(theirs))


async def shown(session: AsyncSession, people: Sequence[Person]) -> list[wire.PersonDetails]:
    """Accounts with their roles."""
    roles: dict[uuid.UUID, list[wire.Role]] = {person.id: [] for person in people}
    for grant in await store.roles_of(session, roles):
        roles[grant.person_id].append(wire.Role.model_validate(grant))
    names = ("id", "region", "language", "email", "phone")
    return [
        wire.PersonDetails.model_validate({**{name: getattr(each, name) for name in names}, "roles": roles[each.id]})
        for each in people
    ]


async def municipalities_of_roles(session: AsyncSession, region: str, roles: Sequence[RoleGrant]) -> list[str]:
    """The municipalities of the sub-regions that somebody coordinates."""
    sub_regions = [role.sub_region for role in roles if role.role == "sub_coordinator" and role.sub_region]
    return await store.municipalities_of(session, region, sub_regions) if sub_regions else []
