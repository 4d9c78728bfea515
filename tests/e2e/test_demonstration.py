"""The demonstration region: where it comes from, and how it goes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.home import Home
from deploy.local.postgres import Postgres
from tests.conftest import ROOT, fresh_database
from tests.e2e.test_supervisor import run_vuoro
from tests.installation import Installation, eventually
from tests.prepared_home import PreparedHome

pytestmark = pytest.mark.trials

REGISTRY = "/api/providers/v1"


@pytest.fixture
def running(tmp_path: Path, prepared: PreparedHome) -> Iterator[Installation]:
    installation = Installation(tmp_path / "home")
    prepared.copy_to(installation.home)
    installation.start()
    yield installation
    installation.stop()


def listed(installation: Installation, path: str) -> list[dict[str, object]]:
    found = installation.http.get(f"{REGISTRY}/{path}", params={"limit": 500}).json()["items"]
    return [each for each in found if each["status"] == "active"]


def test_it_is_removed_and_what_others_have_added_stays(running: Installation) -> None:
    editor, organisations = running.as_client(), listed(running, "organisations")
    kuusamo, oulu = (next(each for each in organisations if each["municipality"] == code) for code in ("305", "564"))
    theirs = {
        "organisation_id": oulu["id"],
        "name": {"fi": "Oma piste"},
        "address": "Tie 1",
        "municipality": "564",
    }
    added = running.http.post(f"{REGISTRY}/service-points", json=theirs, headers=editor).json()["id"]
    own = {"name": {"fi": "Oma yhdistys"}, "kind": "association", "municipality": "305"}
    made = running.http.post(f"{REGISTRY}/organisations", json=own, headers=running.as_coordinator())
    own_id = made.json()["id"]
    visit = running.book(running.slots()[0]["id"], email="esimerkki@example.fi").json()
    eventually(lambda: running.mails("esimerkki@example.fi"))

    asked = subprocess.run(
        [sys.executable, "-m", "vuoro", "remove-demonstration"],
        cwd=ROOT,
        env=running.environment,
        input="n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 1
    assert "organisation: Kuusamon digituki (esimerkki)\n" in asked.stdout
    assert "tutor: Åsa\n" in asked.stdout
    assert len(listed(running, "organisations")) == 3

    first = run_vuoro(running, "remove-demonstration", "--yes")
    assert first.stderr.splitlines() == [
        f"stays: tutor Aino: Appointments are still to come: {visit['start'][:16].replace('T', ' ')}",
        "stays: Kuusamon digituki (esimerkki), its service points and its offerings: its tutors stay",
        "stays: Oulun digituki (esimerkki): others have put something into it",
    ]
    assert first.stdout.endswith("its accounts and its API client: they stay until nothing else does.\n")
    assert {each["organisation_id"] for each in listed(running, "offerings")} == {kuusamo["id"], oulu["id"]}
    token = {"Manage-Token": visit["manage_url"].rpartition("/")[2]}
    shown = running.http.get(f"/api/booking/v1/appointments/{visit['id']}", headers=token).json()
    assert shown["state"] == "booked"
    running.http.post(f"/api/booking/v1/appointments/{visit['id']}/cancellation", headers=token)

    done = run_vuoro(running, "remove-demonstration", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "stays: Oulun digituki (esimerkki): others have put something into it\n"
    left = {each["id"] for each in listed(running, "organisations")}
    assert left == {oulu["id"], own_id}
    points = running.http.get(f"{REGISTRY}/service-points", params={"limit": 500}).json()["items"]
    assert added in {each["id"] for each in points}
    assert kuusamo["id"] not in {each["organisation_id"] for each in points}
    assert listed(running, "tutors") == []
    eventually(lambda: running.slots() == [])


def test_without_anything_of_others_nothing_of_it_is_left(running: Installation) -> None:
    done = run_vuoro(running, "remove-demonstration", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("The demonstration region is removed.\n")
    assert listed(running, "organisations") == listed(running, "tutors") == listed(running, "offerings") == []
    with psycopg.connect(Home(running.home, running.port).database_url("providers")) as connection:
        assert connection.execute("SELECT email FROM person").fetchall() == []
        assert connection.execute("SELECT count(*) FROM api_client WHERE revoked_at IS NULL").fetchone() == (0,)
    again = run_vuoro(running, "remove-demonstration", "--yes")
    assert (again.returncode, again.stderr.startswith("Error: There is no demonstration region here: ")) == (1, True)
    # Nor does it come back.
    assert running.stop() == 0
    running.start()
    assert listed(running, "organisations") == []


def test_it_is_never_put_into_a_database_of_ones_own(tmp_path: Path, postgres: Postgres) -> None:
    url = fresh_database(postgres, "providers")
    running = Installation(tmp_path / "home", VUORO_PROVIDERS_DATABASE_URL=url)
    running.start()
    try:
        assert listed(running, "organisations") == []
    finally:
        assert running.stop() == 0
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM api_client").fetchone() == (0,)
