"""Editing the registry: two editors, readers who ask again, organisations that register themselves."""

import uuid

import httpx2
import pytest

from tests.installation import Installation

API = "/api/providers/v1"
POINTS, ORGANISATIONS = f"{API}/service-points", f"{API}/organisations"


@pytest.fixture(scope="module")
def editor(installation: Installation) -> dict[str, str]:
    return installation.as_coordinator()


@pytest.fixture
def organisation(installation: Installation, editor: dict[str, str]) -> str:
    body = {"name": {"fi": "Kirjasto Oy"}, "kind": "library", "municipality": "305"}
    return str(installation.http.post(ORGANISATIONS, json=body, headers=editor).json()["id"])


def written(organisation: str, **more: object) -> dict[str, object]:
    point = {"organisation_id": organisation, "name": {"fi": "Kylätalo"}, "address": "Tie 1", "municipality": "305"}
    return {**point, **more}


def test_two_editors_never_overwrite_each_other_silently(
    installation: Installation, editor: dict[str, str], organisation: str
) -> None:
    http = installation.http
    made = http.post(POINTS, json=written(organisation), headers=editor)
    path, read = f"{POINTS}/{made.json()['id']}", made.headers["etag"]
    first = http.put(path, json=written(organisation, phone="040 111 1111"), headers={**editor, "If-Match": read})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    second = http.put(path, json=written(organisation, phone="040 222 2222"), headers={**editor, "If-Match": read})
    assert second.status_code == 412
    assert second.json()["type"].endswith("changed-meanwhile")
    assert http.get(path).json()["phone"] == "040 111 1111"
    again = {**editor, "If-Match": first.headers["etag"]}
    assert http.put(path, json=written(organisation, phone="040 222 2222"), headers=again).status_code == 200


def test_who_has_it_already_is_sent_nothing(installation: Installation) -> None:
    http = installation.http
    for path in (POINTS, f"{POINTS}/{http.get(POINTS).json()['items'][0]['id']}"):
        first = http.get(path)
        same = http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert http.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_draft_is_seen_by_its_editors_alone(
    installation: Installation, editor: dict[str, str], organisation: str
) -> None:
    http = installation.http
    made = http.post(POINTS, json=written(organisation, publishing="draft"), headers=editor).json()
    for path in ("", "/hours", "/completeness"):
        assert http.get(f"{POINTS}/{made['id']}{path}").status_code == 404
    assert http.get(f"{POINTS}/{made['id']}", headers=editor).status_code == 200
    assert made["id"] not in [point["id"] for point in http.get(POINTS, params={"municipality": "305"}).json()["items"]]


def test_an_organisation_registers_itself_and_a_coordinator_approves(
    installation: Installation, editor: dict[str, str]
) -> None:
    http = installation.http
    body = {
        "name": {"fi": "Kylän digitalkoot"},
        "kind": "volunteer_group",
        "municipality": "305",
        "email": "talkoot@example.fi",
        "status": "active",  # not theirs to say
    }
    made = http.post(f"{ORGANISATIONS}/registrations", json=body)
    assert (made.status_code, made.json()["status"]) == (202, "proposed")
    path = f"{ORGANISATIONS}/{made.json()['id']}"
    assert http.get(path).status_code == 404
    assert http.get(ORGANISATIONS, params={"status": "proposed"}).status_code == 401
    waiting = http.get(ORGANISATIONS, params={"status": "proposed", "limit": 500}, headers=editor).json()["items"]
    assert made.json()["id"] in [each["id"] for each in waiting]
    assert http.put(path, json=body, headers=editor).status_code == 200
    assert http.get(path).json()["status"] == "active"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": None, "phone": None}, "/email"),
        ({"business_id": "0208852-9"}, "/business_id"),
        ({"business_id": "0208852"}, "/business_id"),
        ({"url": "javascript:alert(1)"}, "/url"),
    ],
)
def test_a_registration_that_cannot_be_right(
    installation: Installation, change: dict[str, object], pointer: str
) -> None:
    body = {"name": {"fi": "X"}, "kind": "company", "municipality": "305", "email": "x@example.fi", **change}
    answer = installation.http.post(f"{ORGANISATIONS}/registrations", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_one_business_id_is_one_organisation(installation: Installation, editor: dict[str, str]) -> None:
    body = {
        "name": {"fi": "X"},
        "kind": "company",
        "municipality": "305",
        "email": "x@example.fi",
        "business_id": "0208852-8",
    }
    path = f"{ORGANISATIONS}/registrations"
    proposed: list[httpx2.Response] = [
        installation.http.post(path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())}) for _ in range(2)
    ]
    assert [answer.status_code for answer in proposed] == [202, 202]  # who merely says so takes it from nobody
    approved = [
        installation.http.put(f"{ORGANISATIONS}/{answer.json()['id']}", json=body, headers=editor)
        for answer in proposed
    ]
    assert [answer.status_code for answer in approved] == [200, 409]
    assert approved[1].json()["type"].endswith("business-id-taken")
    back = installation.http.put(
        f"{ORGANISATIONS}/{proposed[0].json()['id']}", json={**body, "status": "proposed"}, headers=editor
    )
    assert back.status_code == 422  # an organisation that stands is not made a proposal again


def test_words_find_topics_and_places(installation: Installation) -> None:
    http = installation.http
    topics = http.get("/api/providers/v1/topics", params={"q": "verkkopankissa"}).json()["items"]
    assert topics[0]["code"] == "online-bank"
    found = http.get(POINTS, params={"q": "kirjasto Kuusamossa"}).json()
    assert found["understood"]["municipality"] == "305"
    assert "Kuusamon kirjasto (esimerkki)" in [point["name"]["fi"] for point in found["items"]]
    near = http.get(POINTS, params={"near": "65.9646,29.1887", "radius": 5}).json()["items"]
    assert near[0]["km"] == 0


def test_an_editor_reads_what_is_never_shown_and_loses_nothing(
    installation: Installation, editor: dict[str, str], organisation: str
) -> None:
    http = installation.http
    body = {
        "organisation_id": organisation,
        "display_name": "Aino",
        "full_name": "Aino Mäkelä",
        "training": [{"name": "Digitukijan perusteet", "on": "2026-05-04"}],
        "languages": ["fi"],
        "topics": ["computer"],
        "channels": ["phone"],
    }
    made = http.post("/api/providers/v1/tutors", json=body, headers=editor).json()
    assert "Mäkelä" not in str(made)
    path = f"/api/providers/v1/tutors/{made['id']}"
    details = http.get(f"{path}/details", headers=editor).json()
    assert (details["full_name"], details["training"]) == (body["full_name"], body["training"])
    assert "Mäkelä" not in http.get(path, headers=editor).text
    for other in ({}, installation.sign_in(installation.demo()["tutor"])):
        assert http.get(f"{path}/details", headers=other).status_code in (401, 403)


def test_what_is_not_public_stays_with_those_who_may_write_it(
    installation: Installation, editor: dict[str, str], organisation: str
) -> None:
    """Not even another organisation's client, nor the public feed, tells of a draft or a proposal."""
    http = installation.http
    draft = http.post(POINTS, json=written(organisation, name={"fi": "Luonnos"}, publishing="draft"), headers=editor)
    proposal = {"name": {"fi": "X"}, "kind": "company", "municipality": "305", "email": "x@example.fi"}
    proposed = http.post(f"{ORGANISATIONS}/registrations", json=proposal).json()["id"]
    another = http.post(ORGANISATIONS, json={**proposal, "kind": "library"}, headers=editor).json()["id"]
    asked = {"name": "A", "region": "17", "organisation_id": another, "scopes": ["registry:write", "events:read"]}
    client = http.post("/api/providers/v1/api-clients", json=asked, headers=editor).json()
    token = http.post(
        "/api/providers/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["secret"]),
    ).json()["access_token"]
    theirs = {"Authorization": f"Bearer {token}"}
    assert http.get(f"{POINTS}/{draft.json()['id']}", headers=theirs).status_code == 404
    assert http.get(f"{ORGANISATIONS}/{proposed}", headers=theirs).status_code == 404
    assert http.get(ORGANISATIONS, params={"status": "proposed"}, headers=theirs).status_code == 403
    told, last = "", None
    while batch := http.get(
        "/api/providers/v1/events", params={"lastEventId": last} if last else {}, headers=theirs
    ).json():
        told, last = told + str(batch), batch[-1]["id"]
    assert "Luonnos" not in told
    assert written(proposed)["organisation_id"] == proposed
    refused = http.post(POINTS, json=written(proposed), headers=editor)
    assert refused.json()["type"].endswith("invalid-reference")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/audit?record=%00", None),
        ("GET", "/topics?q=%00", None),
        ("GET", "/service-points?q=%00", None),
        ("PUT", "/topics/attack-x", {"name": {"fi": "x"}, "synonyms": {"fi": ["a\u0000b"]}}),
        (
            "POST",
            "/organisations/registrations",
            {
                "name": {"fi": "x"},
                "kind": "company",
                "municipality": "305",
                "email": "x@example.fi",
                "url": "http://a\u0000b",
            },
        ),
    ],
)
def test_letters_that_nobody_types_are_refused_or_find_nothing(
    installation: Installation, editor: dict[str, str], method: str, path: str, body: dict[str, object] | None
) -> None:
    answer = installation.http.request(method, f"/api/providers/v1{path}", json=body, headers=editor)
    assert answer.status_code in (200, 422), answer.text


def test_two_editors_of_hours_a_topic_and_a_municipality_do_not_overwrite_each_other(
    installation: Installation, editor: dict[str, str]
) -> None:
    http = installation.http
    point = http.get(f"{API}/service-points", params={"municipality": "305"}).json()["items"][0]["id"]
    hours = [{"date": "2027-06-24", "hours": []}]
    topic = {"name": {"fi": "Koe"}, "rank": 950}
    assert http.put(f"{API}/topics/if-match", json=topic, headers=editor).headers["etag"] == '"1"'
    for read, write, body in (
        (f"service-points/{point}", f"service-points/{point}/hours", hours),
        (None, "topics/if-match", topic),
        (None, "municipalities/305", {"name": {"fi": "Kuusamo", "sv": "Kuusamo"}}),
    ):
        seen = (
            http.get(f"{API}/{read}", headers=editor) if read else http.put(f"{API}/{write}", json=body, headers=editor)
        )
        mine = {**editor, "If-Match": seen.headers["etag"]}
        assert http.put(f"{API}/{write}", json=body, headers=mine).status_code == 200
        assert http.put(f"{API}/{write}", json=body, headers=mine).status_code == 412
