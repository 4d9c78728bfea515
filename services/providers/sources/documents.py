"""Reading parts of a JSON document that somebody else has made: each part is what it should be, or missing, or the
document is refused with a `TypeError`."""

from collections.abc import Mapping

Document = Mapping[str, object]


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
