"""/.well-known/security.txt, as RFC 9116 has it."""

import datetime as dt

import pytest
from pydantic import ValidationError

from services.web.settings import Settings
from tests.unit.web_pages import pages

pytestmark = pytest.mark.anyio
PATH = "/.well-known/security.txt"


async def test_it_names_the_contact_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_PUBLIC_URL", "https://vuoro.example")
    monkeypatch.setenv("VUORO_WEB_SECURITY_CONTACT", "mailto:security@vuoro.example")
    monkeypatch.setenv("VUORO_WEB_SECURITY_EXPIRES", "2127-03-01T00:00:00+02:00")
    async with pages() as browser:
        answer = await browser.get(PATH)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert said == {
        "Contact": "mailto:security@vuoro.example",
        "Expires": "2127-02-28T22:00:00Z",
        "Preferred-Languages": "fi, sv, en",
        "Canonical": f"https://vuoro.example{PATH}",
    }
    assert dt.datetime.fromisoformat(said["Expires"]).tzinfo is not None


async def test_without_a_contact_there_is_none() -> None:
    async with pages() as browser:
        assert (await browser.get(PATH)).status_code == 404


@pytest.mark.parametrize(
    "set_",
    [
        {"CONTACT": "mailto:a@b.example"},
        {"EXPIRES": "2127-03-01T00:00:00Z"},
        {"CONTACT": "a@b.example", "EXPIRES": "2127-03-01T00:00:00Z"},
        {"CONTACT": "mailto:a@b.example\nExpires: x", "EXPIRES": "2127-03-01T00:00:00Z"},
        {"CONTACT": "mailto:a@b.example", "EXPIRES": "2127-03-01"},
    ],
)
def test_half_a_contact_is_a_mistake_of_the_settings(set_: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in set_.items():
        monkeypatch.setenv(f"VUORO_WEB_SECURITY_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
