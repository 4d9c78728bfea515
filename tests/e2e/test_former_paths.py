"""Paths that have a new name answer under the former one, and say so."""

import re
import secrets
import uuid

from tests.installation import Installation, eventually

P = "/api/providers/v1"


def test_the_former_paths_of_logins_act_the_same_and_name_their_successors(installation: Installation) -> None:
    email = f"{secrets.token_hex(6)}@example.fi"
    body = {"region": "17", "email": email, "roles": [{"role": "coordinator"}]}
    made = installation.http.post(f"{P}/people", json=body, headers=installation.as_coordinator())
    assert made.status_code == 201, made.text
    asked = installation.http.post(f"{P}/sign-ins", json={"contact": email}).json()["id"]
    code = re.search(r"\d{6}", eventually(lambda: installation.mails(email))[0]["text"])
    assert code
    opened = installation.http.post(f"{P}/sign-ins/{asked}/session", json={"code": code[0]})
    assert opened.status_code == 201, opened.text
    assert opened.headers["Deprecation"].startswith("@")
    assert opened.headers["Link"] == f'<{P}/sign-ins/{asked}/login>; rel="successor-version"'
    headers = {"Authorization": f"Bearer {opened.json()['access_token']}"}
    former = installation.http.get(f"{P}/sessions", headers=headers)
    today = installation.http.get(f"{P}/logins", headers=headers)
    assert former.json() == today.json()
    assert former.headers["Link"] == f'<{P}/logins>; rel="successor-version"'
    assert "Deprecation" not in today.headers
    [current] = [each["id"] for each in today.json()["items"] if each["current"]]
    ended = installation.http.delete(f"{P}/sessions/{current}", headers=headers)
    assert (ended.status_code, "Deprecation" in ended.headers) == (204, True)


def test_a_refusal_at_a_former_path_says_so_too(installation: Installation) -> None:
    for kind, body in (
        ("sign-ins", {"code": "123456"}),
        ("passkeys/sign-ins", {"credential": {}}),
        ("single-sign-ons", {"code": "x", "state": "x"}),
    ):
        record = uuid.uuid4()
        refused = installation.http.post(f"{P}/{kind}/{record}/session", json=body)
        assert refused.status_code == 401, refused.text
        assert refused.headers["Link"] == f'<{P}/{kind}/{record}/login>; rel="successor-version"'


def test_a_former_path_is_not_described(installation: Installation) -> None:
    described = installation.http.get("/api/providers/openapi.json").json()["paths"]
    assert not [path for path in described if "session" in path]
    assert installation.http.get(f"{P}/sessions/x/y").status_code == 404
