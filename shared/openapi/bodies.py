"""What is sent and what is answered: in which media type, and for instance what."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]
JSON = "application/json"
LONGEST_TEXT = 10_000_000


def form_example(values: Mapping[str, str]) -> Json:
    """Return the `openapi_extra` of a route that reads a form: how one is filled in."""
    return {"requestBody": {"content": {"application/x-www-form-urlencoded": {"example": values}}}}


def text_body(media_type: str, example: str) -> Json:
    """Return the `openapi_extra` of a route that reads its body as a text, whatever it is."""
    schema = {"type": "string", "maxLength": 1_000_000}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema, "example": example}}}}


def answers(media_type: str) -> dict[int | str, Json]:
    """Return the `responses` of a route that answers in a media type of its own."""
    return {200: {"content": {media_type: {}}}}


def settle_media_types(operation: Json) -> None:
    """Leave to an answer only the media type that its route has named. FastAPI adds JSON to it, and puts the schema
    there."""
    for content in _contents(operation):
        others = [media_type for media_type in content if media_type != JSON]
        if others:
            schema = content.pop(JSON, {}).get("schema") or _schema_of(others[0])
            content[others[0]].setdefault("schema", schema)


def _schema_of(media_type: str) -> Json:
    return {"type": "object"} if media_type.endswith("json") else {"type": "string", "maxLength": LONGEST_TEXT}


def _contents(operation: Json) -> Iterator[Json]:
    return (answer["content"] for answer in operation["responses"].values() if "content" in answer)


def drop_inherited_examples(schemas: Json) -> None:
    """Drop the examples of what is answered that are of what is sent, from which its model is derived."""
    for schema in schemas.values():
        needed = set(schema.get("required", []))
        if any(isinstance(example, dict) and needed - example.keys() for example in schema.get("examples", [])):
            del schema["examples"]
