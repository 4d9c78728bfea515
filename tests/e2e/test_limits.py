"""What may be done without signing in has an end, and others go on as before."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.installation import Installation
from tests.prepared_home import PreparedHome

FINNISH = {"Accept-Language": "fi"}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, prepared: PreparedHome) -> Iterator[Installation]:
    """An installation with the limits of every day."""
    installation = Installation(tmp_path_factory.mktemp("limited") / "home", VUORO_BOOKING_LIMIT_FACTOR="1")
    prepared.copy_to(installation.home)
    installation.start()
    yield installation
    installation.stop()


def book(limited: Installation, phone: str, **headers: str) -> Any:
    return limited.book(limited.slots()[0]["id"], headers=headers, phone=phone)


def test_one_contact_is_booked_for_so_often_and_another_is_not_hindered(limited: Installation) -> None:
    """However the number is written: each booking sends it a message."""
    ways = ["040 685 404", "+358 40 685404", "+35840685404", "040-685404", "(040) 685404", "040685404"]
    assert [book(limited, way).status_code for way in ways] == [201] * 6
    refused = book(limited, "040 685 404", **FINNISH)
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("limit-reached")
    assert "soita palvelupisteeseen" in refused.json()["detail"]
    assert int(refused.headers["Retry-After"]) <= 24 * 3600
    assert refused.headers["RateLimit"].startswith('"anonymous";r=0;t=')
    assert book(limited, "040 685 405").status_code == 201


def test_who_has_signed_in_books_on_for_whom_they_like(limited: Installation) -> None:
    client = limited.as_client()
    assert {book(limited, "040 685 406", **client).status_code for _ in range(8)} == {201}


def test_an_appointment_is_moved_so_often(limited: Installation) -> None:
    """One number got 17 texts in 50 seconds."""
    booked = book(limited, "040 685 407").json()
    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    codes = []
    for slot in limited.slots()[:6]:
        path = f"/api/booking/v1/appointments/{booked['id']}/move"
        codes.append(limited.http.post(path, json={"slot_id": slot["id"]}, headers=key).status_code)
    assert codes == [200] * 5 + [429]


def test_a_contact_waits_so_often(limited: Installation) -> None:
    entry = {
        "topic": "e-services",
        "municipality": "305",
        "until": f"{limited.slots()[0]['start'][:10]}",
        "citizen": {"name": "Aili", "email": "aili.waits@example.fi"},
        "from_time": "03:00",
        "to_time": "03:05",
    }
    codes = [limited.http.post("/api/booking/v1/waitlist", json=entry).status_code for _ in range(5)]
    assert codes == [201] * 4 + [429]


def test_holding_again_and_again_has_an_end(limited: Installation) -> None:
    slot = limited.slots()[0]["id"]
    codes: list[int] = []
    while len(codes) < 130 and 429 not in codes:
        held = limited.http.post("/api/booking/v1/holds", json={"slot_id": slot, "topic": "e-services"})
        codes.append(held.status_code)
        if held.status_code == 201:
            key = {"Manage-Token": held.json()["manage_token"]}
            limited.http.delete(f"/api/booking/v1/holds/{held.json()['id']}", headers=key)
    assert codes == [201] * 120 + [429]
