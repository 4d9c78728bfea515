"""The list of languages, and the places that have a field or a file for each."""

from pathlib import Path

import pytest

from shared.languages import DEFAULT, LANGUAGES, SOURCE, TRANSLATED
from shared.schemas.common import LocalisedText, Wire
from shared.schemas.providers import Synonyms

ROOT = Path(__file__).parents[2]


def test_the_code_is_written_in_one_of_them_and_translated_into_the_others() -> None:
    assert {DEFAULT, SOURCE} <= set(LANGUAGES)
    assert sorted([SOURCE, *TRANSLATED]) == sorted(LANGUAGES)


@pytest.mark.parametrize("model", [LocalisedText, Synonyms])
def test_a_text_of_the_wire_has_a_field_for_each(model: type[Wire]) -> None:
    assert tuple(model.model_fields) == LANGUAGES


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
