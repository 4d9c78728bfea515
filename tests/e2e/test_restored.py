"""Databases that are restored from backups of different moments, on services that run apart, each a process."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest

from deploy.local.keys import owner_of
from deploy.local.parts import ROOT
from deploy.local.postgres import Postgres
from shared.tombstones import ALWAYS
from tests.e2e.test_main_job import tombstones
from tests.e2e.test_outages import Parts
from tests.installation import eventually
from tests.prepared_home import PreparedHome

pytestmark = pytest.mark.trials

REGISTRY = "/api/providers/v1"


@pytest.fixture
def parts(tmp_path_factory: pytest.TempPathFactory, prepared: PreparedHome) -> Iterator[Parts]:
    running = Parts(tmp_path_factory.mktemp("restored"))
    prepared.copy_to(running.home)
    running.start()
    yield running
    running.stop()


def backed_up(parts: Parts, service: str) -> None:
    """Keep the database of a service as it is now; nobody may use it meanwhile."""
    with _server(parts) as connection:
        connection.execute(
            f"CREATE DATABASE backup TEMPLATE {service} STRATEGY file_copy OWNER {owner_of(service)}".encode()
        )


def restore(parts: Parts, service: str) -> None:
    with _server(parts) as connection:
        connection.execute(f"DROP DATABASE {service} WITH (FORCE)".encode())
        connection.execute(f"ALTER DATABASE backup RENAME TO {service}".encode())


def _server(parts: Parts) -> psycopg.Connection[Any]:
    server = Postgres(parts.run.home.path)
    return psycopg.connect(server.url("postgres", "postgres"), autocommit=True)


def rebuild(parts: Parts, **changed: str) -> subprocess.CompletedProcess[str]:
    """`vuoro rebuild --copies` on a machine where nothing runs: all that it knows is in its environment."""
    home = parts.run.home
    environment = {
        "VUORO_HOME": str(parts.home / "nothing-here"),
        "VUORO_BOOKING_DATABASE_URL": home.database_url("booking"),
        "VUORO_BOOKING_SIGNING_KEY": str(home.keys.signing_key("booking")),
        "VUORO_PROVIDERS_URL": f"http://127.0.0.1:{parts.run.ports['providers']}",
    }
    return subprocess.run(
        [sys.executable, "-m", "vuoro", "rebuild", "--copies"],
        cwd=ROOT,
        env={**os.environ, **environment, **changed},
        capture_output=True,
        text=True,
        check=False,
    )


def newcomer(parts: Parts) -> str:
    """A tutor at the phone of Kuusamo all day, whose times are found; their id."""
    editor = parts.as_client()
    organisation = parts.http.get(f"{REGISTRY}/organisations", params={"limit": 500}, headers=editor).json()["items"]
    kuusamo = next(each["id"] for each in organisation if each["municipality"] == "305")
    body = {
        "organisation_id": kuusamo,
        "display_name": "Uusi",
        "languages": ["fi"],
        "topics": ["e-services"],
        "channels": ["phone"],
    }
    tutor = str(parts.http.post(f"{REGISTRY}/tutors", json=body, headers=editor).json()["id"])
    for weekday in range(1, 8):
        hours = {"tutor_id": tutor, "weekday": weekday, "from": "08:00", "to": "20:00", "channels": ["phone"]}
        eventually(partial(is_open, parts, hours, editor))
    eventually(lambda: times_of(parts, tutor))
    return tutor


def is_open(parts: Parts, hours: dict[str, object], editor: dict[str, str]) -> bool:
    """Whether booking has taken weekly hours: it may not have heard of their tutor yet."""
    return parts.http.post("/api/booking/v1/availability", json=hours, headers=editor).status_code == 201


def times_of(parts: Parts, tutor: str) -> list[dict[str, Any]]:
    """The times that are found of a tutor at the phone."""
    return parts.slots(channel="phone", tutor=tutor)


def every_slot_found_can_be_booked(parts: Parts) -> None:
    """Book one time of each tutor in each way of helping that a search finds, and search again in between."""
    for channel in ("on_site", "phone"):
        tutors = {slot["tutor_id"] for slot in parts.slots(limit=100, channel=channel)}
        assert tutors
        for tutor in tutors:
            answer = parts.book(parts.slots(channel=channel, tutor=tutor)[0]["id"])
            assert answer.status_code == 201, answer.text


def stuck_on(parts: Parts, service: str) -> dict[str, str]:
    """What `/readyz` of a service says: the feed it cannot follow, and why."""
    answer = parts.http.get(f"/api/{service}/readyz")
    return {each["source"]: each["reason"] for each in answer.json().get("stuck", [])}


def test_a_registry_older_than_booking_is_told_and_the_copies_are_made_anew(parts: Parts) -> None:
    parts.kill("providers")
    backed_up(parts, "providers")
    parts.revive("providers")
    gone = newcomer(parts)
    visit = parts.book(times_of(parts, gone)[0]["id"]).json()["id"]
    parts.kill("providers")
    restore(parts, "providers")
    parts.revive("providers")
    eventually(lambda: stuck_on(parts, "booking") == {"providers": "unknown-event"})
    eventually(lambda: stuck_on(parts, "notify") == {"providers": "unknown-event"})

    # A start of everything is not kept back by it.
    parts.kill("booking")
    parts.revive("booking")

    told = rebuild(parts)
    assert "Traceback" not in told.stderr
    assert "rows that differed: 1 of tutor." in told.stdout
    assert "Free times of what the registry does not have were dropped: " in told.stdout
    assert f"no such tutor: visit {visit}, " in told.stderr
    assert told.returncode == 1
    eventually(lambda: parts.http.get("/api/booking/readyz").status_code == 200)
    assert times_of(parts, gone) == []
    every_slot_found_can_be_booked(parts)
    # What is changed from now on is heard again.
    newcomer(parts)


def key_to(appointment: dict[str, Any]) -> dict[str, str]:
    return {"Manage-Token": appointment["manage_url"].rpartition("/")[2]}


def test_a_booking_older_than_the_registry_catches_up_by_itself(parts: Parts) -> None:
    forgotten = parts.book(parts.slots()[0]["id"], phone="040 123 4567", email="unohda@example.fi").json()
    kept = parts.book(parts.slots()[0]["id"], phone="040 123 4568").json()
    eventually(lambda: parts.mails("unohda@example.fi"))
    parts.kill("booking-worker")
    parts.kill("booking")
    backed_up(parts, "booking")
    parts.revive("booking-worker")
    parts.revive("booking")
    newcomer(parts)
    parts.book(parts.slots()[0]["id"], email="ennen@example.fi")
    eventually(lambda: parts.mails("ennen@example.fi"))  # notify has read what will never have been
    mine = "/api/booking/v1/appointments/mine"
    erasure = f"/api/booking/v1/appointments/{forgotten['id']}/erasure"
    assert parts.http.post(erasure, headers=key_to(forgotten)).status_code == 204
    told = eventually(lambda: mails if len(mails := parts.mails("unohda@example.fi")) == 2 else None)
    stones = tombstones(parts)
    eventually(lambda: stones.mark_of(uuid.UUID(forgotten["id"])) in stones.since(ALWAYS))
    parts.kill("booking-worker")
    parts.kill("booking")
    restore(parts, "booking")
    parts.revive("booking-worker")
    parts.revive("booking")
    eventually(lambda: stuck_on(parts, "notify") == {"booking": "unknown-event"})
    assert stuck_on(parts, "booking") == {}
    # The backup has somebody who was erased since; the list, which is apart from it, keeps them forgotten.
    assert parts.http.get(mine, headers=key_to(forgotten)).status_code == 404
    assert parts.http.get(mine, headers=key_to(kept)).json()["citizen"]["name"] == "Aili Mäkelä"
    newcomer(parts)
    every_slot_found_can_be_booked(parts)
    assert rebuild(parts).returncode == 0
    with psycopg.connect(parts.run.home.database_url("notify")) as connection:
        connection.execute("DELETE FROM feed_cursor WHERE source = 'booking'")
    eventually(lambda: parts.http.get("/api/notify/readyz").status_code == 200)
    eventually(lambda: outcomes(parts, forgotten) >= {("cancelled", "dropped")})
    assert parts.mails("unohda@example.fi") == told


def outcomes(parts: Parts, appointment: dict[str, Any]) -> set[tuple[str, str]]:
    """What became of the messages about an appointment."""
    asked = parts.http.get(
        "/api/notify/v1/messages", params={"subject": appointment["id"]}, headers=parts.as_client()
    ).json()
    return {(message["kind"], message["state"]) for message in asked["items"]}


def test_a_rebuild_that_cannot_read_the_feed_says_what_to_set(parts: Parts) -> None:
    for changed, sentence in (
        ({"VUORO_BOOKING_SIGNING_KEY": "/nowhere.pem"}, "Set VUORO_BOOKING_SIGNING_KEY as booking has it."),
        ({"VUORO_PROVIDERS_URL": "http://127.0.0.1:1"}, "cannot be read at http://127.0.0.1:1 (VUORO_PROVIDERS_URL)."),
    ):
        told = rebuild(parts, **changed)
        assert told.returncode == 1
        assert told.stderr.startswith("Error: ")
        assert sentence in told.stderr
