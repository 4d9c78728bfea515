"""OAuth as its RFCs have it: errors, metadata, revocation."""

from typing import Any

import httpx2
import pytest

from tests.installation import Installation, eventually

TOKEN, REVOKE = "/api/providers/v1/oauth/token", "/api/providers/v1/oauth/revoke"


def is_oauth_error(answer: httpx2.Response, status: int, error: str) -> None:
    """RFC 6749 section 5.2, and a problem besides."""
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["error"], said["status"]) == (status, error, status)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    allowed = {chr(code) for code in range(0x20, 0x7F)} - {'"', "\\"}
    assert set(said["error_description"]) <= allowed


FORMS: list[tuple[dict[str, str], int, str]] = [
    ({}, 400, "invalid_request"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": "refresh_token"}, 400, "invalid_request"),
    ({"grant_type": "refresh_token", "refresh_token": "made up"}, 400, "invalid_grant"),
    ({"grant_type": "client_credentials"}, 401, "invalid_client"),
    ({"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}, 401, "invalid_client"),
]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(("form", "status", "error"), FORMS, ids=str)
def test_an_error_is_one_of_oauth(
    installation: Installation, form: dict[str, str], status: int, error: str, language: str
) -> None:
    answer = installation.http.post(TOKEN, data=form, headers={"Accept-Language": language})
    is_oauth_error(answer, status, error)
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_body_that_is_no_form_is_an_error_of_oauth(installation: Installation) -> None:
    http = installation.http
    is_oauth_error(http.post(TOKEN, json={"grant_type": "client_credentials"}), 400, "invalid_request")
    is_oauth_error(http.post(REVOKE), 400, "invalid_request")
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    is_oauth_error(http.post(TOKEN, content=b"--x\r\nbroken", headers=broken), 400, "invalid_request")


def test_a_client_shows_its_secret_in_one_way(installation: Installation) -> None:
    demo = installation.demo()
    basic = (demo["client_id"], demo["client_secret"])
    form = {"grant_type": "client_credentials", "client_id": basic[0]}
    given = installation.http.post(TOKEN, data=form, auth=basic)
    assert given.status_code == 200
    assert (given.headers["cache-control"], given.headers["pragma"]) == ("no-store", "no-cache")
    twice = installation.http.post(TOKEN, data={**form, "client_secret": basic[1]}, auth=basic)
    is_oauth_error(twice, 400, "invalid_request")


def test_the_metadata_lead_to_what_there_is(installation: Installation) -> None:
    http = installation.http
    said = http.get("/.well-known/oauth-authorization-server").json()
    assert said["issuer"] == installation.gateway  # RFC 8414 section 3.3: where it was asked for
    assert said == http.get("/api/providers/v1/oauth/metadata").json()
    assert http.get(said["jwks_uri"]).json()["keys"]
    is_oauth_error(http.post(said["token_endpoint"]), 400, "invalid_request")
    is_oauth_error(http.post(said["revocation_endpoint"]), 400, "invalid_request")
    assert "events:read" in said["scopes_supported"]


def login(installation: Installation, contact: str) -> dict[str, str]:
    """The tokens of somebody who has just signed in."""
    found: dict[str, str] = {}

    def keep(answer: httpx2.Response) -> None:
        if answer.request.url.path.endswith("/login"):
            answer.read()
            found.update(answer.json())

    installation.http.event_hooks["response"].append(keep)
    try:
        installation.sign_in(contact)
    finally:
        installation.http.event_hooks["response"].remove(keep)
    return found


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_that_was_revoked_opens_nothing(installation: Installation, kind: str) -> None:
    tokens = login(installation, "asa@vuoro.example")
    http, bearer = installation.http, {"Authorization": f"Bearer {tokens['access_token']}"}
    assert http.get("/api/providers/v1/me", headers=bearer).status_code == 200
    for _ in range(2):
        assert http.post(REVOKE, data={"token": tokens[kind], "token_type_hint": kind}).status_code == 200

    def refused() -> httpx2.Response | None:
        answer = http.get("/api/providers/v1/me", headers=bearer)
        return answer if answer.status_code == 401 else None

    again = eventually(refused, seconds=5)
    assert again.headers["www-authenticate"].endswith('error="invalid_token"')
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    is_oauth_error(http.post(TOKEN, data=form), 400, "invalid_grant")


def test_a_token_that_goes_on_working_is_not_said_to_be_revoked(installation: Installation) -> None:
    token = installation.client_token()
    is_oauth_error(installation.http.post(REVOKE, data={"token": token}), 400, "unsupported_token_type")
    headers = {"Authorization": f"Bearer {token}"}
    assert installation.http.get("/api/booking/v1/events", headers=headers).status_code == 200


def test_a_token_that_is_none_is_revoked_already(installation: Installation) -> None:
    """RFC 7009 section 2.2."""
    assert installation.http.post(REVOKE, data={"token": "made up"}).status_code == 200
