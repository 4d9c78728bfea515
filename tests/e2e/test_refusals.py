"""Bad input, wrong roles and foreign data through the gateway: a clear problem in the person's language, no 500."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from shared.languages import LANGUAGES
from tests.installation import Installation

BOOK = "/api/booking/v1/appointments"
CITIZEN = {"name": "Aili", "phone": "040 685 404"}


def wanted(installation: Installation, **changes: object) -> dict[str, Any]:
    return {"slot_id": installation.slots()[0]["id"], "topic": "e-services", "citizen": CITIZEN, **changes}


def edited(slot_id: str, minutes: int) -> str:
    """The id of a start that many minutes later."""
    raw = bytearray(base64.urlsafe_b64decode(slot_id + "=" * (-len(slot_id) % 4)))
    moved = int.from_bytes(raw[53:], "big") + minutes
    return base64.urlsafe_b64encode(bytes(raw[:53]) + moved.to_bytes(4, "big")).decode().rstrip("=")


BAD: dict[str, tuple[Callable[[Installation], object], int, str]] = {
    "malformed JSON": (lambda _: b'{"slot_id": ', 400, "malformed"),
    "not JSON at all": (lambda _: b"\xff\xfe\x00", 400, "malformed"),
    "no object": (lambda _: [1, 2], 422, "invalid-input"),
    "an unknown field": (lambda i: wanted(i, slot="x"), 422, "invalid-input"),
    "a field missing": (lambda _: {"topic": "e-services", "citizen": CITIZEN}, 422, "invalid-input"),
    "no slot at that start": (lambda i: wanted(i, slot_id=edited(i.slots()[0]["id"], 7)), 422, "not-a-slot"),
    "a slot beyond the calendar": (
        lambda i: wanted(i, slot_id=edited(i.slots()[0]["id"], 4_000_000_000)),
        422,
        "not-a-slot",
    ),
    "garbage for a slot": (lambda i: wanted(i, slot_id="garbage"), 422, "not-a-slot"),
    "a time in the past": (lambda i: wanted(i, slot_id=edited(i.slots()[0]["id"], -60 * 24 * 30)), 422, "in-the-past"),
    "a stale slot": (lambda i: wanted(i, slot_id=edited(i.slots()[0]["id"], 60 * 10)), 409, "slot-gone"),
    "a topic that it does not serve": (lambda i: wanted(i, topic="knitting"), 422, "not-a-slot"),
    "no phone number": (lambda i: wanted(i, citizen={"name": "A", "phone": "12"}), 422, "invalid-input"),
    "no e-mail address": (lambda i: wanted(i, citizen={"name": "A", "email": "a@b"}), 422, "invalid-input"),
    "no contact": (lambda i: wanted(i, citizen={"name": "A"}), 422, "invalid-input"),
    "no name": (lambda i: wanted(i, citizen={"name": "  ", "phone": "040 685 404"}), 422, "invalid-input"),
    "a NUL in the name": (lambda i: wanted(i, citizen={"name": "A\0", "phone": "040 685 404"}), 422, "invalid-input"),
    "half a letter": (
        lambda i: json.dumps(wanted(i, note="x")).replace('"x"', '"\\ud800"').encode(),
        422,
        "invalid-input",
    ),
    "a note of 100 kB": (lambda i: wanted(i, note="x" * 100_000), 422, "invalid-input"),
    "an identity code": (lambda i: wanted(i, note="hetu 131052-308T"), 422, "sensitive-text"),
    "a language that is none": (lambda i: wanted(i, citizen={**CITIZEN, "language": "xx"}), 422, "invalid-input"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", BAD)
def test_a_bad_booking_is_refused_clearly(installation: Installation, case: str, language: str) -> None:
    make, status, slug = BAD[case]
    body = make(installation)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = installation.http.post(
        BOOK, content=content, headers={"Content-Type": "application/json", "Accept-Language": language}
    )
    problem = is_problem(answer, status, slug)
    assert answer.headers["content-language"] == language
    english = installation.http.post(
        BOOK, content=content, headers={"Content-Type": "application/json", "Accept-Language": "en"}
    ).json()
    assert (problem["title"] == english["title"]) == (language == "en")
    assert "Aili" not in answer.text


def is_problem(answer: httpx2.Response, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == f"urn:vuoro:problem:{slug}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


def test_a_stale_slot_names_alternatives(installation: Installation) -> None:
    slot = installation.slots(channel="phone")[0]["id"]
    assert installation.book(slot).status_code == 201
    problem = is_problem(installation.book(slot), 409, "slot-taken")
    assert problem["alternatives"]
    assert installation.book(problem["alternatives"][0]["id"]).status_code == 201


def test_a_repeated_key_with_another_body_is_refused(installation: Installation) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    slots = installation.slots(channel="phone")
    assert installation.book(slots[0]["id"], key).status_code == 201
    is_problem(installation.book(slots[1]["id"], key), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("query", "status", "slug"),
    [
        ({"lastEventId": str(uuid.uuid4())}, 400, "unknown-event"),
        ({"lastEventId": "yesterday"}, 422, "invalid-input"),
        ({"timeout": "600"}, 422, "invalid-input"),
    ],
)
@pytest.mark.parametrize("service", ["providers", "booking"])
def test_a_feed_position_that_never_was(
    installation: Installation, service: str, query: dict[str, str], status: int, slug: str
) -> None:
    answer = installation.http.get(f"/api/{service}/v1/events", params=query, headers=installation.as_client())
    is_problem(answer, status, slug)


def cursor(start: str, channel: str) -> str:
    made = f'["{start}", "{uuid.UUID(int=1)}", "{uuid.UUID(int=2)}", "{uuid.UUID(int=3)}", "{channel}"]'
    return base64.urlsafe_b64encode(made.encode()).decode()


@pytest.mark.parametrize(
    "query",
    [
        {"topic": "A B"},
        {"municipality": "Kuusamo"},
        {"from": "2027-03-01"},
        {"from": "2027-03-01T10:00:00"},
        {"limit": "0"},
        {"limit": "101"},
        {"tutor": "aino"},
        {"channel": "pigeon"},
        {"after": "%00"},
        {"after": cursor("2027-03-01T00:00:00+00:00", "\\ud800")},
        {"after": cursor("9999-12-31T23:59:59+00:00", "phone")},
        {"from": "9999-12-31T23:59:59+00:00"},
        {"after": base64.urlsafe_b64encode(b'["2027-03-01T10:00:00", 1, 2, 3, 4]').decode()},
    ],
    ids=str,
)
def test_a_search_that_makes_no_sense(installation: Installation, query: dict[str, str]) -> None:
    is_problem(installation.http.get("/api/booking/v1/slots", params=query), 422, "invalid-input")


@pytest.mark.parametrize("path", ["/api/booking/v1/nothing", f"/api/providers/v1/tutors/{uuid.UUID(int=7)}"])
def test_what_is_not_there(installation: Installation, path: str) -> None:
    is_problem(installation.http.get(path), 404, "not-found")


def test_a_body_beyond_all_measure_stops_at_the_gateway(installation: Installation) -> None:
    answer = installation.http.post(BOOK, content=b"x" * 2_000_000, headers={"Accept-Language": "sv"})
    assert "långt" in is_problem(answer, 413, "too-large")["title"]


PROTECTED = [
    ("GET", "/api/booking/v1/events"),
    ("GET", "/api/providers/v1/events"),
    ("GET", "/api/notify/v1/messages?subject=01a2002f-4257-7638-aece-312ebc59f7a1"),
    ("GET", "/api/booking/v1/appointments?date=2027-03-01"),
    ("GET", "/api/booking/v1/appointments/01a2002f-4257-7638-aece-312ebc59f7a1"),
    ("GET", "/api/booking/v1/availability"),
    ("GET", "/api/booking/v1/absences"),
    ("GET", "/api/providers/v1/me"),
]


@pytest.mark.parametrize(("method", "path"), PROTECTED)
@pytest.mark.parametrize("token", [None, "nonsense", "a.b.c"])
def test_a_stranger_is_asked_to_sign_in(installation: Installation, method: str, path: str, token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = installation.http.request(method, path, headers=headers)
    is_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_a_forged_token_is_refused(installation: Installation) -> None:
    import datetime as dt

    from shared.keys import ISSUER, SigningKey, new_private_key

    forger = SigningKey("issuer", new_private_key())
    claims = {"kind": "client", "region": "17", "scope": "events:read"}
    token = forger.sign(ISSUER, "x", dt.timedelta(minutes=1), claims)
    unsigned = (
        base64.urlsafe_b64encode(b'{"alg":"none","kid":"issuer"}').decode().rstrip("=")
        + "."
        + token.split(".")[1]
        + "."
    )
    real = SigningKey.from_file("issuer", installation.home / "keys" / "issuer" / "issuer.pem")
    old = real.sign(ISSUER, "x", dt.timedelta(minutes=-1), claims)
    for forged in (token, unsigned, old):
        answer = installation.http.get("/api/booking/v1/events", headers={"Authorization": f"Bearer {forged}"})
        is_problem(answer, 401, "unauthenticated")


def test_a_scope_less_token_may_nothing(installation: Installation) -> None:
    token = installation.client_token(scope="appointments:read")
    headers = {"Authorization": f"Bearer {token}"}
    is_problem(installation.http.get("/api/booking/v1/events", headers=headers), 403, "forbidden")
    is_problem(installation.book(installation.slots()[0]["id"], headers), 403, "forbidden")
    organisation = {"name": {"fi": "X"}, "kind": "library", "municipality": "305"}
    answer = installation.http.post("/api/providers/v1/organisations", json=organisation, headers=headers)
    is_problem(answer, 403, "forbidden")


def test_a_wrong_secret_and_a_scope_that_was_not_given(installation: Installation) -> None:
    demo = installation.demo()
    for form, status, error in [
        ({"client_id": demo["client_id"], "client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": "x"}, 401, "invalid_client"),
        (
            {"client_id": demo["client_id"], "client_secret": demo["client_secret"], "scope": "all"},
            400,
            "invalid_scope",
        ),
    ]:
        asked = {"grant_type": "client_credentials", **form}
        answer = installation.http.post("/api/providers/v1/oauth/token", data=asked)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
    answer = installation.http.post("/api/providers/v1/oauth/token", data={"grant_type": "password"})
    assert answer.json()["error"] == "unsupported_grant_type"


def test_a_client_cannot_widen_its_own_rights(installation: Installation) -> None:
    headers = installation.as_client()
    client = {"name": "X", "region": "17", "scopes": ["events:read"]}
    person = {"region": "17", "email": "x@vuoro.example", "roles": [{"role": "coordinator"}]}
    for path, body in (("api-clients", client), ("people", person)):
        is_problem(installation.http.post(f"/api/providers/v1/{path}", json=body, headers=headers), 403, "forbidden")


def test_a_coordinator_registers_a_client_of_an_organisation_that_sees_only_its_own(installation: Installation) -> None:
    http, coordinator = installation.http, installation.as_coordinator()
    organisation = {"name": {"fi": "Toinen"}, "kind": "association", "municipality": "305"}
    made = http.post("/api/providers/v1/organisations", json=organisation, headers=coordinator).json()["id"]
    asked = {
        "name": "Toinen",
        "region": "17",
        "organisation_id": made,
        "scopes": ["appointments:read", "events:read", "registry:write"],
    }
    client = http.post("/api/providers/v1/api-clients", json=asked, headers=coordinator).json()
    installation.confirm()
    form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}
    token = http.post("/api/providers/v1/oauth/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    slot = installation.slots(channel="phone")[-1]["id"]
    booked = installation.book(slot).json()["id"]
    is_problem(http.get(f"/api/booking/v1/appointments/{booked}", headers=headers), 404, "not-found")
    told = http.get("/api/booking/v1/events", headers=headers).json()
    assert booked not in {event["subject"] for event in told}
    point = {"organisation_id": http.get("/api/providers/v1/organisations").json()["items"][0]["id"]}
    body = {**point, "name": {"fi": "X"}, "address": "Tie 1", "municipality": "305"}
    assert http.post("/api/providers/v1/service-points", json=body, headers=headers).status_code == 403
    elsewhere = {**organisation, "municipality": "091"}
    answer = http.post("/api/providers/v1/organisations", json=elsewhere, headers=coordinator)
    is_problem(answer, 403, "wrong-region")
    seen = http.get(f"/api/booking/v1/appointments/{booked}", headers=coordinator).json()
    assert (seen["citizen"], seen["code_word"], seen["note"]) == (None, None, None)


def test_codes_open_once_and_the_answer_is_the_same_for_strangers(installation: Installation) -> None:
    http = installation.http
    known = http.post("/api/providers/v1/sign-ins", json={"contact": "veikko@vuoro.example"})
    stranger = http.post("/api/providers/v1/sign-ins", json={"contact": "nobody@vuoro.example"})
    assert known.status_code == stranger.status_code == 202
    assert known.json().keys() == stranger.json().keys()
    path = f"/api/providers/v1/sign-ins/{known.json()['id']}/login"
    for _ in range(6):
        is_problem(http.post(path, json={"code": "000000"}), 401, "wrong-code")
    for _ in range(4):
        http.post("/api/providers/v1/sign-ins", json={"contact": "nobody@vuoro.example"})
    again = http.post("/api/providers/v1/sign-ins", json={"contact": "nobody@vuoro.example"})
    is_problem(again, 429, "too-many-requests")
    is_problem(http.post("/api/providers/v1/sign-ins", json={"contact": "x"}), 422, "invalid-input")


def test_a_tutor_cannot_write_the_registry_nor_anothers_time(installation: Installation) -> None:
    tutor = installation.sign_in("asa@vuoro.example")
    other = installation.slots()[0]["tutor_id"]
    absence = {"tutor_id": other, "from": "2027-07-01", "until": "2027-07-31"}
    is_problem(installation.http.post("/api/booking/v1/absences", json=absence, headers=tutor), 403, "forbidden")
    topic = installation.http.put("/api/providers/v1/topics/knitting", json={"name": {"fi": "Neule"}}, headers=tutor)
    is_problem(topic, 403, "forbidden")


FAR: list[tuple[str, str, dict[str, object] | None]] = [("GET", "/api/booking/v1/appointments?date=9999-12-31", None)]
FAR += [("GET", f"/api/providers/v1/service-points/{uuid.UUID(int=1)}/hours?from=9999-12-31", None)]
FAR += [("POST", "/api/booking/v1/absences", {"from": "0001-01-01", "until": "9999-12-31"})]
FAR += [
    ("POST", "/api/booking/v1/availability", {"weekday": 1, **hours})
    for hours in (
        {"from": "06:00:30", "to": "10:00"},
        {"from": "06:00", "to": "10:00+02:00"},
        {"from": "06:00", "to": "10:00", "channels": ["phone"], "service_point_id": str(uuid.UUID(int=1))},
        {"from": "06:00", "to": "10:00", "channels": ["on_site"]},
        {"from": "06:00", "to": "10:00", "valid_until": "9999-12-31"},
    )
]


@pytest.mark.parametrize(("method", "path", "body"), FAR, ids=str)
def test_times_out_of_reach_and_hours_that_make_no_sense(
    installation: Installation, method: str, path: str, body: dict[str, object] | None
) -> None:
    if body is not None:
        body = {"tutor_id": installation.slots()[0]["tutor_id"], **body}
    answer = installation.http.request(method, path, json=body, headers=installation.as_client())
    is_problem(answer, 422, "invalid-input")


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/sign-in", {"contact": " "}, 200),
        ("/sign-in", {"contact": "x" * 300}, 422),
        ("/sign-in", {"contact": "a\0b"}, 422),
        (f"/sign-in/{uuid.UUID(int=1)}", {"code": "1" * 50}, 401),
        ("/sign-in/nonsense", {"code": "1"}, 404),
        ("/times", {}, 200),
        ("/times", {"topic": "e-services", "municipality": "305"}, 200),
        ("/times", {"topic": "e-services", "municipality": "305", "slot": "xx"}, 422),
        ("/times", {"topic": "e-services", "municipality": "305", "slot": "x" * 300}, 422),
        (f"/book/{uuid.UUID(int=1)}/unknown", {"name": "Aili"}, 404),
        ("/book/nonsense/unknown", {"name": "Aili"}, 404),
        ("/find", {"words": "x" * 3000, "place": "x" * 300}, 422),
        ("/a/%C3%A4/cancel", {}, 404),
        ("/a/unknown/cancel", {}, 404),
        ("/a/unknown/move", {"slot": "x" * 300}, 404),
    ],
    ids=str,
)
def test_forms_that_nobody_could_have_sent(
    installation: Installation, path: str, form: dict[str, str], status: int
) -> None:
    answer = installation.http.post(path, data=form, follow_redirects=True)
    assert answer.status_code == status
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", ["/a/%C3%A4", "/a/%20", "/day?date=0001-01-01", "/times?topic=x", "/nothing"])
def test_addresses_that_lead_nowhere(installation: Installation, path: str) -> None:
    answer = installation.http.get(path, headers={"Cookie": "access=x"}, follow_redirects=True)
    assert answer.status_code < 500


def test_a_form_from_another_site_is_refused(installation: Installation) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert installation.http.post("/sign-out", headers=headers).status_code == 403
