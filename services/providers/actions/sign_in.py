"""Signing in with a six-digit code."""

import datetime as dt
import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.asking_first import Begin
from services.providers.actions.issuer import Issuer
from services.providers.actions.logins import give_token, open_login
from services.providers.domain import sign_in_codes
from services.providers.domain.sign_in_codes import Asked, Verdict
from services.providers.models import Person, SignIn
from services.providers.problems import WrongCode
from services.providers.store.people import person_by_contact
from services.providers.store.sign_ins import Hashes, account_of_sign_in, asked_lately, lock_hash
from shared import contacts
from shared.addresses import network_of
from shared.feed import emit
from shared.http.allowances import Allowance
from shared.idempotency import RetryKey
from shared.problems import NotFound, TooManyRequests, field_problem
from shared.schemas import people as wire
from shared.schemas.events import SignInFailed, SignInRequested


async def start_sign_in(
    session: AsyncSession,
    *,
    issuer: Issuer,
    wanted: wire.SignInInput,
    address: str,
    allowances: list[Allowance],
    now: dt.datetime,
) -> uuid.UUID:
    """Start a sign-in; returns its id, and notes what is left to the address. A stranger gets the same answer as a
    member, and no message. Raises `TooManyRequests`."""
    phone, email = contacts.phone(wanted.contact), contacts.email(wanted.contact)
    if phone is None and email is None:
        raise field_problem("/contact", "reachable")
    email = email.lower() if email else None
    contact_hashes, address_hashes = issuer.hashes(phone or email or ""), issuer.hashes(network_of(address))
    asked = await _check_limits(session, contact_hashes, address_hashes, now)
    allowances.append(_allowance(asked))
    person = await person_by_contact(session, email=email, phone=phone)
    sign_in = SignIn(
        person_id=person.id if person else None,
        contact_hash=contact_hashes[0],
        address_hash=address_hashes[0],
        by_phone=phone is not None,
        language=wanted.language,
        created_at=now,
    )
    session.add(sign_in)
    await session.flush()
    if person is not None:
        await emit(session, SignInRequested(id=sign_in.id), internal=True)
    return sign_in.id


async def _check_limits(session: AsyncSession, contact: Hashes, address: Hashes, now: dt.datetime) -> Asked:
    for hashed in sorted({*contact, *address}):  # in one order, or two requests wait for each other
        await lock_hash(session, hashed)
    asked = await asked_lately(session, contact, address, now)
    if not sign_in_codes.may_ask(asked):
        raise TooManyRequests
    return asked


def _allowance(asked: Asked) -> Allowance:
    """Return what is left to an address. What is left of a contact would tell who else has asked for it lately."""
    most, within = sign_in_codes.MAX_SIGN_INS_FROM_ADDRESS, sign_in_codes.SIGN_INS_WITHIN
    return Allowance("address", most, within, most - asked.from_address - 1, within)


async def for_asker(session: AsyncSession, sign_in: uuid.UUID) -> wire.SignIn:
    """Return a sign-in as its asker may see it."""
    row = await session.get_one(SignIn, sign_in)
    return wire.SignIn(id=row.id, expires_at=row.created_at + sign_in_codes.CODE_LIFETIME)


async def code_message(
    session: AsyncSession, *, issuer: Issuer, sign_in: uuid.UUID, now: dt.datetime
) -> wire.SignInMessage:
    """Return what to send for a sign-in, and where; raises `NotFound` for one that is used or has run out."""
    row = await session.get(SignIn, sign_in)
    if row is None or row.person_id is None or row.used_at or now >= row.created_at + sign_in_codes.CODE_LIFETIME:
        raise NotFound
    person = await session.get_one(Person, row.person_id)
    return wire.SignInMessage.model_validate(
        {
            "language": row.language,
            "code": sign_in_codes.sign_in_code(issuer.secrets.current, row.id),
            "email": None if row.by_phone else person.email,
            "phone": person.phone if row.by_phone else None,
            "region": person.region,
        }
    )


async def warning(session: AsyncSession, *, sign_in: uuid.UUID) -> wire.SignInWarning:
    """Return whom to warn that somebody tries to sign in as them, by all their contacts; raises `NotFound` when they
    are nobody any more."""
    row = await session.get(SignIn, sign_in)
    person = await session.get(Person, row.person_id) if row and row.person_id else None
    if row is None or person is None:
        raise NotFound
    return wire.SignInWarning.model_validate(
        {"language": row.language, "email": person.email, "phone": person.phone, "region": person.region}
    )


async def trade_code(
    begin: Begin, *, issuer: Issuer, retry: RetryKey, sign_in: uuid.UUID, typed: str, now: dt.datetime
) -> wire.Token:
    """Trade a code for a token; raises `WrongCode`.

    The try is counted in a transaction of its own, since what is refused is rolled back. A retry of the request that
    used the code, under the same key, is another try, and is answered again: a lost answer burns no code.
    """
    async with begin() as session:
        fits = await _count_try(session, issuer, retry, sign_in, typed, now)
        account = None if fits else await account_of_sign_in(session, sign_in)
    if not fits:
        raise WrongCode(account)
    async with begin() as session:
        login = await retry.once(session)(lambda: _use(session, sign_in, now))
        return await give_token(session, issuer=issuer, login=login, now=now)


async def _count_try(
    session: AsyncSession, issuer: Issuer, retry: RetryKey, sign_in: uuid.UUID, typed: str, now: dt.datetime
) -> bool:
    row = await session.get(SignIn, sign_in, with_for_update=True)
    if row is None:
        return False
    is_retry = await retry.once(session).earlier() is not None
    verdict = sign_in_codes.judge_code(
        typed,
        [sign_in_codes.sign_in_code(secret, row.id) for secret in issuer.secrets.accepted],
        attempts=row.attempts,
        created_at=row.created_at,
        used=row.used_at is not None and not is_retry,
        now=now,
    )
    row.attempts += 1
    if verdict is Verdict.WRONG and row.attempts == sign_in_codes.MAX_ATTEMPTS:
        await _warn_owner(session, row, now)
    return verdict is Verdict.RIGHT and row.person_id is not None


async def _warn_owner(session: AsyncSession, row: SignIn, now: dt.datetime) -> None:
    """Have the account's owner told, unless these wrong codes came from where they have signed in themselves."""
    if row.person_id is None or row.address_hash is None:
        return
    asked = await asked_lately(session, [row.contact_hash], [row.address_hash], now)
    if not asked.at_home:
        await emit(session, SignInFailed(id=row.id), internal=True)


async def _use(session: AsyncSession, sign_in: uuid.UUID, now: dt.datetime) -> uuid.UUID:
    row = await session.get(SignIn, sign_in, with_for_update=True)
    if row is None or row.person_id is None or row.used_at is not None:  # somebody else was faster
        raise WrongCode
    row.used_at = now
    return await open_login(session, person=row.person_id, how="code", now=now)
