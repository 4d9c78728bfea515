"""The accessibility statement, in the form of the act on digital services (306/2019, section 9)."""

import pytest
from pydantic import ValidationError

from services.web.settings import Settings
from shared.languages import LANGUAGES, Language
from tests.unit.web_pages import pages

pytestmark = pytest.mark.anyio
TOLD = {
    "CONTACT": "saavutettavuus@vuoro.example",
    "DATE": "2026-11-02",
    "ASSESSED_BY": "Arvio <Oy>",
    "SHORTCOMINGS": '{"fi": "Kartasta ei ole tekstiä.", "sv": "Kartan saknar text."}',
}


def tell(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names or TOLD:
        monkeypatch.setenv(f"VUORO_WEB_ACCESSIBILITY_{name}", TOLD[name])


async def statement(language: Language) -> str:
    async with pages(language=language) as browser:
        return (await browser.get("/accessibility")).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_to_whom_one_may_complain_is_told_in_each_language(language: Language) -> None:
    page = await statement(language)
    for part in ("306/2019", "Traficom", "mailto:saavutettavuus@traficom.fi", "tel:+358295345000"):
        assert part in page
    site = {"fi": "saavutettavuusvaatimukset.fi", "sv": "tillganglighetskrav.fi", "en": "webaccessibility.fi"}[language]
    assert f'href="https://www.{site}/"' in page


async def test_the_statement_says_what_the_installation_has_assessed(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch)
    page = await statement("fi")
    assert "täyttävät lain vaatimukset osittain" in page
    assert "2.11.2026" in page
    assert "Arvio &lt;Oy&gt;" in page
    assert "Kartasta ei ole tekstiä." in page
    assert 'href="mailto:saavutettavuus@vuoro.example"' in page
    assert "kahden viikon kuluessa" in page


async def test_a_shortcoming_in_another_language_says_in_which(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch)
    assert '<span lang="fi">Kartasta ei ole tekstiä.</span>' in await statement("en")


async def test_without_shortcomings_the_requirements_are_met_as_the_installation_itself_has_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell(monkeypatch, "CONTACT", "DATE")
    page = await statement("en")
    assert "meet the requirements of the act" in page
    assert "We assessed them ourselves" in page
    assert "We know of no shortcomings" in page


async def test_what_nobody_has_assessed_is_not_said_to_meet_anything() -> None:
    page = await statement("en")
    assert "has not written it here yet" in page
    assert "meet the requirements of the act" not in page
    assert "We know of no shortcomings" not in page
    assert "We assessed them ourselves" not in page


@pytest.mark.parametrize("names", [["CONTACT"], ["DATE"], ["SHORTCOMINGS"], ["ASSESSED_BY"]])
def test_half_a_statement_is_a_mistake_of_the_settings(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, *names)
    with pytest.raises(ValidationError):
        Settings()
