"""Who did what, and API clients whose secrets change without a pause."""

import datetime as dt
import ipaddress
import os
import subprocess
import sys
import uuid
from typing import Any

import httpx2
import psycopg
import pytest

from deploy.local.home import Home
from shared.keys import ISSUER, KeyRing
from tests.conftest import ROOT
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


def test_of_a_refused_change_only_the_refusal_is_told_and_pages_follow_each_other(
    installation: Installation, coordinator: dict[str, str]
) -> None:
    http = installation.http
    elsewhere = {"name": {"fi": "x"}, "kind": "library", "municipality": "091"}  # written, then found to be another's
    refused = http.post(f"{API}/organisations", json=elsewhere, headers=coordinator)
    assert refused.status_code == 403
    first = http.get(f"{API}/audit", params={"limit": 3}, headers=coordinator).json()
    assert [(each["action"], each["kind"]) for each in first["items"][:1]] == [("refused", "POST /organisations")]
    second = http.get(f"{API}/audit", params={"limit": 3, "after": first["next"]}, headers=coordinator).json()
    ids = [each["id"] for each in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 6


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET caller = 'nobody'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_nobody_changes_the_log(installation: Installation, change: str) -> None:
    url = Home(installation.home, installation.port).database_url("providers")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
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


def entries(installation: Installation, service: str, record: str) -> list[dict[str, Any]]:
    """What a service's log says of a record, the newest first."""
    answer = installation.http.get(
        f"/api/{service}/v1/audit", params={"record": record}, headers=installation.as_coordinator()
    )
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_who_sees_a_citizen_is_written_down_and_the_citizen_is_not(installation: Installation) -> None:
    """Act 906/2019, section 17."""
    http, client = installation.http, installation.as_client()
    booked = installation.book(installation.slots(channel="phone")[0]["id"], name="Tuntematon Käyttäjä").json()
    path, day = f"/api/booking/v1/appointments/{booked['id']}", booked["start"][:10]
    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    assert http.get(path, headers=key).json()["citizen"]
    assert http.get("/api/booking/v1/appointments/mine", headers=key).json()["citizen"]
    assert entries(installation, "booking", booked["id"]) == []  # their own, which nobody else has seen
    coordinator = installation.as_coordinator()
    assert http.get(path, headers=coordinator).json()["citizen"] is None
    assert entries(installation, "booking", booked["id"]) == []  # nor has who sees when and where
    tutor = as_tutor_of(installation, booked)
    assert http.get(path, headers=tutor).json()["citizen"]
    listed = http.get("/api/booking/v1/appointments", params={"date": day}, headers=tutor).json()["items"]
    assert booked["id"] in {each["id"] for each in listed if each["citizen"]}
    found = entries(installation, "booking", booked["id"])
    assert [(each["action"], each["kind"], each["region"]) for each in found] == 2 * [("read", "citizen", "17")]
    assert {each["caller"] for each in found} == {f"person:{http.get(f'{API}/me', headers=tutor).json()['id']}"}
    assert all(ipaddress.ip_address(each["address"]) for each in found)
    assert "Tuntematon" not in str(found)
    assert http.get("/api/booking/v1/audit", headers=client).status_code == 403


def test_a_key_that_is_shown_with_a_token_and_a_booking_that_is_sent_again_are_written_down(
    installation: Installation,
) -> None:
    http, client = installation.http, installation.as_client()
    again = {**client, "Idempotency-Key": str(uuid.uuid4())}
    slot = installation.slots(channel="phone")[0]["id"]
    booked = installation.book(slot, again).json()
    before = len(entries(installation, "booking", booked["id"]))
    assert installation.book(slot, again).json()["citizen"]
    with_key = {**client, "Manage-Token": booked["manage_url"].rpartition("/")[2]}
    for path in ("mine", "mine/data", booked["id"]):
        assert http.get(f"/api/booking/v1/appointments/{path}", headers=with_key).status_code == 200
    assert len(entries(installation, "booking", booked["id"])) == before + 4


def as_tutor_of(installation: Installation, booked: dict[str, Any]) -> dict[str, str]:
    ring = KeyRing(installation.home / "keys" / "issuer")
    role = {"role": "tutor", "tutor_id": booked["tutor_id"], "organisation_id": booked["organisation_id"]}
    claims = {"kind": "person", "region": "17", "roles": [role]}
    token = ring.current().sign(ISSUER, str(uuid.uuid4()), dt.timedelta(minutes=10), claims)
    return {"Authorization": f"Bearer {token}"}


def test_who_is_refused_is_written_down(installation: Installation, coordinator: dict[str, str]) -> None:
    """A stranger to an appointment is told that there is none, and the log knows better."""
    http, client = installation.http, installation.as_client()
    booked = installation.book(installation.slots(channel="phone")[0]["id"]).json()["id"]
    stranger = as_tutor_of(installation, {"tutor_id": str(uuid.uuid4()), "organisation_id": str(uuid.uuid4())})
    assert http.get(f"/api/booking/v1/appointments/{booked}", headers=stranger).status_code == 404
    assert http.post(f"/api/booking/v1/appointments/{booked}/outcome", json={}, headers=coordinator).status_code == 422
    assert http.get(f"{API}/people", headers=client).status_code == 403
    [refused] = entries(installation, "booking", booked)
    assert (refused["action"], refused["kind"]) == ("refused", "GET /appointments/{id}")
    log = http.get(f"{API}/audit", params={"limit": 5}, headers=coordinator).json()["items"]
    caller = f"client:{installation.demo()['client_id']}"
    assert ("refused", "GET /people", caller) in {(each["action"], each["kind"], each["caller"]) for each in log}


def test_sign_ins_and_wrong_codes_are_written_down(installation: Installation) -> None:
    http = installation.http
    tutor = installation.sign_in(installation.demo()["tutor"])
    me = http.get(f"{API}/me", headers=tutor).json()["id"]
    asked = http.post(f"{API}/sign-ins", json={"contact": installation.demo()["tutor"]}).json()["id"]
    assert http.post(f"{API}/sign-ins/{asked}/login", json={"code": "000000"}).status_code == 401
    found = [(each["action"], each["kind"], each["caller"]) for each in entries(installation, "providers", me)]
    assert found[0] == ("sign-in-refused", "POST /sign-ins/{id}/login", "anonymous:anonymous")
    assert ("sign-in", "code", f"person:{me}") in found
    demo = installation.demo()
    assert asks(installation, demo["client_id"], "guessed") == 401
    assert entries(installation, "providers", demo["client_id"])[0]["action"] == "sign-in-refused"


def test_a_command_verifies_the_logs(installation: Installation) -> None:
    made(installation, installation.as_client())

    def verified(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "vuoro", "verify-audit", *arguments]
        environment = os.environ | {"VUORO_HOME": str(installation.home), "VUORO_PORT": str(installation.port)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)

    first = verified()
    assert (first.returncode, first.stderr) == (0, "")
    lines = first.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["providers", "booking", "notify"]
    noted = lines[0].rpartition(" ")[2]
    assert verified("--noted", noted).returncode == 0
    wrong = verified("--noted", noted[:-4] + ("0000" if not noted.endswith("0000") else "1111"))
    assert wrong.returncode == 1
    assert "is not the one whose hash was noted" in wrong.stderr
    assert "--noted nonsense" in verified("--noted", "nonsense").stderr
