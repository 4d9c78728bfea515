"""Whatever form nobody answers to: the page says so, and has all that was sent, to be sent again."""

import httpx2
import pytest

from tests.unit.web_pages import pages, registry_lists

pytestmark = pytest.mark.anyio
WHO = {"name": "Aili <b>", "phone": "040 685 404", "nonce": "n"}
SEARCH = {"topic": "e-services", "municipality": "305", "need": ["wheelchair", "quiet-room"]}


def away(request: httpx2.Request) -> httpx2.Response:
    """Booking does not answer; the registry does."""
    return httpx2.Response(503) if "/booking/" in request.url.path else registry_lists(request)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/a/key/details", {**WHO, "note": "Kela\nja vero"}),
        ("/w/key/details", {**WHO, "name": ""}),
        ("/w/key/details", WHO),
        ("/a/key/feedback", {"met_need": "5", "recommends": "yes", "words": "Kiitos!"}),
        ("/a/key/verification", {"code": "123456"}),
        ("/a/key/move", {"slot": "slot-1"}),
        ("/a/key/cancel", {}),
        ("/a/key/erase", {}),
        ("/a/key/again", {"nonce": "n"}),
        ("/w/key/take", {}),
        ("/wait", {**WHO, "topic": "e-services", "municipality": "305"}),
        ("/times", {**SEARCH, "slot": "slot-1", "nonce": "n"}),
    ],
)
async def test_a_form_that_nobody_answers_to_is_kept(path: str, form: dict[str, str | list[str]]) -> None:
    async with pages(away) as browser:
        page = await browser.post(path, params={"lang": "en"}, data=form)
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "We do not know yet" in page.text
    assert f'action="{path}?lang=en"' in page.text
    for name, values in form.items():
        for value in [values] if isinstance(values, str) else values:
            shown = value.replace("<", "&lt;").replace(">", "&gt;")
            assert f'name="{name}" value="{shown}"' in page.text


async def test_who_signs_in_is_told_to_try_again() -> None:
    async with pages(
        lambda request: httpx2.Response(503) if request.method == "POST" else registry_lists(request)
    ) as browser:
        page = await browser.post("/sign-in", params={"lang": "en"}, data={"contact": "aili@example.fi"})
    assert page.status_code == 503
    assert "Please try again" in page.text
