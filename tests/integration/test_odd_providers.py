"""An identity provider that answers oddly opens nothing, and ends in no 500."""

import datetime as dt
from typing import Any

import pytest

from services.providers.actions import returned_sign_on, single_sign_on
from services.providers.actions.issuer import Issuer
from services.providers.actions.returned_sign_on import ReturnedSignOn
from services.providers.problems import SingleSignOnFailed
from shared import db
from shared.idempotency import RetryKey
from shared.problems import Problem, Unavailable
from shared.schemas import people as wire
from tests.integration.odd_provider import DISCOVERY, Odd

pytestmark = pytest.mark.anyio
NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://somebody.else"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"token_endpoint_auth_methods_supported": None},
        {"token_endpoint_auth_methods_supported": 3},
    ],
)
async def test_a_provider_that_describes_itself_oddly(
    providers_db: db.Sessions, issuer: Issuer, odd: Odd, changes: dict[str, Any]
) -> None:
    odd.answers = {DISCOVERY: odd.discovery(**changes)}
    await refused(providers_db, issuer, odd)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 100_000, b"{" + b" " * 2**21 + b"}"])
async def test_a_provider_that_does_not_answer_in_json(
    providers_db: db.Sessions, issuer: Issuer, odd: Odd, content: bytes
) -> None:
    odd.answers = {DISCOVERY: content}
    await refused(providers_db, issuer, odd)


async def refused(sessions: db.Sessions, issuer: Issuer, odd: Odd) -> None:
    with pytest.raises(SingleSignOnFailed):
        await single_sign_on.begin_single_sign_on(
            lambda: db.transaction(sessions),
            {"odd": odd.provider()},
            issuer=issuer,
            retry=RetryKey("anonymous", None, b""),
            wanted=wire.SingleSignOnInput(provider="odd"),
            public_url="http://x",
            address="192.0.2.1",
            allowances=[],
            now=NOW,
        )


@pytest.mark.parametrize(
    ("token", "keys"),
    [
        (b"{}", b'{"keys": []}'),
        (b'{"id_token": 7}', b'{"keys": []}'),
        (b'{"id_token": "\\ud800"}', b'{"keys": []}'),
        (b'{"id_token": "a.b.c"}', b'{"keys": []}'),
        (b'{"id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."}', b'{"keys": [{"kty": "oct", "k": "eA"}]}'),
        (b'{"id_token": "eyJhbGciOiJSUzI1NiJ9.e30.eA"}', b"[]"),
        (b'{"id_token": "eyJhbGciOiJSUzI1NiJ9.e30.eA"}', b'{"keys": 7}'),
        (b'{"id_token": "eyJhbGciOiJSUzI1NiIsImtpZCI6Int9In0.e30.eA"}', b'{"keys": [7]}'),
    ],
)
async def test_a_token_that_is_none(odd: Odd, token: bytes, keys: bytes) -> None:
    odd.answers = {DISCOVERY: odd.discovery(), "/t": token, "/k": keys}
    begun = ReturnedSignOn(odd.provider(), "s", "n", "v")
    with pytest.raises(SingleSignOnFailed):
        await returned_sign_on.claims_of(begun, wire.SingleSignOnCode(code="x", state="s"), "http://x")


@pytest.mark.parametrize("where", ["http://[::1", "http://\x00", "http://127.0.0.1:1/"])
async def test_an_endpoint_that_cannot_be_reached(odd: Odd, where: str) -> None:
    odd.answers = {DISCOVERY: odd.discovery(token_endpoint=where)}
    begun = ReturnedSignOn(odd.provider(), "s", "n", "v")
    with pytest.raises(Problem) as said:
        await returned_sign_on.claims_of(begun, wire.SingleSignOnCode(code="x", state="s"), "http://x")
    assert isinstance(said.value, Unavailable | SingleSignOnFailed)
