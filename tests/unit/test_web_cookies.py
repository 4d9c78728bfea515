"""The cookies of the pages, over https and on a machine that has none."""

import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import access_token, pages, problem, registry_lists

pytestmark = pytest.mark.anyio
TOKEN = {"access_token": access_token("staff"), "token_type": "Bearer", "expires_in": 600, "refresh_token": "next"}
OWN = f"__Host-{ACCESS_COOKIE}=old; __Host-{REFRESH_COOKIE}=mine"


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_PUBLIC_URL", "https://vuoro.example")


def services(request: httpx2.Request) -> httpx2.Response:
    """A login that is renewed, and an identity provider to go to."""
    if request.url.path.endswith("/oauth/token"):
        return httpx2.Response(200, json=TOKEN)
    if request.url.path.endswith("/single-sign-ons"):
        return httpx2.Response(201, json={"id": str(uuid.uuid4()), "address": "https://login.example/"})
    if request.url.path.endswith("/oauth/revoke"):
        return httpx2.Response(200)
    return problem("token", 401) if request.url.path.endswith("/appointments") else registry_lists(request)


async def cookies_set(cookie: str) -> list[str]:
    """Whatever the pages set, as they say it."""
    said: list[str] = []
    asked = (("GET", "/?lang=en"), ("GET", "/day"), ("GET", "/sign-in/provider?provider=x"), ("POST", "/sign-out"))
    for method, path in asked:
        async with pages(services) as browser:
            answer = await browser.request(method, path, headers={"Cookie": cookie})
            said += answer.headers.get_list("set-cookie")
    return said


@pytest.mark.usefixtures("https")
async def test_over_https_every_cookie_is_bound_to_the_host() -> None:
    said = [each.lower() for each in await cookies_set(OWN)]
    assert len({each.partition("=")[0] for each in said}) == 6
    for each in said:
        assert each.startswith("__host-"), each
        attributes = {attribute.strip() for attribute in each.split(";")}
        assert {"secure", "path=/", "httponly", "samesite=lax"} <= attributes, each
        assert "domain=" not in each


@pytest.mark.usefixtures("https")
async def test_over_https_a_plain_cookie_which_another_host_may_have_set_opens_nothing() -> None:
    async with pages(services) as browser:
        answer = await browser.get("/day", headers={"Cookie": f"{ACCESS_COOKIE}=old; {REFRESH_COOKIE}=theirs"})
    assert answer.headers["location"] == "/sign-in"


async def test_on_a_machine_without_https_the_names_are_plain() -> None:
    said = await cookies_set(f"{ACCESS_COOKIE}=old; {REFRESH_COOKIE}=mine")
    assert len({each.partition("=")[0] for each in said}) == 6
    assert not [each for each in said if "__Host-" in each or "secure" in each.lower()]
