"""The AsyncAPI documents say what the feeds carry, the models what the services emit, and the documents name it all.

No package of PyPI ships the published JSON Schema of AsyncAPI 3.0.0, so the shape is checked by hand here: what the
specification requires, that every reference leads somewhere, and that real events fit what is said of them.
"""

import ast
import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from deploy.local.openapi import files
from shared.asyncapi import document_of
from shared.schemas import events
from shared.schemas.common import CloudEvent
from shared.schemas.events.table import as_markdown
from tests.conftest import ROOT

SERVICES = list(events.WRITTEN_BY)
CLASSES = {model.__name__: model for model in events.EVENTS.values()}
# Written by what is shared, for the service that owns sign-in.
BY_SHARED = {"providers": {events.AccessRevoked}}


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def at(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_has_what_asyncapi_requires(service: str) -> None:
    document: Any = document_of(service)
    assert set(document) == {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["title"]
    assert document["info"]["version"]
    operation = document["operations"]["followEvents"]
    assert operation["action"] == "send"
    assert operation["channel"] == {"$ref": "#/channels/events"}
    assert document["channels"]["events"]["address"] == f"/api/{service}/v1/events"


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_leads_somewhere(service: str) -> None:
    document = document_of(service)
    found = set(references(document))
    assert found
    assert all(at(document, reference) for reference in found)


@pytest.mark.parametrize("service", SERVICES)
def test_each_event_is_a_message_with_a_sentence_about_it(service: str) -> None:
    document: Any = document_of(service)
    messages = [at(document, message["$ref"]) for message in document["channels"]["events"]["messages"].values()]
    assert {message["name"] for message in messages} == {event.type for event in events.WRITTEN_BY[service]}
    assert all(message["title"] and message["summary"].endswith(".") for message in messages)


def test_a_renamed_event_says_how_it_was_called() -> None:
    document: Any = document_of("booking")
    assert "fi.vuoro.waiting.asked" in document["components"]["messages"]["WaitlistJoined"]["description"]


BOOKED = events.AppointmentBooked(
    id=uuid.UUID(int=1),
    state="booked",
    sequence=0,
    start=dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC),
    end=dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC),
    channel="phone",
    topic="e-services",
    region="17",
    tutor_id=uuid.UUID(int=2),
    offering_id=uuid.UUID(int=3),
    organisation_id=uuid.UUID(int=4),
    service_point_id=None,
    result=None,
)
EXAMPLES: list[tuple[str, events.EventData]] = [
    ("booking", BOOKED),
    ("notify", events.MessageSent(id=uuid.UUID(int=1), kind="reminder", channel="sms", about=uuid.UUID(int=2))),
    ("providers", events.AccessRevoked(bearer="person:1", at=dt.datetime(2027, 3, 1, tzinfo=dt.UTC))),
    ("providers", events.TopicChanged.model_validate({"code": "e-services", "name": {"fi": "Asiointi"}})),
]


@pytest.mark.parametrize(("service", "event"), EXAMPLES, ids=lambda each: getattr(each, "type", each))
def test_what_is_emitted_fits_what_is_said_of_it(service: str, event: events.EventData) -> None:
    document: Any = document_of(service)
    payload = document["components"]["messages"][type(event).__name__]["payload"]
    fits = OAS31Validator({**payload, "components": document["components"]})
    written = CloudEvent(
        id=uuid.UUID(int=9),
        source=f"/api/{service}",
        type=event.type,
        subject=event.subject,
        time=dt.datetime.now(dt.UTC),
        data=event.model_dump(mode="json", by_alias=True),
    ).model_dump(mode="json")
    assert list(fits.iter_errors(written)) == []
    assert list(fits.iter_errors({**written, "type": "fi.vuoro.other"}))
    assert list(fits.iter_errors({**written, "data": {}}))


def test_make_openapi_writes_a_document_of_each_service_and_of_each_feed() -> None:
    found = files()
    assert set(found) == {f"{name}{kind}" for name in SERVICES for kind in (".json", ".asyncapi.json")}
    assert all(json.dumps(document) for document in found.values())


def written_by(service: str) -> set[type[events.EventData]]:
    """The events that a service's code names anywhere but where it reads one (`case`, `isinstance`, an argument) or
    speaks of a type; who names one there emits it, or hands it to what does."""
    found: set[type[events.EventData]] = set()
    for path in (ROOT / "services" / service).rglob("*.py"):
        tree = ast.parse(path.read_text())
        reading = {id(part) for node in ast.walk(tree) if is_reading(node) for part in ast.walk(node)}
        for node in ast.walk(tree):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in CLASSES and id(node) not in reading:
                found.add(CLASSES[name])
    return found


def is_reading(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
    of_a_type = isinstance(node, ast.Attribute) and node.attr == "type"
    return called or of_a_type or isinstance(node, ast.MatchClass | ast.arg)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_emits_the_events_that_are_said_to_be_its_own_and_no_others(service: str) -> None:
    said = set(events.WRITTEN_BY[service]) - BY_SHARED.get(service, set())
    assert written_by(service) - BY_SHARED.get(service, set()) == said


def test_the_document_for_integrators_has_the_list_of_all_events() -> None:
    text = (ROOT / "docs/integrating.md").read_text()
    assert as_markdown() in text.partition("## Following events")[2].partition("\n## ")[0]
    assert all(f"`{name}`" in as_markdown() for name in (*events.EVENTS, *events.FORMER_TYPES))


def test_nothing_but_that_list_names_an_event_that_is_none() -> None:
    known = {*events.EVENTS, *events.FORMER_TYPES}
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        named = set(re.findall(r"`(fi\.vuoro\.[a-z.-]*[a-z])`", document.read_text()))
        assert named <= known, document
