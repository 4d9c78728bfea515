"""Queries of accounts, their roles and their logins."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain.refresh_tokens import IDLE
from services.providers.models import Login, PendingGrant, Person, RoleGrant
from shared.audit.log import About


async def person_by_contact(session: AsyncSession, *, email: str | None, phone: str | None) -> Person | None:
    """Return the account with that e-mail address or phone number."""
    wanted = sa.select(Person).where(Person.phone == phone if phone else Person.email == email)
    return await session.scalar(wanted)


async def coordinators_in(session: AsyncSession, region: str) -> Sequence[Person]:
    """Return the accounts of those who coordinate a whole region."""
    coordinates = sa.select(RoleGrant.person_id).where(RoleGrant.role == "coordinator")
    wanted = sa.select(Person).where(Person.region == region, Person.id.in_(coordinates))
    return (await session.scalars(wanted.order_by(Person.id))).all()


async def told_account(session: AsyncSession, person: uuid.UUID) -> About:
    """Return an account as the audit log tells of it."""
    region = await session.scalar(sa.select(Person.region).where(Person.id == person))
    return About(str(person), region)


async def roles_of_people(session: AsyncSession, people: Collection[uuid.UUID]) -> Sequence[RoleGrant]:
    """Return what several people may do."""
    wanted = sa.select(RoleGrant).where(RoleGrant.person_id.in_(people)).order_by(RoleGrant.id)
    return (await session.scalars(wanted)).all()


async def roles_of(session: AsyncSession, person: uuid.UUID) -> Sequence[RoleGrant]:
    """Return what a person may do."""
    return await roles_of_people(session, [person])


async def tutors_of_account(session: AsyncSession, person: uuid.UUID) -> set[uuid.UUID]:
    """Return the tutors that somebody is, or is to be once a second person has confirmed it."""
    found: set[uuid.UUID] = set()
    for model in (RoleGrant, PendingGrant):
        wanted = sa.select(model.tutor_id).where(model.person_id == person)
        found.update(tutor for tutor in await session.scalars(wanted) if tutor is not None)
    return found


async def may_do_something(session: AsyncSession, person: uuid.UUID) -> bool:
    """Return whether an account has a role, or one that waits."""
    for model in (RoleGrant, PendingGrant):
        if await session.scalar(sa.select(model.id).where(model.person_id == person).limit(1)) is not None:
            return True
    return False


async def logins_of(session: AsyncSession, person: uuid.UUID, now: dt.datetime) -> Sequence[Login]:
    """Return where a person is signed in, the latest first."""
    wanted = _live(now).where(Login.person_id == person)
    return (await session.scalars(wanted.order_by(Login.created_at.desc()))).all()


async def live_login(session: AsyncSession, token_hash: bytes, now: dt.datetime) -> Login | None:
    """Return the login that has this refresh token now, if it has not run out; locked, so that its end and its use come
    one after the other."""
    return await session.scalar(_live(now).where(Login.token_hash == token_hash).with_for_update())


async def live_login_by_id(session: AsyncSession, login: uuid.UUID, now: dt.datetime) -> Login | None:
    """Return a login, if it has not run out; locked likewise."""
    return await session.scalar(_live(now).where(Login.id == login).with_for_update())


def _live(now: dt.datetime) -> sa.Select[Login]:
    return sa.select(Login).where(Login.expires_at > now, Login.last_used_at > now - IDLE)
