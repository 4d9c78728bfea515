"""HTTP as its RFCs have it, through the gateway."""

import uuid
from typing import Any

import httpx2
import pytest

from tests.installation import Installation

PROVIDERS, BOOKING = "/api/providers/v1", "/api/booking/v1"
READ = {"GET", "HEAD", "OPTIONS"}


def methods(answer: httpx2.Response) -> set[str]:
    return set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        (f"{BOOKING}/slots", "DELETE", READ),
        (f"{BOOKING}/appointments", "PUT", READ | {"POST"}),
        (f"{BOOKING}/availability/{uuid.UUID(int=1)}", "GET", {"PUT", "DELETE", "OPTIONS"}),
        (f"{PROVIDERS}/service-points/{uuid.UUID(int=1)}", "DELETE", READ | {"PUT"}),
        (f"{BOOKING}/waiting/mine", "PATCH", READ),
        ("/api/notify/v1/messages", "POST", READ),
        ("/accessibility", "POST", READ),
        ("/static/style.css", "POST", READ),
    ],
)
def test_a_method_that_is_not_there_is_told_which_are(
    installation: Installation, path: str, method: str, allowed: set[str]
) -> None:
    refused = installation.http.request(method, path)
    assert refused.status_code == 405
    assert methods(refused) == allowed
    asked = installation.http.options(path)
    assert (asked.status_code, methods(asked)) == (204, allowed)


def test_there_are_no_options_where_there_is_nothing(installation: Installation) -> None:
    assert installation.http.options(f"{BOOKING}/nothing").status_code == 404


@pytest.mark.parametrize(
    "path", [f"{BOOKING}/slots?limit=2", f"{PROVIDERS}/topics", "/api/notify/healthz", "/", f"{BOOKING}/openapi.json"]
)
def test_head_is_get_without_a_body(installation: Installation, path: str) -> None:
    path = path.replace("/v1/openapi", "/openapi")
    got, head = installation.http.get(path), installation.http.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{BOOKING}/slots", 200),
        ("GET", f"{BOOKING}/nothing", 404),
        ("PUT", f"{BOOKING}/slots", 405),
        ("POST", f"{BOOKING}/holds", 422),
        ("GET", f"{PROVIDERS}/topics?limit=2", 200),
        ("GET", f"{PROVIDERS}/me", 401),
        ("GET", f"{PROVIDERS}/jwks.json", 200),
        ("GET", "/.well-known/oauth-authorization-server", 200),
        ("GET", "/api/notify/healthz", 200),
        ("GET", "/", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/nothing", 404),
    ],
)
def test_every_answer_says_who_may_keep_it_and_that_it_is_what_it_says(
    installation: Installation, method: str, path: str, status: int
) -> None:
    answer = installation.http.request(method, path)
    assert answer.status_code == status
    public = status == 200 and path != "/"
    assert answer.headers["cache-control"] == ("no-cache" if public else "no-store")
    assert answer.headers["x-content-type-options"] == "nosniff"
    if path.startswith("/api/"):
        assert {"Accept-Language", "Authorization", "Manage-Token"} <= set(answer.headers["vary"].split(", "))


def test_what_the_gateway_answers_itself_is_kept_by_nobody(installation: Installation) -> None:
    answer = installation.http.post(f"{BOOKING}/appointments", content=b"x" * 2_000_000)
    assert (answer.status_code, answer.headers["cache-control"]) == (413, "no-store")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("method", "path"), [("QUERY", f"{BOOKING}/slots"), ("GET", f"{BOOKING}/%2Fslots")])
def test_what_the_gateway_cannot_read_is_a_problem(installation: Installation, method: str, path: str) -> None:
    answer = installation.http.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["type"] == "urn:vuoro:problem:malformed"


@pytest.mark.parametrize("path", ["organisations/registrations", "passkeys/challenges", "passkeys/sign-ins"])
def test_an_address_that_is_no_id_has_its_own_methods_alone(installation: Installation, path: str) -> None:
    assert methods(installation.http.options(f"{PROVIDERS}/{path}")) == {"OPTIONS", "POST"}
    assert installation.http.put(f"{PROVIDERS}/{path}", json={}).status_code == 405


def test_what_is_personal_is_kept_by_nobody(installation: Installation) -> None:
    booked = installation.book(installation.slots(channel="phone")[3]["id"])
    key = {"Manage-Token": booked.json()["manage_url"].rpartition("/")[2]}
    mine = installation.http.get(f"{BOOKING}/appointments/mine", headers=key)
    me = installation.http.get(f"{PROVIDERS}/people", headers=installation.as_coordinator())
    assert [each.status_code for each in (booked, mine, me)] == [201, 200, 200]
    assert {each.headers["cache-control"] for each in (booked, mine, me)} == {"no-store"}


def test_a_page_of_any_site_reads_what_is_public_and_nothing_else(installation: Installation) -> None:
    http, origin = installation.http, {"Origin": "https://kirjasto.example.fi"}
    read = http.get(f"{BOOKING}/slots?limit=1", headers=origin)
    assert read.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in read.headers
    assert "Link" in read.headers["access-control-expose-headers"]

    def preflight(method: str, *headers: str) -> httpx2.Response:
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": ", ".join(headers)}
        return http.options(f"{BOOKING}/appointments", headers=origin | {k: v for k, v in asked.items() if v})

    assert preflight("GET", "if-none-match").status_code == 200
    assert preflight("GET", "authorization").status_code == 400
    assert preflight("GET", "manage-token").status_code == 400
    assert preflight("POST", "content-type").status_code == 400


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (f"{BOOKING}/slots?limit=50", "application/json"),
        ("/", "text/html; charset=utf-8"),
        ("/static/style.css", "text/css; charset=utf-8"),
        ("/static/passkeys.js", "text/javascript; charset=utf-8"),
        ("/static/pictograms.svg", "image/svg+xml"),
        (f"{BOOKING}/events", "application/cloudevents-batch+json"),
    ],
)
def test_a_long_answer_is_compressed_for_who_reads_it(installation: Installation, path: str, media_type: str) -> None:
    sent = installation.as_client() if path.endswith("events") else {}
    small = installation.http.get(path, headers={"Accept-Encoding": "gzip", **sent})
    plain = installation.http.get(path, headers={"Accept-Encoding": "identity", **sent})
    assert small.headers["content-type"] == plain.headers["content-type"] == media_type
    assert (small.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert int(small.num_bytes_downloaded) < len(plain.content) / 2
    assert "accept-encoding" in small.headers["vary"].lower()


def test_a_compressed_answer_has_a_tag_that_still_fits(installation: Installation) -> None:
    path = f"{PROVIDERS}/service-points?limit=50"
    got = installation.http.get(path, headers={"Accept-Encoding": "gzip"})
    assert got.headers["content-encoding"] == "gzip"
    again = installation.http.get(path, headers={"If-None-Match": got.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", [f"{PROVIDERS}/me", f"{BOOKING}/absences", f"{BOOKING}/events"])
def test_a_challenge_tells_a_token_that_is_not_good_from_none(installation: Installation, path: str) -> None:
    none = installation.http.get(path)
    bad = installation.http.get(path, headers={"Authorization": "Bearer nonsense"})
    assert (none.status_code, none.headers["www-authenticate"]) == (401, 'Bearer realm="vuoro"')
    assert bad.headers["www-authenticate"] == 'Bearer realm="vuoro", error="invalid_token"'


def test_a_challenge_names_the_scope_that_is_needed(installation: Installation) -> None:
    headers = {"Authorization": f"Bearer {installation.client_token(scope='appointments:read')}"}
    refused = installation.http.get(f"{BOOKING}/events", headers=headers)
    assert refused.status_code == 403
    assert refused.headers["www-authenticate"] == (
        'Bearer realm="vuoro", error="insufficient_scope", scope="events:read"'
    )


def test_every_refusal_to_sign_in_has_a_challenge(installation: Installation) -> None:
    path = f"{PROVIDERS}/sign-ins/{uuid.UUID(int=1)}/login"
    refused = installation.http.post(path, json={"code": "123456"})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="vuoro"')


LISTS = ["service-points", "organisations", "tutors", "offerings", "topics", "municipalities", "former-municipalities"]


@pytest.mark.parametrize(
    "path",
    [*(f"{PROVIDERS}/{name}?limit=1" for name in LISTS), f"{BOOKING}/slots?limit=1", f"{BOOKING}/places?limit=1"],
)
def test_a_list_links_to_its_next_page(installation: Installation, path: str) -> None:
    first = installation.http.get(path)
    if first.json()["next"] is None:
        assert "next" not in first.links
        return
    second = installation.http.get(first.links["next"]["url"])
    by_hand = installation.http.get(path, params={**dict(httpx2.URL(path).params), "after": first.json()["next"]})
    assert second.json()["items"] == by_hand.json()["items"] != first.json()["items"]


def test_a_feed_links_to_what_comes_after_it(installation: Installation) -> None:
    headers = installation.as_client()
    first = installation.http.get(f"{BOOKING}/events", headers=headers)
    last = first.json()[-1]["id"]
    assert first.links["next"]["url"] == f"{BOOKING}/events?lastEventId={last}"


@pytest.mark.parametrize(
    "path",
    [
        f"{BOOKING}/events?type=fi.vuoro.appointment.booked",
        f"{PROVIDERS}/tutors?municipality=305",
        f"{PROVIDERS}/topics?query=puhelin",
        f"{PROVIDERS}/service-points/{uuid.UUID(int=1)}/hours?day=2027-03-01",
        f"{BOOKING}/waiting/mine?expand=true",
    ],
)
def test_a_parameter_that_is_not_known_is_refused_and_named(installation: Installation, path: str) -> None:
    refused = installation.http.get(path, headers=installation.as_client())
    problem: dict[str, Any] = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "urn:vuoro:problem:invalid-input")
    assert [error["pointer"] for error in problem["errors"]] == [f"/{next(iter(refused.url.params))}"]


def test_a_former_path_says_until_when_it_answers(installation: Installation) -> None:
    answer = installation.http.get(f"{BOOKING}/waiting/mine")
    assert answer.headers["sunset"] == "Fri, 26 Nov 2027 00:00:00 GMT"
    assert answer.headers["deprecation"].startswith("@")
