"""What may be done without signing in has an end, and others go on as before."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.installation import Installation, eventually
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
    """Book for a contact, from an address that only this contact uses."""
    who = {"name": "Aili Mäkelä", "phone": phone}
    body = {"slot_id": limited.slots()[0]["id"], "topic": "e-services", "citizen": who}
    with behind_gateway(limited, "booking", f"203.0.113.{int(phone[-2:].strip(')'))}") as booking:
        return booking.post("/api/booking/v1/appointments", json=body, headers=headers)


def behind_gateway(limited: Installation, service: str, address: str) -> httpx2.Client:
    """Ask a service as the gateway does for a browser at that address: the gateway itself believes nobody's word."""
    [port] = [
        each.laddr.port
        for each in limited.child(f"services.{service} api").net_connections()
        if each.status == "LISTEN"
    ]
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers={"X-Forwarded-For": address}, timeout=30)


def test_one_contact_is_booked_for_so_often_and_another_is_not_hindered(limited: Installation) -> None:
    """However the number is written: each booking sends it a message."""
    ways = ["040 685 404", "+358 40 685404", "+35840685404", "040-685404", "(040) 685404", "040685404"]
    made = [book(limited, way) for way in ways]
    assert [each.status_code for each in made] == [201] * 6
    assert [each.json()["state"] for each in made] == ["booked"] * 2 + ["held"] * 4  # until they are verified
    refused = book(limited, "040 685 404", **FINNISH)
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("limit-reached")
    assert "soita palvelupisteeseen" in refused.json()["detail"]
    assert int(refused.headers["Retry-After"]) <= 24 * 3600
    assert refused.headers["RateLimit"].startswith('"anonymous";r=0;t=')
    assert book(limited, "040 685 405").status_code == 201


def test_more_than_usual_is_booked_by_the_code_that_was_sent_and_guessing_has_an_end(limited: Installation) -> None:
    made = [book(limited, "040 685 408").json() for _ in range(4)]
    assert [each["state"] for each in made] == ["booked", "booked", "held", "held"]
    code = eventually(lambda: code_sent(limited, "+35840685408", made[2]))
    assert verify(limited, made[2], "000000" if code != "000000" else "1").status_code == 403
    assert verify(limited, made[2], code).json()["state"] == "booked"
    assert verify(limited, made[3], code).status_code == 403  # each has its own
    answers = [verify(limited, made[3], "guess").status_code for _ in range(5)]
    assert answers == [403] * 4 + [429]


def test_a_series_of_more_than_usual_is_held_too(limited: Installation) -> None:
    body = {"slot_id": limited.slots()[-1]["id"], "topic": "e-services", "count": 3, "every_weeks": 1}
    body["citizen"] = {"name": "Aili Mäkelä", "phone": "040 685 409"}
    with behind_gateway(limited, "booking", "203.0.113.209") as asked:
        made = asked.post("/api/booking/v1/series", json=body)
    assert made.status_code == 201, made.text
    assert [each["state"] for each in made.json()["items"]] == ["held"] * 3
    assert all(each["expires"] for each in made.json()["items"])


def verify(limited: Installation, appointment: Any, code: str) -> Any:
    key = {"Manage-Token": appointment["manage_url"].rpartition("/")[2]}
    path = f"/api/booking/v1/appointments/{appointment['id']}/verification"
    return limited.http.post(path, json={"code": code}, headers=key)


def code_sent(limited: Installation, phone: str, appointment: Any) -> str | None:
    texts = [mail["text"] for mail in limited.mails(phone) if appointment["manage_url"] in mail["text"]]
    return next((text[:6] for text in texts if text[:6].isdigit()), None)


def test_each_browser_is_counted_by_its_own_address(limited: Installation) -> None:
    """The pages ask booking for all of them, and must not be taken for one."""
    assert [booked_by_page(limited, "198.51.100.7", number) for number in range(22)] == [True] * 20 + [False] * 2
    assert booked_by_page(limited, "198.51.100.8", 99)


def booked_by_page(limited: Installation, address: str, number: int) -> bool:
    """Whether a page's booking is firm at once."""
    form = {"nonce": f"{number:032x}", "name": "Aili", "phone": f"040 685 5{number:02}"}
    chosen = {"topic": "e-services", "municipality": "305", "slot": limited.slots()[0]["id"]}
    with behind_gateway(limited, "web", address) as web:
        kept = web.post("/times", data=chosen)
        assert kept.status_code == 303, kept.text
        done = web.post(kept.headers["location"], data=form)
    assert done.status_code == 303, done.text
    return "booked=1" in done.headers["location"]


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
