"""What an offering asks reaches the helper, and nobody else."""

import re
from typing import Any

import pytest

from tests.e2e.test_refusals import is_problem
from tests.installation import Installation, Place, eventually

B, TUTOR = "/api/booking/v1", "kysyja@example.fi"
DEVICE = {"code": "device", "text": {"fi": "Mikä laite sinulla on?", "en": "Which device?"}, "needed": True}
EARLIER = {"code": "earlier", "text": {"fi": "Oletko käynyt ennen?"}}


@pytest.fixture(scope="module")
def place(installation: Installation) -> Place:
    """A point with a tutor, whose only offering asks two questions."""
    return installation.make_place("889", "Kysyjä", email=TUTOR, questions=[DEVICE, EARLIER])


@pytest.fixture(scope="module")
def tutor(installation: Installation, place: Place) -> dict[str, str]:
    """The headers that open what the tutor sees."""
    return installation.open_place(place, TUTOR)


def free(installation: Installation, place: Place, **more: str) -> dict[str, Any]:
    query: dict[str, str | int] = {"topic": "e-services", "service_point": place.point, "limit": 5, **more}

    def found() -> dict[str, Any] | None:
        slots: dict[str, Any] = installation.http.get(f"{B}/slots", params=query).json()
        return slots if slots["items"] else None

    return eventually(found)


def test_what_is_needed_must_be_answered_and_reaches_the_tutor_alone(
    installation: Installation, place: Place, tutor: dict[str, str]
) -> None:
    http = installation.http
    slots = free(installation, place, expand="true")
    assert [each["code"] for each in slots["questions"][place.offering]] == ["device", "earlier"]
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
    seen = http.get(f"{B}/appointments/{booked['id']}", headers=tutor).json()
    assert [(each["question"]["fi"], each["answer"]) for each in seen["answers"]] == [
        ("Mikä laite sinulla on?", "tabletti")
    ]
    overview = http.get(f"{B}/appointments/{booked['id']}", headers=installation.as_coordinator()).json()
    assert overview["answers"] == []
    events = http.get(f"{B}/events", headers=installation.as_coordinator()).text
    assert "tabletti" not in events
    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    assert http.post(f"{B}/appointments/{booked['id']}/erasure", headers=key).status_code == 204
    gone = http.get(f"{B}/appointments/{booked['id']}", headers=tutor).json()
    assert gone["answers"] == []


@pytest.mark.usefixtures("tutor")
def test_the_page_asks_and_loses_nothing(installation: Installation, place: Place) -> None:
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
