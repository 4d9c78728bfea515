"""The list of languages, and the places that have a field or a file for each."""

import re
from pathlib import Path

import pytest

from services.booking.code_words import WORDS
from services.providers import schema_org
from services.web.formats import LOCALES
from shared.languages import DEFAULT, LANGUAGES, NATIVE_NAMES, SOURCE, TRANSLATED
from shared.schemas.common import LocalisedText, Wire
from shared.schemas.providers import Synonyms

ROOT = Path(__file__).parents[2]


def test_the_code_is_written_in_one_of_them_and_translated_into_the_others() -> None:
    assert {DEFAULT, SOURCE} <= set(LANGUAGES)
    assert sorted([SOURCE, *TRANSLATED]) == sorted(LANGUAGES)


@pytest.mark.parametrize("model", [LocalisedText, Synonyms])
def test_a_text_of_the_wire_has_a_field_for_each(model: type[Wire]) -> None:
    assert tuple(model.model_fields) == LANGUAGES


def test_each_has_its_code_words_its_dates_and_its_name_for_search_engines() -> None:
    assert set(WORDS) == set(LOCALES) == set(schema_org.LANGUAGES) == set(NATIVE_NAMES) == {*LANGUAGES}
    assert all(WORDS.values())


def test_the_component_for_other_sites_speaks_each() -> None:
    source = (ROOT / "services/web/static/widget.js").read_text(encoding="utf-8")
    texts, locales = source.partition("const TEXTS = ")[2].partition("const LOCALES = ")[::2]
    assert re.findall(r'^    "(\w+)": {', texts, re.M) == [*LANGUAGES]
    assert re.findall(r"(\w+): \"", locales.partition("}")[0]) == [*LANGUAGES]


def test_every_folder_of_catalogues_has_each_and_no_other() -> None:
    folders = {path.parent for part in ("services", "shared", "deploy") for path in (ROOT / part).rglob("locale/*.po")}
    assert ROOT / "shared/locale" in folders
    for folder in folders:
        assert sorted(path.stem for path in folder.glob("*.po")) == sorted(TRANSLATED)


def test_a_text_in_no_language_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match=f"at least one of {LANGUAGES[0]}, .* and {LANGUAGES[-1]} is needed"):
        LocalisedText()


def test_the_best_text_is_the_asked_one_or_the_first_there_is() -> None:
    text = LocalisedText(sv="Hej", en="Hello")
    assert (text.best("en"), text.best("fi"), text.best("xx")) == ("Hello", "Hej", "Hej")
