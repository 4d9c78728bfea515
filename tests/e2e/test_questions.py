"""What an offering asks reaches the helper, and nobody else."""

import re
from typing import Any

import pytest

from tests.e2e.test_refusals import is_problem
from tests.installation import Installation, eventually

P, B = "/api/providers/v1", "/api/booking/v1"
DEVICE = {"code": "device", "text": {"fi": "Mikä laite sinulla on?", "en": "Which device?"}, "needed": True}
EARLIER = {"code": "earlier", "text": {"fi": "Oletko käynyt ennen?"}}


@pytest.fixture(scope="module")
def place(installation: Installation) -> dict[str, Any]:
    """A point with a tutor, whose only offering asks two questions."""
    http, boss = installation.http, installation.as_coordinator()

    def made(path: str, body: dict[str, Any]) -> str:
        answer = http.post(f"{P}/{path}", json=body, headers=boss)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    own = {
        "organisation_id": made(
            "organisations", {"name": {"fi": "Kysyjä"}, "kind": "association", "municipality": "889"}
        )
    }
    where = {**own, "name": {"fi": "Kysyjän talo"}, "address": "Tie 1", "municipality": "889"}
    point = made("service-points", where)
    what = {**own, "topics": ["e-services"], "channels": ["on_site"]}
    offering = made("offerings", {**what, "name": {"fi": "Koe"}, "questions": [DEVICE, EARLIER]})
    email = "kysyja@example.fi"
    tutor = made("tutors", {**what, "display_name": "Kyllikki", "languages": ["fi"], "email": email})
    installation.confirm()
    headers = installation.sign_in(email)
    week = {"weekday": 2, "from": "10:00", "to": "14:00", "service_point_id": point}
    eventually(lambda: http.post(f"{B}/availability", json=week, headers=headers).status_code == 201)
    return {"point": point, "offering": offering, "tutor": tutor, "headers": headers}


def free(installation: Installation, place: dict[str, Any], **more: str) -> dict[str, Any]:
    query = {"topic": "e-services", "service_point": place["point"], "limit": 5, **more}

    def found() -> dict[str, Any] | None:
        slots: dict[str, Any] = installation.http.get(f"{B}/slots", params=query).json()
        return slots if slots["items"] else None

    return eventually(found)


def test_what_is_needed_must_be_answered_and_reaches_the_tutor_alone(
    installation: Installation, place: dict[str, Any]
) -> None:
    http = installation.http
    slots = free(installation, place, expand="true")
    assert [each["code"] for each in slots["questions"][place["offering"]]] == ["device", "earlier"]
    body = {
        "slot_id": slots["items"][0]["id"],
        "topic": "e-services",
        "citizen": {"name": "Aili", "phone": "040 685 404"},
    }
    problem = is_problem(http.post(f"{B}/appointments", json=body), 422, "invalid-input")
    assert [error["pointer"] for error in problem["errors"]] == ["/answers/device"]
    strange = {**body, "answers": {"device": "tabletti", "shoe-size": "42"}}
    problem = is_problem(http.post(f"{B}/appointments", json=strange), 422, "invalid-input")
    assert [error["pointer"] for error in problem["errors"]] == ["/answers/shoe-size"]
    private = {**body, "answers": {"device": "tunnus 010190-123A"}}
    is_problem(http.post(f"{B}/appointments", json=private), 422, "sensitive-text")

    booked = http.post(f"{B}/appointments", json={**body, "answers": {"device": "tabletti"}}).json()
    seen = http.get(f"{B}/appointments/{booked['id']}", headers=place["headers"]).json()
    assert [(each["question"]["fi"], each["answer"]) for each in seen["answers"]] == [
        ("Mikä laite sinulla on?", "tabletti")
    ]
    overview = http.get(f"{B}/appointments/{booked['id']}", headers=installation.as_coordinator()).json()
    assert overview["answers"] == []
    events = http.get(f"{B}/events", headers=installation.as_coordinator()).text
    assert "tabletti" not in events
    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    assert http.post(f"{B}/appointments/{booked['id']}/erasure", headers=key).status_code == 204
    gone = http.get(f"{B}/appointments/{booked['id']}", headers=place["headers"]).json()
    assert gone["answers"] == []


def test_the_page_asks_and_loses_nothing(installation: Installation, place: dict[str, Any]) -> None:
    free(installation, place)
    http, where = installation.http, {"topic": "e-services", "municipality": "889"}
    times = http.get("/times", params=where).text
    slot = re.search(r'name="slot" value="([^"]+)"', times)
    assert slot
    address = http.post("/times", data={**where, "slot": slot[1]}).headers["location"]
    page = http.get(address, headers={"Accept-Language": "fi"}).text
    assert "Mikä laite sinulla on?" in page
    assert "Oletko käynyt ennen? (vapaaehtoinen)" in page
    device, earlier = (f"answer-{question['code']}" for question in (DEVICE, EARLIER))
    form = {"name": "Aili", "phone": "040 685 404", earlier: "kerran"}
    refused = http.post(address, data=form, headers={"Accept-Language": "fi"})
    assert refused.status_code == 422
    assert f'href="#{device}"' in refused.text
    assert 'value="kerran"' in refused.text
    done = http.post(address, data={**form, device: "puhelin"})
    assert done.status_code == 303
    assert done.headers["location"].endswith("?booked=1")
