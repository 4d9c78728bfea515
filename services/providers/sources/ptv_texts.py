"""PTV's texts: lists of `{language, value, type}`."""

from services.providers.sources import files
from services.providers.sources.documents import Document, objects_at
from shared.languages import LANGUAGES


def texts_of(document: Document, name: str, kind: str = "") -> dict[str, str]:
    """Return the texts of one type, by language; a text without a type is of any."""
    texts = [each for each in objects_at(document, name) if each.get("type", kind) == kind]
    values = {str(each.get("language")): files.plain(_text_or_none(each.get("value"))) for each in texts}
    return {language: values[language] or "" for language in LANGUAGES if values.get(language)}


def _text_or_none(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a text is needed")
    return value
