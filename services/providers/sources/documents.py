"""Reading parts of a JSON document that somebody else has made: each part is what it should be, or missing, or the
document is refused with a `TypeError`."""

from collections.abc import Callable, Iterator, Mapping

from services.providers.domain.columns import as_shown
from services.providers.sources import files
from shared.languages import DEFAULT, LANGUAGES, Language

Document = Mapping[str, object]
LONGEST_ID = 200


def as_document(value: object) -> Document:
    """Return an object of JSON as it is."""
    if not isinstance(value, dict):
        raise TypeError("an object is needed")
    return value


def object_at(document: Document, name: str) -> Document:
    """Return the object that stands at `name`; an empty one when nothing does."""
    return as_document(document.get(name) or {})


def list_at(document: Document, name: str) -> list[object]:
    """Return the list that stands at `name`; an empty one when nothing does."""
    value = document.get(name) or []
    if not isinstance(value, list):
        raise TypeError("a list is needed")
    return value


def objects_at(document: Document, name: str) -> list[Document]:
    """Return the objects of the list that stands at `name`."""
    return [as_document(each) for each in list_at(document, name)]


def id_of(document: object) -> str:
    """Return a record's id; nothing, where there is none that can be kept."""
    found = document.get("id") if isinstance(document, dict) else None
    text = " ".join(str(found).split()) if isinstance(found, str | int) else ""
    return text if text.isprintable() and len(text) <= LONGEST_ID else ""


def by_language(value: object) -> dict[str, str]:
    """Return a text by language; one that stands there alone is in the language that is spoken most."""
    texts = value if isinstance(value, dict) else {DEFAULT: value}
    found = {language: files.text(texts.get(language)) for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}


def first_text(value: object) -> str | None:
    """Return a text in the first language in which there is one."""
    return next(iter(by_language(value).values()), None)


def in_language(texts: Mapping[str, str], language: Language) -> str:
    """Return a text in a language, or in the first in which there is one; empty where there is none."""
    return texts.get(language) or next(iter(texts.values()), "")


def both_addresses(line: Callable[[Language], str | None]) -> dict[str, str | None]:
    """Return the fields of an address that `line` writes in a language; in Swedish only where it is another."""
    address, swedish = line(DEFAULT), line("sv")
    is_another = (swedish or "").casefold() != (address or "").casefold()
    return {"address": address, "address_sv": swedish if is_another else None}


def texts_at(*paths: str) -> frozenset[str]:
    """Return the paths of texts that `by_language` reads."""
    return frozenset(paths) | {f"{path}.{language}" for path in paths for language in LANGUAGES}


def unread_paths(value: object, read: frozenset[str], bookkeeping: frozenset[str], path: str = "") -> Iterator[str]:
    """Yield where a document says something that nobody reads, such as `address.info`. `read` has the paths of the
    values that are read, `bookkeeping` those that say nothing of what is read, each with all that is in it."""
    if path in bookkeeping or _says_nothing(value) or (path in read and not isinstance(value, list | dict)):
        return
    if isinstance(value, list):
        for each in value:
            yield from unread_paths(each, read, bookkeeping, path)
    elif isinstance(value, dict) and (not path or any(known.startswith(f"{path}.") for known in read)):
        for name, part in value.items():
            yield from unread_paths(part, read, bookkeeping, f"{path}.{name}" if path else str(name))
    else:
        yield as_shown(path)


def _says_nothing(value: object) -> bool:
    """A text of a language may stand there without its value."""
    return value in (None, "", [], {}, False) or (isinstance(value, dict) and value.get("value", value) in (None, ""))
