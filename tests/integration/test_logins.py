"""A lost answer burns no code: the same request under the same key is answered again, and no other is."""

import datetime as dt
import uuid

import jwt
import pytest
import sqlalchemy as sa

from services.providers.actions import challenges, logins, passkey_sign_in, returned_sign_on, sign_in
from services.providers.actions.identity_providers import IdentityProvider, IdTokenClaims
from services.providers.actions.issuer import Issuer
from services.providers.actions.returned_sign_on import ReturnedSignOn
from services.providers.actions.site import Site
from services.providers.domain.sign_in_codes import sign_in_code
from services.providers.models import Login, SignIn, SingleSignOn
from services.providers.problems import InvalidGrant, SingleSignOnFailed, WrongCode
from shared import db
from shared.auth import ANONYMOUS
from shared.idempotency import RetryKey
from shared.keys import hash_token
from shared.problems import KeyReused
from shared.revoked import Revoked
from shared.schemas.people import PasskeyChallenge, SingleSignOnCode, Token
from tests.integration.apps import SECRET
from tests.integration.providers import seed_registry

pytestmark = pytest.mark.anyio
NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)


async def begun_sign_in(sessions: db.Sessions) -> uuid.UUID:
    registry = await seed_registry(sessions)
    async with db.transaction(sessions) as session:
        person = registry.coordinator
        row = SignIn(person_id=person, contact_hash=b"x", by_phone=False, language="fi", created_at=NOW)
        session.add(row)
        await session.flush()
        return row.id


async def trade(
    sessions: db.Sessions,
    issuer: Issuer,
    begun: uuid.UUID,
    *,
    key: str | None = "k",
    code: str | None = None,
    now: dt.datetime = NOW,
) -> Token:
    typed = code or sign_in_code(SECRET, begun)
    retry = RetryKey("anonymous:anonymous", key, f"{begun} {typed}".encode())
    return await sign_in.trade_code(
        lambda: db.transaction(sessions), issuer=issuer, retry=retry, sign_in=begun, typed=typed, now=now
    )


def login_of(token: Token) -> str:
    return str(jwt.decode(token.access_token, options={"verify_signature": False})["sid"])


async def test_the_same_request_gets_another_token_of_the_same_login(providers_db: db.Sessions, issuer: Issuer) -> None:
    begun = await begun_sign_in(providers_db)
    lost, second = await trade(providers_db, issuer, begun), await trade(providers_db, issuer, begun)
    assert login_of(lost) == login_of(second)
    async with db.transaction(providers_db) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Login)) == 1
    await refresh(providers_db, issuer, second)
    with pytest.raises(InvalidGrant):
        await refresh(providers_db, issuer, lost)


async def refresh(sessions: db.Sessions, issuer: Issuer, token: Token, now: dt.datetime = NOW) -> Token:
    given = token.refresh_token or ""
    return await logins.refresh_login(lambda: db.transaction(sessions), issuer=issuer, refresh_token=given, now=now)


SECOND = dt.timedelta(seconds=1)


async def test_a_refresh_token_is_good_once_and_again_for_a_lost_answer(
    providers_db: db.Sessions, issuer: Issuer
) -> None:
    first = await trade(providers_db, issuer, await begun_sign_in(providers_db))
    second = await refresh(providers_db, issuer, first)
    assert second.refresh_token != first.refresh_token
    again = await refresh(providers_db, issuer, first, NOW + 60 * SECOND)
    assert again.refresh_token == second.refresh_token
    assert (await refresh(providers_db, issuer, second, NOW + 61 * SECOND)).refresh_token


@pytest.mark.parametrize("generations", [1, 3])
async def test_a_refresh_token_that_comes_back_ends_its_login(
    providers_db: db.Sessions, issuer: Issuer, generations: int
) -> None:
    stolen = last = await trade(providers_db, issuer, await begun_sign_in(providers_db))
    for _ in range(generations):
        last = await refresh(providers_db, issuer, last)
    for token in (stolen, last):  # and the right one opens nothing any more: nobody knows who is who
        with pytest.raises(InvalidGrant):
            await refresh(providers_db, issuer, token, NOW + 61 * SECOND)
    async with db.transaction(providers_db) as session:
        assert (await session.scalars(sa.select(Revoked.bearer))).all() == [f"session:{login_of(last)}"]


async def test_a_login_that_nobody_uses_ends(providers_db: db.Sessions, issuer: Issuer) -> None:
    token = await trade(providers_db, issuer, await begun_sign_in(providers_db))
    hour = dt.timedelta(hours=1)
    token = await refresh(providers_db, issuer, token, NOW + 3 * hour)
    token = await refresh(providers_db, issuer, token, NOW + 6 * hour)
    with pytest.raises(InvalidGrant):
        await refresh(providers_db, issuer, token, NOW + 10 * hour)


async def test_a_token_of_a_version_before_opens_its_login_and_gets_the_next(
    providers_db: db.Sessions, issuer: Issuer
) -> None:
    made_up = await trade(providers_db, issuer, await begun_sign_in(providers_db))
    async with db.transaction(providers_db) as session:
        await session.execute(sa.update(Login).values(token_hash=hash_token("random"), generation=0, rotated_at=None))
    old = made_up.model_copy(update={"refresh_token": "random"})
    assert login_of(await refresh(providers_db, issuer, await refresh(providers_db, issuer, old))) == login_of(made_up)


@pytest.mark.parametrize("text", ["", "x", "ä", "A" * 54, "A" * 8000])
async def test_what_is_no_refresh_token_is_refused(providers_db: db.Sessions, issuer: Issuer, text: str) -> None:
    token = await trade(providers_db, issuer, await begun_sign_in(providers_db))
    with pytest.raises(InvalidGrant):
        await refresh(providers_db, issuer, token.model_copy(update={"refresh_token": text}))
    await refresh(providers_db, issuer, token)


@pytest.mark.parametrize("key", [None, "another"])
async def test_without_its_key_a_code_opens_once(providers_db: db.Sessions, issuer: Issuer, key: str | None) -> None:
    begun = await begun_sign_in(providers_db)
    await trade(providers_db, issuer, begun)
    with pytest.raises(WrongCode):
        await trade(providers_db, issuer, begun, key=key)


async def test_a_wrong_code_is_counted_whatever_its_key(providers_db: db.Sessions, issuer: Issuer) -> None:
    begun = await begun_sign_in(providers_db)
    for nth in range(5):
        with pytest.raises(WrongCode):
            await trade(providers_db, issuer, begun, code="x", key=f"{nth % 2}")
    with pytest.raises(WrongCode):
        await trade(providers_db, issuer, begun)


async def test_a_wrong_code_leaves_its_key_to_the_right_one(providers_db: db.Sessions, issuer: Issuer) -> None:
    begun = await begun_sign_in(providers_db)
    with pytest.raises(WrongCode):
        await trade(providers_db, issuer, begun, code="x")
    assert (await trade(providers_db, issuer, begun)).refresh_token
    with pytest.raises(KeyReused):
        await trade(providers_db, issuer, begun, code="x")


async def test_a_retry_signs_nobody_in_who_has_signed_out(providers_db: db.Sessions, issuer: Issuer) -> None:
    begun = await begun_sign_in(providers_db)
    token = await trade(providers_db, issuer, begun)
    async with db.transaction(providers_db) as session:
        await logins.end_by_token(session, issuer=issuer, token=token.refresh_token or "", bearer=ANONYMOUS, now=NOW)
    with pytest.raises(InvalidGrant):
        await trade(providers_db, issuer, begun)


async def test_a_retry_that_comes_too_late_opens_nothing(providers_db: db.Sessions, issuer: Issuer) -> None:
    begun = await begun_sign_in(providers_db)
    await trade(providers_db, issuer, begun)
    with pytest.raises(WrongCode):
        await trade(providers_db, issuer, begun, now=NOW + dt.timedelta(minutes=10))
    async with db.transaction(providers_db) as session:
        login = (await session.scalars(sa.select(Login.id))).one()
        with pytest.raises(InvalidGrant):
            await logins.give_token(session, issuer=issuer, login=login, now=NOW + dt.timedelta(minutes=11))


async def test_a_challenge_that_is_asked_for_again_is_the_same(providers_db: db.Sessions, issuer: Issuer) -> None:
    async def ask() -> PasskeyChallenge:
        async with db.transaction(providers_db) as session:
            once = RetryKey("anonymous:anonymous", "k", b"same").once(session)
            asked = await once(
                lambda: challenges.add_challenge_for_anybody(
                    session, issuer=issuer, address="192.0.2.1", allowances=[], now=NOW
                )
            )
            return await passkey_sign_in.request_options(session, asked=asked, site=Site.of("http://127.0.0.1:8080"))

    first, second = await ask(), await ask()
    assert first == second
    assert first.options["rpId"] == "localhost"


async def test_a_return_that_is_retried_is_answered_without_asking_the_provider_again(
    providers_db: db.Sessions, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An authorization code is good once, at the provider too."""
    await seed_registry(providers_db)
    known = {
        "id": "kuusamo",
        "name": "Kuusamo",
        "region": "17",
        "email_domains": ["example.fi"],
        "issuer": "https://p.example",
    }
    provider = IdentityProvider.model_validate({**known, "client_id": "vuoro", "client_secret": "x"})
    async with db.transaction(providers_db) as session:
        row = SingleSignOn(provider="kuusamo", state="s", nonce="n", verifier="v", created_at=NOW)
        session.add(row)
        await session.flush()
    asked: list[str] = []

    async def claims_of(returned: ReturnedSignOn, *_what: object) -> IdTokenClaims:
        asked.append(returned.state)
        return IdTokenClaims(sub="1", aud="vuoro", nonce="n", email="pomo@example.fi", email_verified=True)

    monkeypatch.setattr(returned_sign_on, "claims_of", claims_of)

    async def come_back(key: str | None) -> Token:
        return await returned_sign_on.trade_return(
            lambda: db.transaction(providers_db),
            {"kuusamo": provider},
            issuer=issuer,
            retry=RetryKey("anonymous:anonymous", key, b"same"),
            begun=row.id,
            wanted=SingleSignOnCode(code="c", state="s"),
            public_url="http://x",
            now=NOW,
        )

    assert login_of(await come_back("k")) == login_of(await come_back("k"))
    assert asked == ["s"]
    with pytest.raises(SingleSignOnFailed):
        await come_back(None)
