"""How large what is described may be, where the models do not say it: for readers that set aside room beforehand."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
# What is sent has bounds of its own, which are refused beyond; a test says so. These are of answers.
LONGEST_TEXT, MOST_ITEMS = 10_000, 10_000
LARGEST = 2**31 - 1
LENGTHS = {"uuid": 36, "date": 10, "date-time": 40, "email": 320}


def apply(part: object) -> None:
    """Bound every schema within `part` of a document."""
    for schema in schemas_in(part):
        match schema.get("type"):
            case "string":
                _bound_text(schema)
            case "array":
                schema.setdefault("maxItems", MOST_ITEMS)
            case "integer":
                _bound_integer(schema)


def schemas_in(part: object) -> Iterator[Json]:
    """Yield whatever has a `type` within a part of a document, examples aside."""
    if isinstance(part, dict):
        if isinstance(part.get("type"), str):
            yield part
        part = [each for name, each in part.items() if name not in {"example", "examples", "default"}]
    if isinstance(part, list):
        for each in part:
            yield from schemas_in(each)


def _bound_text(schema: Json) -> None:
    if not {"enum", "const"} & schema.keys():
        schema.setdefault("maxLength", LENGTHS.get(schema.get("format", ""), LONGEST_TEXT))


def _bound_integer(schema: Json) -> None:
    if {"enum", "const"} & schema.keys():
        return
    if "exclusiveMinimum" not in schema:
        schema.setdefault("minimum", 0)
    if "exclusiveMaximum" not in schema:
        schema.setdefault("maximum", LARGEST)
    schema.setdefault("format", "int32")
