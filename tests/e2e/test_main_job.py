"""The main job through the gateway, as a municipal system, a citizen and a tutor do it."""

import datetime as dt
import re
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from icalendar import Calendar

from deploy.local.home import Home
from shared.secrets import Secrets
from shared.tombstones import ALWAYS, Tombstones
from tests.installation import Installation, eventually


def test_from_a_token_to_an_outcome(installation: Installation) -> None:
    """Steps 2 to 7 of the first booking."""
    http, client = installation.http, installation.as_client()
    tutor = installation.sign_in(installation.demo()["tutor"])
    me = installation.tutor_of(tutor)
    point = installation.slots(tutor=me)[0]["service_point_id"]

    hours = {"service_point_id": point, "weekday": 7, "from": "10:00", "to": "14:00"}
    added = http.post("/api/booking/v1/availability", json=hours, headers=tutor)
    assert added.status_code == 201
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat()  # far enough for a reminder
    [sunday] = installation.slots(tutor=me, weekday=7, limit=1, **{"from": later})

    key = {"Idempotency-Key": str(uuid.uuid4())}
    booked = installation.book(sunday["id"], {**client, **key}, email="aili@example.fi")
    assert booked.status_code == 201
    again = installation.book(sunday["id"], {**client, **key}, email="aili@example.fi")
    assert (again.status_code, again.json()) == (201, booked.json())
    appointment = booked.json()
    assert {"id", "state", "start", "end", "code_word", "manage_url"} <= appointment.keys()
    assert appointment["start"] == sunday["start"]
    assert re.search(r"\+0[23]:00$", sunday["start"])

    sms = eventually(
        lambda: [mail for mail in installation.mails("+35840685404") if appointment["manage_url"] in mail["text"]]
    )
    mail = eventually(lambda: installation.mails("aili@example.fi"))[0]
    for text in (sms[0]["text"], mail["text"]):
        assert appointment["manage_url"] in text
    (event,) = Calendar.from_ical(mail["attachments"][0]["content"]).walk("VEVENT")
    assert event.decoded("dtstart") == dt.datetime.fromisoformat(appointment["start"])
    assert mail["attachments"][0]["content_type"] == "text/calendar"

    events = follow(http, client)
    assert events[-1]["type"] == "fi.vuoro.appointment.booked"
    assert events[-1]["subject"] == appointment["id"]
    outbox = http.get("/api/notify/v1/messages", params={"subject": appointment["id"]}, headers=client).json()["items"]
    assert {(message["kind"], message["state"]) for message in outbox} >= {
        ("confirmation", "sent"),
        ("reminder", "due"),
    }

    day = http.get("/api/booking/v1/appointments", params={"date": sunday["start"][:10]}, headers=tutor).json()["items"]
    assert [item["citizen"]["name"] for item in day if item["id"] == appointment["id"]] == ["Aili Mäkelä"]
    assert all(item["manage_url"] is None for item in day)
    outcome = f"/api/booking/v1/appointments/{appointment['id']}/outcome"
    early = http.post(outcome, json={"attended": True, "result": "solved"}, headers=tutor)
    assert early.status_code == 409
    assert early.json()["type"].endswith("visit-to-come")
    installation.begin_visit(appointment["id"])
    marked = http.post(outcome, json={"attended": True, "result": "solved"}, headers=tutor)
    assert (marked.status_code, marked.json()["state"]) == (200, "attended")
    assert http.delete(outcome, headers=tutor).json()["state"] == "booked"
    assert http.delete(f"/api/booking/v1/availability/{added.json()['id']}", headers=tutor).status_code == 204


def follow(http: httpx2.Client, headers: dict[str, str]) -> list[dict[str, str]]:
    """The whole feed of booking."""
    found: list[dict[str, str]] = []
    while True:
        query = {"lastEventId": found[-1]["id"]} if found else {}
        answer = http.get("/api/booking/v1/events", params=query, headers=headers)
        assert answer.headers["content-type"].startswith("application/cloudevents-batch+json")
        if not answer.json():
            return found
        found += answer.json()


def test_a_tutor_without_e_mail_signs_in_by_sms(installation: Installation) -> None:
    http, client = installation.http, installation.as_client()
    organisation = http.get("/api/providers/v1/organisations").json()["items"][0]["id"]
    tutor = {
        "organisation_id": organisation,
        "display_name": "Toivo",
        "phone": "040 685 4048",
        "languages": ["fi"],
        "topics": ["e-services"],
        "channels": ["phone"],
    }
    made = http.post("/api/providers/v1/tutors", json=tutor, headers=client)
    assert made.status_code == 201
    assert "6854048" not in made.text
    installation.confirm()
    headers = installation.sign_in("+358406854048")
    assert http.get("/api/providers/v1/me", headers=headers).json()["roles"][0]["tutor_id"] == made.json()["id"]
    hours = {"weekday": 2, "from": "10:00", "to": "14:00"}
    added = eventually(lambda: _accepted(http.post("/api/booking/v1/availability", json=hours, headers=headers)))
    assert added["channels"] == ["phone", "video"]


def _accepted(answer: httpx2.Response) -> dict[str, Any] | None:
    return answer.json() if answer.status_code == 201 else None


def test_the_citizens_own_key_opens_moves_and_cancels(installation: Installation) -> None:
    """betagouv/rdv-service-public#2630, #2927, #5947: people cannot open their own appointment."""
    http = installation.http
    slots = installation.slots()
    appointment = installation.book(slots[0]["id"]).json()
    key = {"Manage-Token": appointment["manage_url"].rpartition("/")[2]}
    path = f"/api/booking/v1/appointments/{appointment['id']}"
    assert http.get(path, headers=key).json()["citizen"]["name"] == "Aili Mäkelä"
    assert http.get("/api/booking/v1/appointments/mine", headers=key).json()["id"] == appointment["id"]

    other = next(slot for slot in installation.slots() if slot["start"] > slots[0]["end"])
    moved = http.post(f"{path}/move", json={"slot_id": other["id"]}, headers=key)
    assert moved.json()["start"] == other["start"]
    assert slots[0]["id"] in {slot["id"] for slot in installation.slots()}

    cancelled = http.post(f"{path}/cancellation", headers=key)
    assert cancelled.json()["state"] == "cancelled"
    assert other["id"] in {slot["id"] for slot in installation.slots()}
    assert http.post(f"{path}/move", json={"slot_id": other["id"]}, headers=key).status_code == 409

    def closed() -> bool:
        found = http.get(
            "/api/notify/v1/messages", params={"subject": appointment["id"]}, headers=installation.as_client()
        ).json()["items"]
        kinds = {(message["kind"], message["state"]) for message in found}
        return ("cancelled", "sent") in kinds and not {state for kind, state in kinds if kind == "reminder"} - {
            "dropped"
        }

    assert eventually(closed)


def tombstones(installation: Installation) -> Tombstones:
    """Booking's list of who was erased."""
    home = Home(installation.home, installation.port)
    return Tombstones(home.tombstones("booking"), Secrets(home.keys.secret("booking").read_text()))


def test_who_is_erased_before_the_visit_is_told_and_forgotten(installation: Installation) -> None:
    http, slot = installation.http, installation.slots(channel="phone")[0]["id"]
    booked = installation.book(slot, email="unohda@example.fi").json()
    eventually(lambda: installation.mails("unohda@example.fi"))
    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    path = f"/api/booking/v1/appointments/{booked['id']}"
    assert http.post(f"{path}/erasure", headers=key).status_code == 204
    assert slot in {each["id"] for each in installation.slots(channel="phone")}
    told = eventually(lambda: mails if len(mails := installation.mails("unohda@example.fi")) > 1 else None)
    assert "Tietosi on poistettu" in told[0]["text"]
    assert len(told) == 2
    shown = http.get(path, headers=key).json()
    assert (shown["state"], shown["citizen"], shown["code_word"]) == ("cancelled", None, None)
    assert http.get("/api/booking/v1/appointments/mine", headers=key).status_code == 404
    stones = tombstones(installation)
    eventually(lambda: stones.mark_of(uuid.UUID(booked["id"])) in stones.since(ALWAYS))


def test_somebody_elses_key_opens_nothing(installation: Installation) -> None:
    first, second = (installation.book(slot["id"]).json() for slot in installation.slots(channel="phone")[:2])
    key = {"Manage-Token": first["manage_url"].rpartition("/")[2]}
    path = f"/api/booking/v1/appointments/{second['id']}"
    for answer in (
        installation.http.get(path, headers=key),
        installation.http.get(path),
        installation.http.post(f"{path}/cancellation", headers=key),
        installation.http.post(f"{path}/cancellation"),
    ):
        assert answer.status_code == 401
        assert "Aili" not in answer.text
    assert installation.http.get("/api/booking/v1/appointments/mine", headers={"Manage-Token": "x"}).status_code == 404


def test_two_hundred_at_once_for_one_slot_give_one_appointment(installation: Installation) -> None:
    """alextselegidis/easyappointments#845, calcom/cal.com#13397: parallel requests both accepted."""
    slot = installation.slots(channel="phone")[-1]["id"]

    def book(number: int) -> int:
        who = {"name": f"Nro {number}", "phone": "040 685 404"}
        body = {"slot_id": slot, "topic": "e-services", "citizen": who}
        return httpx2.post(f"{installation.gateway}/api/booking/v1/appointments", json=body, timeout=60).status_code

    with ThreadPoolExecutor(200) as pool:
        assert Counter(pool.map(book, range(200))) == {201: 1, 409: 199}


def test_a_long_poll_answers_as_soon_as_something_happens(installation: Installation) -> None:
    client = installation.as_client()
    last = follow(installation.http, client)[-1]["id"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(
            installation.http.get,
            "/api/booking/v1/events",
            params={"lastEventId": last, "timeout": 20},
            headers=client,
        )
        booked = installation.book(installation.slots(channel="phone")[-1]["id"]).json()
        assert [event["subject"] for event in waiting.result(timeout=15).json()] == [booked["id"]]


@pytest.mark.parametrize("service", ["providers", "booking", "notify"])
def test_health_and_description(installation: Installation, service: str) -> None:
    for path in ("healthz", "readyz"):
        assert installation.http.get(f"/api/{service}/{path}").json() == {"status": "ok"}
    paths = installation.http.get(f"/api/{service}/openapi.json").json()["paths"]
    assert f"/api/{service}/v1/events" in paths


def test_logs_hold_neither_names_nor_numbers_nor_keys(installation: Installation) -> None:
    slot = installation.slots(channel="phone")[-1]["id"]
    booked = installation.book(slot, name="Tuntematon Sotilas", email="sotilas@example.fi").json()
    token = booked["manage_url"].rpartition("/")[2]
    installation.http.get(f"/a/{token}")
    installation.book(slot, name="Tuntematon Sotilas", phone="0")
    eventually(lambda: installation.mails("sotilas@example.fi"))
    logs = "".join(path.read_text() for path in (installation.home / "log").iterdir())
    assert "/a/{token}" in logs
    for secret in ("Sotilas", "sotilas@", "685404", "685 404", token, booked["code_word"] + '"'):
        assert secret not in logs
