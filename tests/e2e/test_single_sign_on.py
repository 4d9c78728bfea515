"""Signing in at a municipality's own identity provider."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.e2e.test_refusals import is_problem
from tests.identity_provider import IdentityProvider
from tests.installation import Installation

ASK = "/api/providers/v1/single-sign-ons"


def comes_back(
    installation: Installation,
    identity_provider: IdentityProvider,
    sub: str,
    provider: str = "kuusamo",
    *,
    change: dict[str, str | None] | None = None,
) -> httpx2.Response:
    """The answer to somebody who has signed in there as `sub`, and brings what the provider gave, or something else."""
    begun = installation.http.post(ASK, json={"provider": provider}).json()
    brought = identity_provider.sign_in(begun["address"], sub)
    return installation.http.post(f"{ASK}/{begun['id']}/login", json={**brought, **(change or {})})


def test_staff_sign_in_with_their_own_account_from_the_page(
    installation: Installation, identity_provider: IdentityProvider
) -> None:
    with httpx2.Client(base_url=installation.gateway) as browser:
        page = browser.get("/sign-in", headers={"Accept-Language": "en"}).text
        assert "Sign in with the account of Kuusamo" in page
        there = browser.get("/sign-in/provider", params={"provider": "kuusamo"}).headers["location"]
        assert there.startswith(identity_provider.issuer)
        brought = identity_provider.sign_in(there, "desk")
        back = browser.get("/sign-in/back/kuusamo", params=brought)
        assert (back.status_code, back.headers["location"]) == (303, "/day")
        assert browser.get("/day").status_code == 200
        me = {"Authorization": f"Bearer {browser.cookies['access']}"}
    logins = installation.http.get("/api/providers/v1/logins", headers=me).json()["items"]
    assert [each["how"] for each in logins if each["current"]] == ["single_sign_on"]


def test_who_left_in_another_browser_does_not_come_back_in_this_one(
    installation: Installation, identity_provider: IdentityProvider
) -> None:
    with httpx2.Client(base_url=installation.gateway) as mine, httpx2.Client(base_url=installation.gateway) as theirs:
        there = theirs.get("/sign-in/provider", params={"provider": "kuusamo"}).headers["location"]
        brought = identity_provider.sign_in(there, "desk")
        assert mine.get("/sign-in/back/kuusamo", params=brought).headers["location"] == "/sign-in"
        mine.get("/sign-in/provider", params={"provider": "kuusamo"})
        assert mine.get("/sign-in/back/kuusamo", params=brought).status_code == 401
        assert "access" not in mine.cookies


@pytest.mark.parametrize("sub", ["stranger", "unverified", "elsewhere", "never heard of"])
def test_whom_the_provider_does_not_vouch_for_or_nobody_knows_here_stays_out(
    installation: Installation, identity_provider: IdentityProvider, sub: str
) -> None:
    is_problem(comes_back(installation, identity_provider, sub), 403, "not-vouched-for")


def test_a_provider_opens_nothing_in_another_region(
    installation: Installation, identity_provider: IdentityProvider
) -> None:
    is_problem(comes_back(installation, identity_provider, "boss", "helsinki"), 403, "not-vouched-for")


def test_what_one_came_back_with_opens_once(installation: Installation, identity_provider: IdentityProvider) -> None:
    begun = installation.http.post(ASK, json={"provider": "kuusamo"}).json()
    brought = identity_provider.sign_in(begun["address"], "boss")
    body = brought
    assert installation.http.post(f"{ASK}/{begun['id']}/login", json=body).status_code == 201
    is_problem(installation.http.post(f"{ASK}/{begun['id']}/login", json=body), 401, "single-sign-on-failed")


def test_a_state_that_is_none_opens_nothing(installation: Installation, identity_provider: IdentityProvider) -> None:
    begun = installation.http.post(ASK, json={"provider": "kuusamo"}).json()
    brought = identity_provider.sign_in(begun["address"], "boss")
    forged = {**brought, "state": "x"}
    is_problem(installation.http.post(f"{ASK}/{begun['id']}/login", json=forged), 401, "single-sign-on-failed")


def test_a_code_of_another_sign_in_is_refused(installation: Installation, identity_provider: IdentityProvider) -> None:
    """Its verifier (RFC 7636) and its nonce are of the other one."""
    first, second = (installation.http.post(ASK, json={"provider": "kuusamo"}).json() for _ in range(2))
    stolen = identity_provider.sign_in(first["address"], "boss")
    own = identity_provider.sign_in(second["address"], "desk")
    body = {**own, "code": stolen["code"]}
    is_problem(installation.http.post(f"{ASK}/{second['id']}/login", json=body), 401, "single-sign-on-failed")


def test_an_answer_says_of_which_provider_it_is_and_comes_to_its_own_address(
    installation: Installation, identity_provider: IdentityProvider
) -> None:
    """RFC 9207: or one provider's code would be shown to another."""
    changes: list[dict[str, str | None]] = [{"iss": None}, {"iss": "https://b.example"}, {"provider": "helsinki"}]
    for change in changes:
        refused = comes_back(installation, identity_provider, "boss", change=change)
        is_problem(refused, 401, "single-sign-on-failed")
    there = installation.http.post(ASK, json={"provider": "kuusamo"}).json()["address"]
    assert parse_qs(urlsplit(there).query)["redirect_uri"] == [f"{installation.gateway}/sign-in/back/kuusamo"]
    own = comes_back(installation, identity_provider, "boss", change={"provider": "kuusamo"})
    assert own.status_code == 201


def test_a_provider_that_is_away_is_said_so(installation: Installation) -> None:
    is_problem(installation.http.post(ASK, json={"provider": "away"}), 503, "unavailable")
    is_problem(installation.http.post(ASK, json={"provider": "nobody"}), 404, "not-found")
