"""One's own account and signing in, with services that answer what a test says."""

import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from services.web.pages.single_sign_on import BEGUN_COOKIE
from tests.unit.web_pages import Answer, access_token, answers, ok, pages, problem, registry_lists

pytestmark = pytest.mark.anyio
SIGNED_IN = {ACCESS_COOKIE: access_token("tutor"), REFRESH_COOKIE: "mine"}
TOKEN = {"access_token": access_token("tutor"), "token_type": "Bearer", "expires_in": 600, "refresh_token": "new"}
BOUND = {ACCESS_COOKIE: access_token(bound=True), REFRESH_COOKIE: "mine"}
CHALLENGE = {"id": str(uuid.uuid4()), "options": {"rpId": "vuoro.test"}}
LOGIN = {
    "id": str(uuid.uuid4()),
    "how": "code",
    "created_at": "2026-03-03T07:00:00Z",
    "last_used_at": "2026-03-03T07:30:00Z",
    "expires_at": "2026-06-03T07:00:00Z",
    "current": True,
}
USED = {"created_at": "2026-03-03T07:00:00Z", "last_used_at": None}
MINE = {
    "account": {
        "id": str(uuid.uuid4()),
        "region": "17",
        "email": "asa@vuoro.example",
        "phone": None,
        "language": "fi",
        "roles": [{"role": "coordinator"}],
    },
    "logins": [LOGIN],
    "passkeys": [],
    "tutor": [],
    "identities": [],
    "done": [],
}


def answering(method: str, end: str, answer: httpx2.Response) -> Answer:
    """One answer of the registry, beside one's own data and logins."""
    logins = ("GET", "/logins", ok({"items": [LOGIN]}))
    return answers((method, end, answer), ("GET", "/me/data", ok(MINE)), logins)


def cookies_gone(answer: httpx2.Response) -> bool:
    """Whether an answer takes the login's cookies away."""
    said = answer.headers.get_list("set-cookie")
    return all(any(each.startswith(f'{name}=""') for each in said) for name in (ACCESS_COOKIE, REFRESH_COOKIE))


async def test_times_are_shown_on_the_wall_clock() -> None:
    async with pages(answering("GET", "/none", httpx2.Response(200)), **SIGNED_IN) as browser:
        page = await browser.get("/account", params={"lang": "en"})
    assert page.status_code == 200
    assert "Tuesday 3 March 2026 09:00" in page.text


async def test_who_may_not_be_forgotten_yet_is_told_which_visits_are_to_come() -> None:
    affected = problem(
        "appointments-affected", 409, detail="They come first.", appointments=[{"start": "2026-03-04T10:00+02:00"}]
    )
    async with pages(answering("DELETE", "/me", affected), **SIGNED_IN) as browser:
        page = await browser.post("/account/leave", params={"lang": "en"})
    assert page.status_code == 409
    assert "They come first." in page.text
    assert "Wednesday 4 March 2026 10:00" in page.text
    assert not cookies_gone(page)


async def test_who_is_forgotten_is_signed_out() -> None:
    async with pages(answering("DELETE", "/me", httpx2.Response(204)), **SIGNED_IN) as browser:
        done = await browser.post("/account/leave")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert cookies_gone(done)


async def test_ending_the_login_here_takes_its_cookies_away_and_another_does_not() -> None:
    service = answering("DELETE", "", httpx2.Response(204))
    async with pages(service, **SIGNED_IN) as browser:
        there = await browser.post(f"/account/logins/{uuid.uuid4()}/end")
        here = await browser.post(f"/account/logins/{LOGIN['id']}/end")
    assert (there.headers["location"], cookies_gone(there)) == ("/account", False)
    assert (here.headers["location"], cookies_gone(here)) == ("/", True)


@pytest.mark.parametrize("path", ["/account/logins/{}/end", "/account/passkeys/{}/remove"])
async def test_what_is_gone_already_is_no_error_for_who_removes_it(path: str) -> None:
    async with pages(answering("DELETE", "", problem("not-found", 404)), **SIGNED_IN) as browser:
        done = await browser.post(path.format(uuid.uuid4()))
    assert (done.status_code, done.headers["location"]) == (303, "/account")


async def test_what_may_not_be_removed_is_told() -> None:
    async with pages(answering("DELETE", "", problem("forbidden", 403)), **SIGNED_IN) as browser:
        assert (await browser.post(f"/account/passkeys/{uuid.uuid4()}/remove")).status_code == 403


async def test_signing_out_succeeds_while_the_issuer_is_away() -> None:
    async with pages(answering("POST", "/revoke", httpx2.Response(503)), **SIGNED_IN) as browser:
        done = await browser.post("/sign-out")
    assert (done.status_code, cookies_gone(done)) == (303, True)


async def test_a_right_code_opens_a_login_and_a_wrong_one_is_told() -> None:
    attempt = f"/sign-in/{uuid.uuid4()}"
    async with pages(answering("POST", "/login", httpx2.Response(201, json=TOKEN))) as browser:
        done = await browser.post(attempt, data={"code": "123456"})
        assert (done.status_code, done.headers["location"]) == (303, "/day")
        assert browser.cookies[ACCESS_COOKIE] == TOKEN["access_token"]
    async with pages(answering("POST", "/login", problem("wrong-code", 422, detail="Look again."))) as browser:
        wrong = await browser.post(attempt, data={"code": "1"})
    assert wrong.status_code == 422
    assert "Look again." in wrong.text
    assert "set-cookie" not in wrong.headers


async def test_a_contact_that_is_none_stays_in_its_field() -> None:
    refused = problem("invalid-input", 422, errors=[{"pointer": "/contact", "detail": "This is no contact."}])
    async with pages(answering("POST", "/sign-ins", refused)) as browser:
        page = await browser.post("/sign-in", data={"contact": "nobody"})
        empty = await browser.post("/sign-in", data={"contact": " "})
    assert "This is no contact." in page.text
    assert 'value="nobody"' in page.text
    assert (empty.status_code, empty.headers["location"]) == (303, "/sign-in")


async def test_only_the_browser_that_left_can_come_back() -> None:
    opened = answering("POST", "/login", httpx2.Response(201, json=TOKEN))
    async with pages(opened) as stranger:
        assert (await stranger.get("/sign-in/back/kuusamo?code=c&state=s")).headers["location"] == "/sign-in"
    async with pages(opened, **{BEGUN_COOKIE: str(uuid.uuid4())}) as browser:
        assert (await browser.get("/sign-in/back/kuusamo?code=c&state=s")).headers["location"] == "/day"
    refused = answering("POST", "/login", problem("no-account", 403, detail="Ask your coordinator."))
    async with pages(refused, **{BEGUN_COOKIE: str(uuid.uuid4())}) as browser:
        page = await browser.get("/sign-in/back/kuusamo?code=c&state=s")
    assert page.status_code == 403
    assert "no-account. Ask your coordinator." in page.text


@pytest.mark.parametrize("path", ["/day", "/account", "/hours", "/account/data"])
async def test_who_must_make_a_passkey_first_is_led_there_from_every_page(path: str) -> None:
    async with pages(registry_lists, **BOUND) as browser:
        answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/passkey")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fi", "pelkkä koodi ei riitä"),
        ("sv", "enbart en kod räcker inte"),
        ("en", "a code alone is not enough"),
    ],
)
async def test_the_first_passkey_is_explained_made_and_used(language: str, says: str) -> None:
    kept = ("POST", "/v1/passkeys", ok({"id": str(uuid.uuid4()), "name": "x", **USED}, 201))
    service = answers(("POST", "/challenges", ok(CHALLENGE, 201)), ("POST", "/sign-ins", ok(CHALLENGE, 202)), kept)
    async with pages(service, **BOUND) as browser:
        page = await browser.get("/account/passkey", params={"lang": language})
        made = await browser.post("/account/passkey", data={"challenge": CHALLENGE["id"], "credential": "{}"})
        used = await browser.get(made.headers["location"])
    assert says in page.text
    assert '/account"' not in page.text.partition("<main")[2]
    assert made.headers["location"] == "/sign-in/passkey?after=made"
    assert (used.status_code, 'data-passkey="use"' in used.text) == (200, True)


async def test_who_has_a_passkey_already_is_led_to_use_it() -> None:
    needed = ("POST", "/challenges", problem("passkey-needed", 403))
    async with pages(answers(needed, ("POST", "/sign-ins", ok(CHALLENGE, 202))), **BOUND) as browser:
        answer = await browser.get("/account/passkey")
        page = await browser.get(answer.headers["location"], params={"after": "code", "lang": "en"})
    assert answer.headers["location"] == "/sign-in/passkey?after=code"
    assert "You already have a passkey" in page.text


async def test_a_form_that_asks_for_a_code_twice_is_one_request() -> None:
    """Two codes in the mailbox, of which one opens the page that is shown, would be a riddle."""
    keys: list[str] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/sign-ins"):
            keys.append(request.headers["idempotency-key"])
            return httpx2.Response(202, json={"id": str(uuid.uuid4()), "expires_at": "2026-03-03T07:10:00Z"})
        return registry_lists(request)

    async with pages(service) as browser:
        nonces = [(await browser.get("/sign-in")).text.partition('name="nonce" value="')[2][:36] for _ in range(2)]
        for nonce in (nonces[0], nonces[0], nonces[1]):
            assert (await browser.post("/sign-in", data={"contact": "a@b.fi", "nonce": nonce})).status_code == 200
    assert keys[0] == keys[1] != keys[2]


async def test_a_contact_of_two_lines_is_refused() -> None:
    async with pages(answering("POST", "/sign-ins", problem("invalid-input", 422))) as browser:
        assert (await browser.post("/sign-in", data={"contact": "a@b.fi\r\nx"})).status_code == 422
