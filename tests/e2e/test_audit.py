"""Who did what, and API clients whose secrets change without a pause."""

import ipaddress
import uuid

import httpx2
import psycopg
import pytest

from deploy.local.home import Home
from tests.installation import Installation

API = "/api/providers/v1"


@pytest.fixture(scope="module")
def coordinator(installation: Installation) -> dict[str, str]:
    return installation.as_coordinator()


def made(installation: Installation, headers: dict[str, str]) -> str:
    body = {"name": {"fi": "Kirjasto"}, "kind": "library", "municipality": "305"}
    return str(installation.http.post(f"{API}/organisations", json=body, headers=headers).json()["id"])


def test_who_did_what_is_told_to_the_coordinator_alone(installation: Installation, coordinator: dict[str, str]) -> None:
    http, client = installation.http, installation.as_client()
    record = made(installation, client)
    changed = {"name": {"fi": "Muu"}, "kind": "library", "municipality": "305"}
    http.put(f"{API}/organisations/{record}", json=changed, headers=coordinator).raise_for_status()
    me = http.get(f"{API}/me", headers=coordinator).json()["id"]
    log = http.get(f"{API}/audit", params={"record": record}, headers=coordinator).json()["items"]
    assert [(each["action"], each["kind"], each["region"]) for each in log] == [
        ("update", "organisation", "17"),
        ("insert", "organisation", "17"),
    ]
    assert [each["caller"] for each in log] == [f"person:{me}", f"client:{installation.demo()['client_id']}"]
    assert all(ipaddress.ip_address(each["address"]) for each in log)
    for other in (None, client, installation.sign_in(installation.demo()["tutor"])):
        assert http.get(f"{API}/audit", headers=other or {}).status_code in (401, 403)


def test_a_refused_change_leaves_no_trace_and_pages_follow_each_other(
    installation: Installation, coordinator: dict[str, str]
) -> None:
    http = installation.http
    first = http.get(f"{API}/audit", params={"limit": 3}, headers=coordinator).json()
    elsewhere = {"name": {"fi": "x"}, "kind": "library", "municipality": "091"}  # written, then found to be another's
    refused = http.post(f"{API}/organisations", json=elsewhere, headers=coordinator)
    assert refused.status_code == 403
    assert http.get(f"{API}/audit", params={"limit": 3}, headers=coordinator).json() == first
    second = http.get(f"{API}/audit", params={"limit": 3, "after": first["next"]}, headers=coordinator).json()
    ids = [each["id"] for each in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 6


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET caller = 'nobody'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_nobody_changes_the_log(installation: Installation, change: str) -> None:
    url = Home(installation.home, installation.port).database_url("providers")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute(change.encode())


def asks(installation: Installation, client: str, secret: str) -> int:
    answer: httpx2.Response = installation.http.post(
        f"{API}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, secret)
    )
    return answer.status_code


def test_a_secret_changes_without_a_pause_and_a_client_is_revoked(
    installation: Installation, coordinator: dict[str, str]
) -> None:
    http = installation.http
    body = {"name": "Asiointi", "region": "17", "scopes": ["events:read"]}
    client = http.post(f"{API}/api-clients", json=body, headers=coordinator).json()
    path, old = f"{API}/api-clients/{client['id']}", client["secret"]
    renewed = http.post(f"{path}/secret", headers=coordinator)
    assert renewed.status_code == 201
    new = renewed.json()["secret"]
    assert [asks(installation, client["id"], secret) for secret in (old, new)] == [200, 200]
    assert http.post(f"{path}/secret", headers=coordinator).status_code == 409
    assert http.delete(f"{path}/old-secret", headers=coordinator).status_code == 204
    assert [asks(installation, client["id"], secret) for secret in (old, new)] == [401, 200]
    listed = http.get(f"{API}/api-clients", headers=coordinator).json()["items"]
    [shown] = [each for each in listed if each["id"] == client["id"]]
    assert shown["last_used_at"] is not None
    assert shown["secret"] is None
    assert http.delete(path, headers=coordinator).status_code == 204
    assert asks(installation, client["id"], new) == 401


def test_clients_are_a_coordinators_alone(installation: Installation, coordinator: dict[str, str]) -> None:
    http, demo = installation.http, installation.demo()
    path = f"{API}/api-clients/{demo['client_id']}"
    for other in (installation.as_client(), installation.sign_in(demo["tutor"])):
        assert http.get(f"{API}/api-clients", headers=other).status_code == 403
        assert http.post(f"{path}/secret", headers=other).status_code == 403
        assert http.delete(path, headers=other).status_code == 403
    assert http.delete(f"{API}/api-clients/{uuid.uuid4()}", headers=coordinator).status_code == 404


def test_hours_of_a_day_are_told_too(installation: Installation, coordinator: dict[str, str]) -> None:
    http = installation.http
    point = http.get(f"{API}/service-points", params={"region": "17"}).json()["items"][0]["id"]
    day = [{"date": "2031-03-03", "hours": [{"from": "10:00", "to": "12:00"}]}]
    http.put(f"{API}/service-points/{point}/hours", json=day, headers=coordinator).raise_for_status()
    log = http.get(f"{API}/audit", params={"record": point}, headers=coordinator).json()["items"]
    assert (log[0]["kind"], log[0]["region"]) == ("opening_day", "17")
