"""What holds for every page: headers, HEAD, foreign forms, errors as pages."""

import re
import uuid

import httpx2
import pytest

from services.web.error_pages import AGAIN_COOKIE
from services.web.guard import HEADERS
from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from shared.languages import LANGUAGES, Language
from tests.unit.web_pages import SITE, access_token, answers, appointment, ok, pages, problem, registry_lists

pytestmark = pytest.mark.anyio
TOKEN = {"access_token": access_token("staff"), "token_type": "Bearer", "expires_in": 600, "refresh_token": "next"}


def out_of_reach(_request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


def broken(_request: httpx2.Request) -> httpx2.Response:
    raise RuntimeError("nobody foresaw this")


async def test_every_page_has_the_headers_and_no_page_is_kept_by_a_browser() -> None:
    async with pages() as browser:
        for path in ("/lost", "/accessibility", "/nothing-here"):
            answer = await browser.get(path)
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path


POINT = {
    "id": (ID := str(uuid.uuid4())),
    "organisation_id": str(uuid.uuid4()),
    "name": {"fi": 'Kirjasto "Kulma"'},
    "address": "Tie 1",
    "municipality": "305",
    "region": "17",
}


async def test_a_form_in_parts_is_none_of_ours() -> None:
    """It may name a code by which letters are halves of letters: no address and no page can be made of them."""
    parts = b'--x\r\nContent-Disposition: form-data; name="topic"\r\n\r\n\\ud800\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x; charset=unicode_escape"
    async with pages() as browser:
        for path in ("/find", "/times"):
            page = await browser.post(path, content=parts, headers={"Content-Type": kind})
            assert page.status_code == 422, path


@pytest.mark.parametrize("field", ["topic", "municipality", "meant"])
async def test_no_address_is_longer_than_a_gateway_takes(field: str) -> None:
    form = {"topic": "e-services", "municipality": "305", field: "x" * 100_000}
    async with pages() as browser:
        answer = await browser.post("/find", data=form)
    assert (answer.status_code, len(answer.headers["location"]) < 200) == (303, True)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_public_page_says_in_a_line_what_it_is_for(language: Language) -> None:
    """As search engines and messages show it."""
    there = answers(
        ("GET", "/hours", ok({"items": []})),
        ("GET", "/schema-org", ok({"@graph": []})),
        ("GET", f"/service-points/{ID}", ok(POINT)),
        ("GET", "/slots", ok({"items": []})),
    )
    waiting = "/wait?topic=e-services&municipality=305"
    paths = ["/", waiting, f"/points/{ID}", "/sign-in", "/privacy", "/accessibility"]
    found = []
    async with pages(there, language=language) as browser:
        for path in paths:
            page = await browser.get(path)
            assert page.status_code == 200, path
            found += re.findall(r'<meta name="description" content="([^"]+)">', page.text)
    assert len(set(found)) == len(paths)
    assert all(len(each) <= 160 for each in found), found


async def test_the_way_past_the_header_is_the_first_thing_in_it() -> None:
    async with pages() as browser:
        page = (await browser.get("/")).text
    assert re.search(r'<header>\s*<a class="skip" href="#main">', page)
    assert page.index("<body>") + len("<body>") == page.index("\n<header>")


async def test_what_nobody_foresaw_is_a_page_with_the_same_headers() -> None:
    async with pages(broken) as browser:
        answer = await browser.get("/points")
    assert answer.status_code == 500
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", ["/a/a-key", "/a/a-key/details", "/w/a-key"])
async def test_a_page_whose_address_is_a_key_tells_it_to_nobody(path: str) -> None:
    async with pages() as browser:
        assert (await browser.get(path)).headers["referrer-policy"] == "no-referrer"


# What a browser says of a form on such a page: no origin (Fetch, "append a request Origin header").
UNTOLD = {"Origin": "null"}


async def test_a_form_on_a_page_whose_address_is_a_key_is_our_own() -> None:
    cancelled = answers(
        ("GET", "/appointments/mine", ok(appointment())), ("POST", "/cancellation", ok(appointment(state="cancelled")))
    )
    async with pages(cancelled) as browser:
        for said in (UNTOLD, UNTOLD | {"Sec-Fetch-Site": "same-origin"}):
            assert (await browser.post("/a/a-key/cancel", headers=said)).status_code == 303, said
        # Older browsers do not say which site it is: there the key alone tells that somebody may.
        assert (await browser.post("/sign-out", headers=UNTOLD | {"Sec-Fetch-Site": "same-origin"})).status_code == 303


@pytest.mark.parametrize("path", ["/a/a-key/cancel", "/sign-out"])
async def test_a_page_of_another_site_that_hides_its_origin_is_foreign(path: str) -> None:
    async with pages() as browser:
        answer = await browser.post(path, headers=UNTOLD | {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_a_script_runs_only_where_it_is_needed() -> None:
    async with pages(out_of_reach) as browser:
        for path in ("/sign-in/passkey", "/"):
            assert "script-src 'self'" in (await browser.get(path)).headers["content-security-policy"]
        for path in ("/sign-in", "/times", "/a/a-key", "/day/an-id"):
            assert "script-src" not in (await browser.get(path)).headers["content-security-policy"]
        away = {"script-src 'self'", "worker-src 'self'", "connect-src 'self'"}
        for path in ("/day", "/day/kept"):
            assert away <= set((await browser.get(path)).headers["content-security-policy"].split("; "))


async def test_head_is_answered_as_get() -> None:
    async with pages() as browser:
        assert (await browser.head("/accessibility")).status_code == 200


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303), ("none", 303), (None, 303)]
)
async def test_a_form_from_another_site_is_refused(site: str | None, status: int) -> None:
    headers = {"Sec-Fetch-Site": site} if site else {}
    async with pages() as browser:
        assert (await browser.post("/sign-out", headers=headers)).status_code == status


HERE = f"http://{SITE}"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (HERE, 303),
        ("http://127.0.0.1:8080", 303),  # the public address
        ("https://evil.example", 403),
        (f"http://{SITE}.evil.example", 403),
        (f"http://{SITE}:81", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
async def test_a_form_of_another_origin_is_refused(origin: str, status: int) -> None:
    async with pages() as browser:
        assert (await browser.post("/sign-out", headers={"Origin": origin})).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_whatever_the_method_another_site_changes_nothing(method: str) -> None:
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        async with pages() as browser:
            assert (await browser.request(method, "/sign-out", headers=header)).status_code == 403


async def test_another_site_may_link_here() -> None:
    async with pages() as browser:
        assert (await browser.get("/", headers={"Origin": "https://evil.example"})).status_code == 200


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("fi", "Mitään ei tehty"), ("sv", "Ingenting gjordes"), ("en", "Nothing was done")],
)
async def test_a_foreign_form_is_told_in_the_persons_language(language: str, sentence: str) -> None:
    headers = {"Origin": "https://evil.example", "Accept-Language": language}
    async with pages() as browser:
        answer = await browser.post("/sign-out", headers=headers)
    assert (answer.headers["content-language"], sentence in answer.text) == (language, True)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


async def test_where_there_is_https_a_page_over_http_is_foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_PUBLIC_URL", "https://vuoro.example")
    async with pages() as browser:
        for origin, status in (("https://vuoro.example", 303), (f"https://{SITE}", 303), (HERE, 403)):
            assert (await browser.post("/sign-out", headers={"Origin": origin})).status_code == status, origin


async def test_a_chosen_language_is_kept_and_one_that_is_none_is_finnish() -> None:
    async with pages() as browser:
        english = await browser.get("/accessibility", params={"lang": "en"})
        assert "language=en" in english.headers["set-cookie"]
        assert english.headers["content-language"] == "en"
        assert (await browser.get("/accessibility")).headers["content-language"] == "en"
        none = await browser.get("/accessibility", params={"lang": "tlh"})
        assert "language=fi" in none.headers["set-cookie"]


async def test_a_service_that_is_out_of_reach_is_a_page() -> None:
    async with pages(out_of_reach) as browser:
        answer = await browser.get("/")
    assert answer.status_code == 503
    assert "<h1>" in answer.text


async def test_an_address_that_cannot_be_read_is_no_page() -> None:
    async with pages() as browser:
        assert (await browser.get("/points/none")).status_code == 404
        assert (await browser.get("/a/not%20a%20key")).status_code == 404


async def test_a_form_that_cannot_be_read_is_told() -> None:
    async with pages() as browser:
        assert (await browser.post("/sign-in/passkey", data={"challenge": "none"})).status_code == 422


@pytest.mark.parametrize("path", ["/day", "/hours", "/account", "/grants"])
async def test_who_is_not_signed_in_is_asked_to(path: str) -> None:
    async with pages() as browser:
        answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def refusing_the_old_token(request: httpx2.Request) -> httpx2.Response:
    """Answers of services to which only the token of `TOKEN` is good."""
    if request.url.path.endswith("/oauth/token"):
        return httpx2.Response(200, json=TOKEN)
    if request.url.path.endswith("/appointments"):
        good = request.headers["authorization"] == f"Bearer {TOKEN['access_token']}"
        return httpx2.Response(200, json={"items": []}) if good else problem("token", 401)
    return registry_lists(request)


async def test_a_refused_access_token_is_renewed_by_the_login_once() -> None:
    async with pages(refusing_the_old_token, **{ACCESS_COOKIE: "old", REFRESH_COOKIE: "mine"}) as browser:
        first = await browser.get("/day?date=2026-03-03")
        assert (first.status_code, first.headers["location"]) == (303, "/day?date=2026-03-03")
        second = await browser.get("/day?date=2026-03-03")
        assert second.status_code == 200
        assert browser.cookies[ACCESS_COOKIE] == TOKEN["access_token"]


@pytest.mark.parametrize("answer", ["page", "redirect"])
async def test_a_renewed_login_is_kept_whatever_is_answered(answer: str) -> None:
    """A refresh token is good once: an answer that forgot the next would sign its person out a minute later."""

    def renewing(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/cancellation"):
            return httpx2.Response(200, json=appointment(state="cancelled"))
        return refusing_the_old_token(request)

    async with pages(renewing, **{REFRESH_COOKIE: "mine"}) as browser:
        if answer == "page":
            assert (await browser.get("/day?date=2026-03-03")).status_code == 200
        else:
            assert (await browser.post(f"/day/{uuid.uuid4()}/cancel", data={})).status_code == 303
        assert browser.cookies[REFRESH_COOKIE] == TOKEN["refresh_token"]
        assert browser.cookies[ACCESS_COOKIE] == TOKEN["access_token"]


async def test_a_token_that_is_refused_again_leads_to_signing_in_and_not_in_circles() -> None:
    cookies = {ACCESS_COOKIE: "old", REFRESH_COOKIE: "mine", AGAIN_COOKIE: "1"}
    async with pages(refusing_the_old_token, **cookies) as browser:
        assert (await browser.get("/day")).headers["location"] == "/sign-in"


async def test_a_login_that_was_ended_leads_to_signing_in() -> None:
    async with pages(lambda _request: problem("login-over", 400), **{REFRESH_COOKIE: "ended"}) as browser:
        assert (await browser.get("/day")).headers["location"] == "/sign-in"
