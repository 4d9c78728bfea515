"""The version that landed last still serves on databases that today's migrations have changed.

While a new version is rolled out, processes of the version before go on answering (docs/decisions/0007-migrations.md).
Here they do: today's code migrates, seeds and runs the workers, and the older `providers` and `booking` answer.
"""

import io
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.local.children import Child
from deploy.local.home import Home, free_ports
from tests import landed
from tests.conftest import ROOT
from tests.installation import Installation, eventually


@dataclass
class Older:
    """The older services, called without a gateway."""

    http: httpx2.Client
    urls: dict[str, str]

    def call(self, method: str, service: str, path: str, **options: Any) -> Any:
        """Call a service; return the body of its answer, which must be a success."""
        answer = self.http.request(method, f"{self.urls[service]}/api/{service}/v1/{path}", **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code that landed last, from the repository's history."""
    done = subprocess.run(["git", "archive", landed.COMMIT], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        reason = f"commit {landed.COMMIT} is not in this clone: {done.stderr.decode().strip()}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    folder = tmp_path_factory.mktemp("landed")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def older(installation: Installation, code: Path) -> Iterator[Older]:
    """Its `providers` and `booking`, on today's databases and with today's settings."""
    ports = free_ports(["providers", "booking", "notify", "smtp", "mailbox"])
    home = Home(installation.home, installation.port)
    urls = {service: f"http://127.0.0.1:{ports[service]}" for service in ("providers", "booking")}
    children = [_start(service, home.environment(ports, service), ports[service], code) for service in urls]
    with httpx2.Client(timeout=30) as http:
        eventually(lambda: all(_is_ready(http, f"{url}/api/{service}/readyz") for service, url in urls.items()), 60)
        yield Older(http, urls)
    for child in children:
        child.stop()


def _start(service: str, environment: dict[str, str], port: int, code: Path) -> Child:
    # -P keeps the folder that we run in, where today's code is, from coming before PYTHONPATH.
    command = [sys.executable, "-P", "-m", f"services.{service}", "api"]
    told = environment | {"VUORO_LISTEN_PORT": str(port), "PYTHONPATH": str(code)}
    return Child.start(f"older-{service}", command, log=code / f"{service}.log", env=told)


def _is_ready(http: httpx2.Client, url: str) -> bool:
    try:
        return http.get(url).is_success
    except httpx2.TransportError:
        return False


def test_a_citizen_finds_books_moves_and_cancels(older: Older, installation: Installation) -> None:
    soon = installation.slots(channel="phone")[0]["start"]
    asked = {"topic": "e-services", "municipality": "305", "channel": "phone", "from": soon, "limit": 20}
    slots = older.call("GET", "booking", "slots", params=asked)["items"]
    citizen = {"name": "Aili Mäkelä", "phone": "040 685 404"}
    body = {"slot_id": slots[0]["id"], "topic": "e-services", "citizen": citizen}
    booked = older.call("POST", "booking", "appointments", json=body)
    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    path = f"appointments/{booked['id']}"
    alike = [slot for slot in slots if slot["offering_id"] == slots[0]["offering_id"]]  # which a move keeps
    other = next(slot for slot in alike if slot["start"] > slots[0]["end"])
    moved = older.call("POST", "booking", f"{path}/reschedule", json={"slot_id": other["id"]}, headers=key)
    assert moved["start"] == other["start"]
    assert older.call("POST", "booking", f"{path}/cancellation", headers=key)["state"] == "cancelled"

    today = installation.http.get(f"/api/booking/v1/{path}", headers=key).json()
    assert (today["state"], today["start"]) == ("cancelled", other["start"])
    told = eventually(lambda: _messages(installation, booked["id"], "cancelled"))
    assert told, "today's notify did not understand the older events"


def _messages(installation: Installation, appointment: str, kind: str) -> list[dict[str, str]]:
    query = {"subject": appointment}
    found = installation.http.get("/api/notify/v1/messages", params=query, headers=installation.as_client()).json()
    return [message for message in found["items"] if message["kind"] == kind and message["state"] == "sent"]


def test_a_tutor_signs_in_and_changes_weekly_hours(older: Older, installation: Installation) -> None:
    contact = installation.demo()["tutor"]
    known = len(installation.mails(contact))
    sign_in = older.call("POST", "providers", "sign-ins", json={"contact": contact})
    mail = eventually(lambda: installation.mails(contact)[: -known or None])[0]
    code = re.findall(r"\d{6}", mail["text"])[0]
    login = older.call("POST", "providers", f"sign-ins/{sign_in['id']}/session", json={"code": code})
    tutor = {"Authorization": f"Bearer {login['access_token']}"}
    me = older.call("GET", "providers", "me", headers=tutor)["roles"][0]["tutor_id"]

    point = installation.slots(tutor=me)[0]["service_point_id"]
    hours = {"service_point_id": point, "weekday": 7, "from": "10:00", "to": "14:00"}
    added = older.call("POST", "booking", "availability", json=hours, headers=tutor)
    asked = {"topic": "e-services", "municipality": "305", "tutor": me, "weekday": 7}
    assert older.call("GET", "booking", "slots", params=asked)["items"]
    older.call("DELETE", "booking", f"availability/{added['id']}", headers=tutor)
    assert not installation.slots(tutor=me, weekday=7)


def test_a_municipality_registers_a_tutor_of_whom_todays_booking_hears(
    older: Older, installation: Installation
) -> None:
    client = installation.as_client()
    organisation = older.call("GET", "providers", "organisations")["items"][0]["id"]
    tutor = {
        "organisation_id": organisation,
        "display_name": "Vanha tuttu",
        "email": "vanha.tuttu@vuoro.example",
        "languages": ["fi"],
        "topics": ["e-services"],
        "channels": ["phone"],
    }
    made = older.call("POST", "providers", "tutors", json=tutor, headers=client)
    hours = {"tutor_id": made["id"], "weekday": 2, "from": "10:00", "to": "14:00"}
    assert eventually(
        lambda: installation.http.post("/api/booking/v1/availability", json=hours, headers=client).is_success
    )
