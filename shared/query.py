"""A query string read at once as a model: FastAPI reads one parameter after the other, and a search has a score."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def read_as(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """A dependency that reads the query string; what is wrong with it is refused as FastAPI refuses it."""
    many = {field.alias or name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}

    async def read(request: Request) -> Model:
        given = request.query_params
        try:
            return model.model_validate({name: given.getlist(name) if name in many else given[name] for name in given})
        except ValidationError as error:
            findings = error.errors(include_url=False, include_context=False, include_input=False)
            raise RequestValidationError([{**each, "loc": ("query", *each["loc"])} for each in findings]) from None

    return read


def parameters_of(model: type[BaseModel]) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads its query so (OpenAPI 3.1, parameter objects)."""
    schema = model.model_json_schema()
    return {
        "parameters": [
            {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": of}
            | ({"description": of["description"]} if "description" in of else {})
            for name, of in schema["properties"].items()
        ]
    }
