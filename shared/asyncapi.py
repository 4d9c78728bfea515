"""The AsyncAPI 3.0 document of a service's feed (https://www.asyncapi.com/docs/reference/specification/v3.0.0), from
the models of its events: the channel is `GET …/events`, each event a message in the envelope of CloudEvents 1.0."""

import re
from collections.abc import Sequence

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared.schemas.common import CloudEvent
from shared.schemas.events import FORMER_TYPES, WRITTEN_BY, EventData

Json = dict[str, object]
BATCH = "application/cloudevents-batch+json"
SCHEMAS = "#/components/schemas/"
BINDING_VERSION = "0.3.0"  # of AsyncAPI's HTTP bindings
DESCRIPTION = """\
Events in the order of their commits for each subject, as an HTTP feed (https://www.http-feeds.org): an answer is a JSON
array of messages, the oldest first. Keep the `id` of the last one that was dealt with, and ask on from there with
`lastEventId`. Fields may be added to any event; a reader passes over those that it does not know."""
QUERY: Json = {
    "type": "object",
    "properties": {
        "lastEventId": {"type": "string", "format": "uuid", "description": "the last one read"},
        "timeout": {
            "type": "integer",
            "minimum": 0,
            "maximum": 60,
            "default": 0,
            "description": "seconds to wait when there is nothing new",
        },
    },
}


def document_of(service: str) -> Json:
    """Return the document of a service's feed; raises KeyError for a service without one."""
    written = WRITTEN_BY[service]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Vuoro {service}: events",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": BATCH,
        "channels": {"events": _channel(service, written)},
        "operations": {"followEvents": _operation()},
        "components": {
            "messages": {event.__name__: _message(event) for event in written},
            "schemas": _schemas(written),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _channel(service: str, written: Sequence[type[EventData]]) -> Json:
    return {
        "address": f"/api/{service}/v1/events",
        "description": DESCRIPTION,
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in written},
    }


def _operation() -> Json:
    return {
        "action": "send",  # of the service, whose document this is; its readers receive
        "channel": {"$ref": "#/channels/events"},
        "summary": "Follow what happens",
        "security": [{"$ref": "#/components/securitySchemes/bearer"}],
        "bindings": {"http": {"method": "GET", "query": QUERY, "bindingVersion": BINDING_VERSION}},
    }


def _message(event: type[EventData]) -> Json:
    data: Json = {"$ref": f"{SCHEMAS}{event.__name__}"}
    of_this_type: Json = {"properties": {"type": {"const": event.type}, "data": data}}
    return {
        "name": event.type,
        "title": _title(event),
        "summary": " ".join((event.__doc__ or "").split()),
        "payload": {"allOf": [{"$ref": f"{SCHEMAS}{CloudEvent.__name__}"}, of_this_type]},
    } | _former_names(event)


def _title(event: type[EventData]) -> str:
    """Return the name of an event as words: "Service point hours changed"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", event.__name__).capitalize()


def _former_names(event: type[EventData]) -> Json:
    """Return a note of the types under which older events of this kind stand in the feed, which is never rewritten."""
    former = [name for name, model in FORMER_TYPES.items() if model is event]
    return {"description": f"Until it was renamed: {', '.join(former)}"} if former else {}


def _schemas(written: Sequence[type[EventData]]) -> Json:
    """Return the JSON Schemas of the events' data and of the envelope, and of all that they refer to."""
    # As they are written: a field that a reader may do without is there all the same.
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(CloudEvent, "serialization")]
    models += [(event, "serialization") for event in written]
    _references, definitions = models_json_schema(models, by_alias=True, ref_template=f"{SCHEMAS}{{model}}")
    return {name: _open(schema) for name, schema in definitions["$defs"].items()}


def _open(schema: object) -> object:
    """Return a schema that lets fields be added: bodies of requests refuse unknown fields, readers of events do not."""
    if isinstance(schema, list):
        return [_open(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _open(part) for name, part in schema.items() if (name, part) != ("additionalProperties", False)}
