"""Logins: what a sign-in opens, until it is ended or runs out, and the tokens that are given for it.

A login and its tokens are two steps, so that a sign-in whose answer was lost can be asked for again under the same
Idempotency-Key: the login is opened once, and each try gets tokens of its own, by which those of the try before end.
"""

import datetime as dt
import secrets
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.asking_first import Begin
from services.providers.actions.giving_roles import municipalities_of_roles
from services.providers.actions.issuer import Issuer
from services.providers.domain import refresh_tokens
from services.providers.domain.refresh_tokens import LOGIN_LIFETIME, Use
from services.providers.domain.strong_sign_in import is_bound
from services.providers.models import Login, Person
from services.providers.problems import InvalidGrant, UnsupportedTokenType
from services.providers.store.people import live_login, live_login_by_id, logins_of, roles_of
from shared.auth import Principal
from shared.keys import ACCESS_LIFETIME, AUDIENCE, ISSUER, Claim, audience_of, hash_token
from shared.problems import NotFound, NotYours
from shared.revoked import revoke
from shared.schemas import people as wire

USED_EVERY = dt.timedelta(minutes=1)  # not a write for each token
RETRY_WITHIN = dt.timedelta(minutes=10)  # as long as a code is good


async def open_login(session: AsyncSession, *, person: uuid.UUID, how: wire.HowSignedIn, now: dt.datetime) -> uuid.UUID:
    """Sign a person in, who has shown who they are; returns the login's id. It opens nothing before `give_token`."""
    row = Login(
        person_id=person,
        token_hash=hash_token(secrets.token_urlsafe(32)),
        how=how,
        created_at=now,
        last_used_at=now,
        expires_at=now + LOGIN_LIFETIME,
    )
    session.add(row)
    await session.flush()
    return row.id


async def give_token(session: AsyncSession, *, issuer: Issuer, login: uuid.UUID, now: dt.datetime) -> wire.Token:
    """Return the tokens of a login that was opened just now; raises `InvalidGrant` for one that is older, or was ended:
    a request that was sent long ago signs nobody in again."""
    row = await session.get(Login, login, with_for_update=True)
    if row is None or now > row.created_at + RETRY_WITHIN:
        raise InvalidGrant
    return await _next_token(session, issuer, row, now)


async def _next_token(session: AsyncSession, issuer: Issuer, row: Login, now: dt.datetime) -> wire.Token:
    row.generation, row.rotated_at = row.generation + 1, now
    row.token_hash = hash_token(refresh_tokens.refresh_token(issuer.secrets.current, row.id, row.generation))
    await session.flush()
    return await _person_token(session, issuer, row)


async def refresh_login(begin: Begin, *, issuer: Issuer, refresh_token: str, now: dt.datetime) -> wire.Token:
    """Return new tokens for a login that still runs, with the roles as they are now; raises `InvalidGrant`.

    A refresh token is good once. Shown again later, it has been stolen, by whom nobody knows, so the login is ended: in
    a transaction of its own, since what is refused is rolled back.
    """
    async with begin() as session:
        given = await _refresh(session, issuer, refresh_token, now)
    if given is None:
        raise InvalidGrant
    return given


async def _refresh(session: AsyncSession, issuer: Issuer, token: str, now: dt.datetime) -> wire.Token | None:
    login = refresh_tokens.login_of(token)
    if login is None or (row := await live_login_by_id(session, login, now)) is None:
        # One that a version of before has given, which was good for as long as its login.
        row = await live_login(session, hash_token(token), now)
        return await _next_token(session, issuer, row, now) if row else None
    if now - row.last_used_at > USED_EVERY:
        row.last_used_at = now
    match _judged(issuer, row, token, now):
        case Use.NEXT:
            return await _next_token(session, issuer, row, now)
        case Use.AGAIN:
            return await _person_token(session, issuer, row)
        case Use.REUSED:
            await _end_login(session, row)
    return None


def _judged(issuer: Issuer, row: Login, token: str, now: dt.datetime) -> Use:
    return refresh_tokens.judge(
        token, issuer.secrets.accepted, row.id, generation=row.generation, rotated_at=row.rotated_at, now=now
    )


async def end_by_token(
    session: AsyncSession, *, issuer: Issuer, token: str, bearer: Principal, now: dt.datetime
) -> None:
    """End the login that a refresh token opens, or that an access token is of, whose bearer is given; one that is not
    there has ended already (RFC 7009 section 2.2). Raises `UnsupportedTokenType` for one that would go on working."""
    if bearer.kind in {"client", "service"}:
        raise UnsupportedTokenType
    row = await live_login(session, hash_token(token), now)
    if row is None and (login := bearer.login or refresh_tokens.login_of(token)):
        row = await session.get(Login, login, with_for_update=True)
        if row and not bearer.login and _judged(issuer, row, token, now) is Use.NONE:
            return
    if row is not None:
        await _end_login(session, row)


async def list_logins(
    session: AsyncSession, person: uuid.UUID, *, current: uuid.UUID | None, now: dt.datetime
) -> list[wire.Login]:
    """Return where a person is signed in, the latest first."""
    names = ("id", "how", "created_at", "last_used_at", "expires_at")
    return [
        wire.Login.model_validate({name: getattr(row, name) for name in names} | {"current": row.id == current})
        for row in await logins_of(session, person, now)
    ]


async def end_own_login(session: AsyncSession, *, person: uuid.UUID, login: uuid.UUID) -> None:
    """End one of a person's own logins: what it opened is shut at once. Raises `NotFound`."""
    row = await session.get(Login, login, with_for_update=True)
    if row is None:
        raise NotFound
    if row.person_id != person:
        raise NotYours
    await _end_login(session, row)


async def _end_login(session: AsyncSession, row: Login) -> None:
    await session.delete(row)
    await session.flush()
    await revoke(session, "session", row.id)  # the former word stands in the events of all services


async def _person_token(session: AsyncSession, issuer: Issuer, row: Login) -> wire.Token:
    # Shared with other tokens, not with a change of what the person may do: that comes before or after this one.
    person = await session.get(Person, row.person_id, with_for_update={"read": True}, populate_existing=True)
    if person is None:  # forgotten meanwhile
        raise InvalidGrant
    grants = await roles_of(session, person.id)
    if is_bound(row.how, [grant.role for grant in grants], person.region, issuer.strong_sign_in):
        return _token(issuer, row, {"region": person.region, "bound": True}, audience_of("providers"))
    roles = [wire.Role.model_validate(role).model_dump(mode="json", exclude_none=True) for role in grants]
    claims: dict[str, Claim] = {"region": person.region, "roles": roles}
    if reached := await municipalities_of_roles(session, person.region, grants):
        claims["municipalities"] = reached
    return _token(issuer, row, claims, AUDIENCE)


def _token(issuer: Issuer, row: Login, claims: dict[str, Claim], audience: str) -> wire.Token:
    said = claims | {"kind": "person", "sid": str(row.id)}
    signed = issuer.keys.current().sign(ISSUER, str(row.person_id), ACCESS_LIFETIME, said, audience=audience)
    return wire.Token(
        access_token=signed,
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        refresh_token=refresh_tokens.refresh_token(issuer.secrets.current, row.id, row.generation),
    )
