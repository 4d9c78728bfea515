"""Accounts, roles and keys: what is given holds at once, and what is taken away ends at once, in every service."""

import re
import secrets
import subprocess
import sys
import threading
from typing import Any

import httpx2
import jwt
import pytest

from tests.conftest import ROOT
from tests.e2e.test_refusals import is_problem
from tests.installation import Installation, eventually

P, B = "/api/providers/v1", "/api/booking/v1"


@pytest.fixture
def boss(installation: Installation) -> dict[str, str]:
    return installation.as_coordinator()


def an_email() -> str:
    return f"{secrets.token_hex(6)}@example.fi"


def made(installation: Installation, headers: dict[str, str], path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = installation.http.post(f"{P}/{path}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def organisation(installation: Installation, boss: dict[str, str]) -> str:
    body = {"name": {"fi": "Koe"}, "kind": "association", "municipality": "305"}
    return str(made(installation, boss, "organisations", body)["id"])


def account(installation: Installation, boss: dict[str, str], *roles: dict[str, Any]) -> tuple[str, str]:
    """The id and the e-mail address of a new account, whose roles hold."""
    email = an_email()
    found = made(installation, boss, "people", {"region": "17", "email": email, "roles": list(roles)})
    installation.confirm()
    return str(found["id"]), email


def refused_within_seconds(installation: Installation, path: str, headers: dict[str, str]) -> None:
    eventually(lambda: installation.http.get(path, headers=headers).status_code == 401, 10)


def test_a_revoked_client_is_out_in_every_service(installation: Installation, boss: dict[str, str]) -> None:
    body = {"name": "Koe", "region": "17", "scopes": ["events:read", "appointments:read"]}
    client = made(installation, boss, "api-clients", body)
    form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}
    token = installation.http.post(f"{P}/oauth/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    feeds = [f"/api/{name}/v1/events" for name in ("providers", "booking", "notify")]
    assert [installation.http.get(feed, headers=headers).status_code for feed in feeds] == [200, 200, 200]
    assert installation.http.delete(f"{P}/api-clients/{client['id']}", headers=boss).status_code == 204
    for feed in feeds:
        refused_within_seconds(installation, feed, headers)
    assert installation.http.post(f"{P}/oauth/token", data=form).status_code == 401


def test_new_roles_hold_at_once_and_old_ones_end(installation: Installation, boss: dict[str, str]) -> None:
    mine = organisation(installation, boss)
    person, email = account(installation, boss, {"role": "coordinator"})
    headers = installation.sign_in(email)
    assert installation.http.get(f"{B}/events", headers=headers).status_code == 200
    body = {"region": "17", "email": email, "roles": [{"role": "staff", "organisation_id": mine}]}
    answer = installation.http.put(f"{P}/people/{person}", json=body, headers=boss)
    assert (answer.json()["roles"], answer.json()["pending"][0]["role"]["role"]) == ([], "staff")
    installation.confirm()
    refused_within_seconds(installation, f"{B}/events", headers)
    fresh = installation.sign_in(email)
    is_problem(installation.http.get(f"{B}/events", headers=fresh), 403, "forbidden")
    assert installation.http.get(f"{B}/appointments", params={"date": "2027-03-01"}, headers=fresh).status_code == 200


def test_a_coordinator_who_makes_themself_staff_reads_nobody_and_the_organisation_is_told(
    installation: Installation, boss: dict[str, str]
) -> None:
    """One did, and read sixteen citizens."""
    http, slot = installation.http, installation.slots()[0]
    booked = installation.book(slot["id"]).json()
    staff = {"role": "staff", "organisation_id": booked["organisation_id"]}
    manages = {"role": "manager", "organisation_id": booked["organisation_id"]}
    mine, email = account(installation, boss, {"role": "coordinator"})
    _theirs, manager = account(installation, boss, manages)
    alone = installation.sign_in(email)
    body = {"region": "17", "email": email, "roles": [{"role": "coordinator"}, staff]}
    [grant] = http.put(f"{P}/people/{mine}", json=body, headers=alone).json()["pending"]
    again = installation.sign_in(email)
    path = f"{P}/pending-grants/{grant['id']}/confirmation"
    is_problem(http.post(path, headers=again), 403, "second-person-needed")
    assert http.get(f"{B}/appointments/{booked['id']}", headers=again).json()["citizen"] is None
    told = eventually(lambda: installation.mails(manager))[0]
    assert email in told["text"]
    key = {"Idempotency-Key": secrets.token_hex(16)}
    confirming = {**installation.sign_in(manager), **key}
    assert [http.post(path, headers=confirming).status_code for _ in range(2)] == [204, 204]
    assert http.get(f"{B}/appointments/{booked['id']}", headers=installation.sign_in(email)).json()["citizen"]


def test_an_account_that_is_taken_away_is_out_and_its_address_is_free(
    installation: Installation, boss: dict[str, str]
) -> None:
    person, email = account(installation, boss, {"role": "coordinator"})
    headers = installation.sign_in(email)
    assert installation.http.delete(f"{P}/people/{person}", headers=boss).status_code == 204
    refused_within_seconds(installation, f"{P}/me", headers)
    refused_within_seconds(installation, f"{B}/events", headers)
    made(installation, boss, "people", {"region": "17", "email": email, "roles": [{"role": "coordinator"}]})


@pytest.mark.parametrize(
    "role",
    [
        {"role": "coordinator"},
        {"role": "sub_coordinator", "sub_region": "178"},
        {"role": "manager", "organisation_id": "other"},
        {"role": "staff", "organisation_id": "other"},
    ],
)
def test_nobody_gives_more_than_they_have(
    installation: Installation, boss: dict[str, str], role: dict[str, str]
) -> None:
    mine, other = organisation(installation, boss), organisation(installation, boss)
    wanted = {name: other if value == "other" else value for name, value in role.items()}
    own, email = account(installation, boss, {"role": "manager", "organisation_id": mine})
    manager = installation.sign_in(email)
    body = {"region": "17", "email": an_email(), "roles": [wanted]}
    is_problem(installation.http.post(f"{P}/people", json=body, headers=manager), 403, "forbidden")
    manager_role = {"role": "manager", "organisation_id": mine}
    to_oneself = {"region": "17", "email": email, "roles": [manager_role, wanted]}
    is_problem(installation.http.put(f"{P}/people/{own}", json=to_oneself, headers=manager), 403, "forbidden")


def test_a_manager_cannot_take_a_coordinators_account_over(installation: Installation, boss: dict[str, str]) -> None:
    """Who is staff with one manager and coordinator besides signs in by their address, which is not his to change."""
    mine = organisation(installation, boss)
    staff, coordinator = {"role": "staff", "organisation_id": mine}, {"role": "coordinator"}
    person, email = account(installation, boss, staff, coordinator)
    manager = installation.sign_in(account(installation, boss, {"role": "manager", "organisation_id": mine})[1])
    for body in (
        {"region": "17", "email": an_email(), "roles": [staff, coordinator]},
        {"region": "17", "email": email, "roles": [staff]},
    ):
        is_problem(installation.http.put(f"{P}/people/{person}", json=body, headers=manager), 403, "forbidden")
    is_problem(installation.http.delete(f"{P}/people/{person}", headers=manager), 403, "forbidden")
    less = {"region": "17", "email": email, "roles": [coordinator]}
    assert installation.http.put(f"{P}/people/{person}", json=less, headers=manager).status_code == 200


def test_a_tutor_who_is_more_than_that_keeps_their_address(installation: Installation, boss: dict[str, str]) -> None:
    mine = organisation(installation, boss)
    email = an_email()
    own = {"organisation_id": mine, "display_name": "Aino", "languages": ["fi"], "topics": ["e-services"]}
    tutor = made(installation, boss, "tutors", {**own, "channels": ["phone"], "email": email})["id"]
    listed = installation.http.get(f"{P}/people", params={"limit": 500}, headers=boss).json()["items"]
    person = next(each for each in listed if each["email"] == email)
    roles = [*person["roles"], {"role": "coordinator"}]
    body = {"region": "17", "email": email, "roles": roles}
    assert installation.http.put(f"{P}/people/{person['id']}", json=body, headers=boss).status_code == 200
    manager = installation.sign_in(account(installation, boss, {"role": "manager", "organisation_id": mine})[1])
    body = {**own, "channels": ["phone"], "email": an_email()}
    is_problem(installation.http.put(f"{P}/tutors/{tutor}", json=body, headers=manager), 403, "forbidden")


def test_a_new_signing_key_signs_nobody_out(installation: Installation, boss: dict[str, str]) -> None:
    def kid(headers: dict[str, str]) -> str:
        return str(jwt.get_unverified_header(headers["Authorization"].partition(" ")[2])["kid"])

    before = installation.as_client()
    command = [sys.executable, "-m", "vuoro", "rotate-key"]
    told = subprocess.run(command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=True)
    assert "New key: issuer-" in told.stdout
    after = eventually(lambda: found if kid(found := installation.as_client()) != kid(before) else None)
    published = {key["kid"] for key in installation.http.get(f"{P}/jwks.json").json()["keys"]}
    assert {kid(before), kid(after)} <= published
    for headers in (before, after, boss):
        assert installation.http.get(f"{B}/events", headers=headers).status_code == 200


def test_a_stranger_gets_the_same_answer_and_no_message(installation: Installation, boss: dict[str, str]) -> None:
    _person, email = account(installation, boss, {"role": "coordinator"})
    stranger = an_email()
    answers = [installation.http.post(f"{P}/sign-ins", json={"contact": each}) for each in (stranger, email)]
    assert [answer.status_code for answer in answers] == [202, 202]
    eventually(lambda: installation.mails(email))  # asked for after the stranger's, which would have come by now
    assert installation.mails(stranger) == []


def test_ones_own_data_names_what_is_held(installation: Installation, boss: dict[str, str]) -> None:
    held = installation.http.get(f"{P}/me/data", headers=boss).json()
    assert held["account"]["email"] == installation.demo()["coordinator"]
    assert any(login["current"] for login in held["logins"])
    tutor = installation.sign_in(installation.demo()["tutor"])
    held_by = installation.http.get(f"{P}/me/data", headers=tutor).json()["tutor"][0]["id"]
    time = installation.http.get(f"{B}/me/data", headers=tutor).json()
    assert all(hours["tutor_id"] == held_by for hours in time["availability"])
    assert time["availability"]


def test_a_tutor_with_appointments_to_come_does_not_leave(installation: Installation, boss: dict[str, str]) -> None:
    """Nobody stands before a helper who has gone; once nobody would, the helper is forgotten, their visits are not."""
    http, mine = installation.http, organisation(installation, boss)
    email, place = an_email(), {"organisation_id": mine, "address": "Tie 1", "municipality": "305"}
    point = made(installation, boss, "service-points", {**place, "name": {"fi": "Koe"}})["id"]
    own = {"organisation_id": mine, "topics": ["e-services"], "channels": ["on_site"]}
    made(installation, boss, "offerings", {**own, "name": {"fi": "Koe"}})
    helper = {**own, "display_name": "Aino", "full_name": "Aino Ahola", "languages": ["fi"], "email": email}
    tutor = made(installation, boss, "tutors", helper)["id"]
    installation.confirm()
    headers = installation.sign_in(email)
    week = {"weekday": 3, "from": "10:00", "to": "12:00", "service_point_id": point}
    eventually(lambda: http.post(f"{B}/availability", json=week, headers=headers).status_code == 201)
    query: dict[str, str | int] = {"service_point": point, "limit": 1}
    [slot] = eventually(lambda: http.get(f"{B}/slots", params={**query, "topic": "e-services"}).json()["items"])
    booked = installation.book(slot["id"]).json()

    shut = {**place, "name": {"fi": "Koe"}}
    for refused in (
        http.delete(f"{P}/tutors/{tutor}", headers=boss),
        http.put(f"{P}/tutors/{tutor}", json={**helper, "status": "ended"}, headers=boss),
        http.delete(f"{P}/me", headers=headers),
        http.put(f"{P}/service-points/{point}", headers=boss, json={**shut, "status": "ended"}),
        http.put(f"{P}/service-points/{point}", headers=boss, json={**shut, "publishing": "draft"}),
    ):
        problem = is_problem(refused, 409, "appointments-to-come")
        assert [each["id"] for each in problem["appointments"]] == [booked["id"]]
    assert http.get(f"{P}/tutors/{tutor}").json()["display_name"] == "Aino"

    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    assert http.post(f"{B}/appointments/{booked['id']}/cancellation", headers=key).status_code == 200
    assert http.delete(f"{P}/me", headers=headers).status_code == 204
    left = http.get(f"{P}/tutors/{tutor}/details", headers=boss).json()
    assert (left["display_name"], left["full_name"], left["status"]) == ("–", None, "ended")
    feed = http.get(f"{P}/events", headers=boss, params={"timeout": 1}).json()
    while batch := http.get(f"{P}/events", headers=boss, params={"lastEventId": feed[-1]["id"]}).json():
        feed += batch
    told = [event["data"] for event in feed if event["subject"] == tutor]
    assert {data["display_name"] for data in told if "display_name" in data} == {"–"}
    refused_within_seconds(installation, f"{B}/availability", headers)
    free = {**query, "topic": "e-services"}
    eventually(lambda: http.get(f"{B}/slots", params=free).json()["items"] == [])
    assert http.get(f"{B}/appointments/{booked['id']}", headers={**installation.as_coordinator()}).status_code == 200


def test_a_session_that_is_ended_while_it_is_used_gives_nothing_more(
    installation: Installation, boss: dict[str, str]
) -> None:
    """Whoever asks for new tokens at that very moment gets none that outlives it."""
    _person, email = account(installation, boss, {"role": "coordinator"})
    asked = installation.http.post(f"{P}/sign-ins", json={"contact": email}).json()["id"]
    code = re.search(r"\d{6}", eventually(lambda: installation.mails(email))[0]["text"])
    assert code
    first = installation.http.post(f"{P}/sign-ins/{asked}/login", json={"code": code[0]}).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    given: list[str] = []
    over = threading.Event()

    def keep_asking() -> None:
        with httpx2.Client(base_url=installation.gateway, timeout=30) as http:
            while not over.is_set():
                answer = http.post(f"{P}/oauth/token", data=form)
                assert answer.status_code in {200, 400}, answer.text
                if answer.status_code == 400:
                    return
                given.append(answer.json()["access_token"])

    askers = [threading.Thread(target=keep_asking) for _ in range(4)]
    for asker in askers:
        asker.start()
    headers = {"Authorization": f"Bearer {first['access_token']}"}
    eventually(lambda: len(given) > 8)
    [current] = [
        each for each in installation.http.get(f"{P}/logins", headers=headers).json()["items"] if each["current"]
    ]
    assert installation.http.delete(f"{P}/logins/{current['id']}", headers=headers).status_code == 204
    for asker in askers:
        asker.join(30)
    over.set()
    for token in given:
        refused_within_seconds(installation, f"{P}/me", {"Authorization": f"Bearer {token}"})


def test_a_page_goes_on_when_ones_roles_change(installation: Installation, boss: dict[str, str]) -> None:
    """The token is refused, the session is not; so the page is drawn with a new one."""
    mine = organisation(installation, boss)
    person, email = account(installation, boss, {"role": "coordinator"})
    asked = installation.http.post(f"{P}/sign-ins", json={"contact": email}).json()["id"]
    code = re.search(r"\d{6}", eventually(lambda: installation.mails(email))[0]["text"])
    assert code
    with httpx2.Client(base_url=installation.gateway, follow_redirects=True, timeout=30) as browser:
        browser.post(f"/sign-in/{asked}", data={"code": code[0]})
        before = browser.cookies["access"]
        roles = [{"role": "coordinator"}, {"role": "staff", "organisation_id": mine}]
        body = {"region": "17", "email": email, "roles": roles}
        assert installation.http.put(f"{P}/people/{person}", json=body, headers=boss).status_code == 200
        installation.confirm()
        refused_within_seconds(installation, f"{P}/me", {"Authorization": f"Bearer {before}"})
        page = browser.get("/account")
        assert (page.status_code, page.url.path) == (200, "/account")
        assert email in page.text


def test_the_time_in_which_a_tutor_helps_is_not_narrowed_past_an_appointment(
    installation: Installation, boss: dict[str, str]
) -> None:
    http = installation.http
    slot = installation.slots()[0]
    booked = installation.book(slot["id"]).json()
    tutor = http.get(f"{P}/tutors/{slot['tutor_id']}/details", headers=boss).json()
    left = {"id", "region", "version", "person_id"}
    body = {name: value for name, value in tutor.items() if name not in left}
    for narrower in ({"active_until": "2026-01-01"}, {"status": "planned"}, {"active_from": "2200-01-01"}):
        answer = http.put(f"{P}/tutors/{tutor['id']}", json={**body, **narrower}, headers=boss)
        problem = is_problem(answer, 409, "appointments-to-come")
        assert booked["id"] in [each["id"] for each in problem["appointments"]]
    later = {**body, "active_until": "2200-01-01"}
    assert http.put(f"{P}/tutors/{tutor['id']}", json=later, headers=boss).status_code == 200
