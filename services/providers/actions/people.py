"""People's accounts and roles, and API clients."""

import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers import access, store
from services.providers.models import ApiClient, Organisation, Person, RoleGrant, ServicePoint, SignedIn, Tutor
from services.providers.problems import ContactTaken, TwoSecrets
from shared import contacts
from shared.auth import Principal
from shared.keys import hash_token
from shared.problems import InvalidReference, NotFound, field_problem
from shared.schemas import people as wire


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
    access.may_give_access(caller, wanted.region)
    return await create_person(session, wanted)


async def create_person(session: AsyncSession, wanted: wire.PersonInput) -> uuid.UUID:
    """The account itself, for whoever has been allowed to ask for it."""
    if not (wanted.email or wanted.phone):
        raise field_problem("/email", "contact")
    await _check_roles(session, wanted.region, wanted.roles)
    person = Person(region=wanted.region, language=wanted.language, **_reachable(wanted.email, wanted.phone))
    await _add(session, person)
    session.add_all([RoleGrant(person_id=person.id, **role.model_dump()) for role in wanted.roles])
    await session.flush()
    return person.id


async def _check_roles(session: AsyncSession, region: str, roles: Sequence[wire.Role]) -> None:
    """Roles must stand on records of the account's own region, or a coordinator could reach into another's."""
    for role in roles:
        needed = {"staff": role.organisation_id, "tutor": role.tutor_id}.get(role.role, region)
        if needed is None:
            raise InvalidReference(what=role.role)
        for reference, model in (
            (role.organisation_id, Organisation),
            (role.service_point_id, ServicePoint),
            (role.tutor_id, Tutor),
        ):
            if reference is not None:
                region_of_it = await session.scalar(sa.select(model.region).where(model.id == reference))
                if region_of_it != region:
                    raise InvalidReference(what=str(reference))


async def give_tutor_an_account(session: AsyncSession, tutor: Tutor, *, email: str | None, phone: str | None) -> None:
    """Make or update the account that a tutor signs in to."""
    if not (email or phone):
        return
    reachable = _reachable(email, phone)
    if tutor.person_id is not None:
        await _change_contact(session, await session.get_one(Person, tutor.person_id), reachable)
        return
    person = Person(region=tutor.region, language=tutor.languages[0], **reachable)
    await _add(session, person)
    tutor.person_id = person.id
    session.add(RoleGrant(person_id=person.id, role="tutor", tutor_id=tutor.id, organisation_id=tutor.organisation_id))
    await session.flush()


async def _change_contact(session: AsyncSession, person: Person, reachable: dict[str, str | None]) -> None:
    """Let a person be reached otherwise. Who had signed in by the old contact is signed out."""
    if (person.email, person.phone) == (reachable["email"], reachable["phone"]):
        return
    try:
        async with session.begin_nested():
            person.email, person.phone = reachable["email"], reachable["phone"]
    except IntegrityError:
        raise ContactTaken from None
    await session.execute(sa.delete(SignedIn).where(SignedIn.person_id == person.id))


async def add_api_client(
    session: AsyncSession, *, caller: Principal, wanted: wire.ApiClientInput, tell: Callable[[str], None]
) -> uuid.UUID:
    """Register an API client. `tell` is given its secret, of which only a hash is kept."""
    access.may_give_access(caller, wanted.region)
    return await create_api_client(session, wanted, tell)


async def create_api_client(
    session: AsyncSession, wanted: wire.ApiClientInput, tell: Callable[[str], None]
) -> uuid.UUID:
    """The client itself, for whoever has been allowed to ask for it."""
    if wanted.organisation_id is not None:
        organisation = await store.organisation(session, wanted.organisation_id)
        if organisation.region != wanted.region:
            raise InvalidReference(what=str(wanted.organisation_id))
    secret = secrets.token_urlsafe(32)
    client = ApiClient(**wanted.model_dump(), secret_hash=hash_token(secret))
    session.add(client)
    await session.flush()
    tell(secret)
    return client.id


async def renew_secret(
    session: AsyncSession, *, caller: Principal, client: uuid.UUID, tell: Callable[[str], None]
) -> uuid.UUID:
    """A second secret, which works beside the first until `retire_secret`, so that nobody is ever without one."""
    row = await _client(session, caller, client)
    if row.next_secret_hash is not None:
        raise TwoSecrets
    secret = secrets.token_urlsafe(32)
    row.next_secret_hash = hash_token(secret)
    await session.flush()
    tell(secret)
    return row.id


async def retire_secret(session: AsyncSession, *, caller: Principal, client: uuid.UUID) -> None:
    """The old secret works no more; without a new one, nothing changes."""
    row = await _client(session, caller, client)
    if row.next_secret_hash is not None:
        row.secret_hash, row.next_secret_hash = row.next_secret_hash, None


async def revoke_client(session: AsyncSession, *, caller: Principal, client: uuid.UUID, now: dt.datetime) -> None:
    """The client gets no token any more; one that it has is good for a quarter of an hour at most."""
    row = await _client(session, caller, client)
    row.revoked_at = row.revoked_at or now


async def _client(session: AsyncSession, caller: Principal, client: uuid.UUID) -> ApiClient:
    row = await session.get(ApiClient, client, with_for_update=True)
    if row is None:
        access.may_give_access(caller, caller.region or "")
        raise NotFound
    access.may_give_access(caller, row.region)
    return row


def shown(client: ApiClient) -> dict[str, object]:
    """A client without its secret."""
    names = ("id", "name", "region", "organisation_id", "scopes", "last_used_at", "revoked_at")
    return {name: getattr(client, name) for name in names} | {"two_secrets": client.next_secret_hash is not None}
