"""An app that describes itself."""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.openapi import allowances, bodies, bounds, refusals, security

Json = dict[str, Any]
CONTACT = {"name": "whoever runs this installation"}
TAGS = {
    "slots": "Free times.",
    "appointments": "Holding, booking, moving, cancelling, and how visits ended.",
    "waitlist": "Waiting for a time that is not free yet.",
    "feedback": "What citizens say of their visits, and what is answered.",
    "availability": "Tutors' hours, absences and calendars, and closings of service points.",
    "walk-ins": "Who comes without a time: a tally, and a queue.",
    "registry": "Who helps, where and with what.",
    "open data": "All published service points in one file.",
    "people and tokens": "Accounts, API clients, signing in, and tokens.",
    "one's own account": "What concerns whoever asks.",
    "audit": "Who did what.",
    "messages": "What was sent.",
    "events": "What happened, in order.",
    "health": "Whether a process runs, and can serve.",
}


class DocumentedApp(FastAPI):
    """FastAPI, with a description that strict tools accept."""

    def openapi(self) -> Json:
        """Return the description, which is made when it is first asked for."""
        if not self.openapi_schema:
            self.openapi_schema = _made_strict(super().openapi())
        return self.openapi_schema


def operation_id(route: APIRoute) -> str:
    """Return what generated clients call an operation: the name of its handler."""
    return route.name


def _made_strict(document: Json) -> Json:
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own shape of what are problems here
        schemas.pop(name, None)
    document["components"]["responses"] = refusals.components()
    document["components"]["headers"] = allowances.components()
    for path, method, operation in operations(document):
        _without_null(operation)
        bodies.settle_media_types(operation)
        security.apply(operation)
        allowances.apply(operation)
        refusals.apply(method, path, operation)
    bodies.drop_inherited_examples(schemas)
    bounds.apply(document)
    for kind in ("responses", "headers"):
        _drop_unused(document["components"], kind, json.dumps(document["paths"]))
    used = {tag for _path, _method, operation in operations(document) for tag in operation["tags"]}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    return document


def _drop_unused(components: Json, kind: str, text: str) -> None:
    """Drop the components of a kind that no `text` refers to."""
    used = {name: each for name, each in components.pop(kind).items() if f'/{kind}/{name}"' in text}
    if used:
        components[kind] = used


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield the path, the method and the description of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _without_null(operation: Json) -> None:
    """A parameter or a body that may be left out is not null."""
    for given in operation.get("parameters", []):
        given["schema"] = _either(given["schema"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["schema"] = _either(content["schema"])


def _either(schema: Json) -> Json:
    """Return a schema without the null among what it may be."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    others = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**kinds[0], **others} if "$ref" not in kinds[0] else kinds[0]
