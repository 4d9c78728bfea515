"""A reader reads what it knows of an event, whatever else has been added to it since."""

import datetime as dt
import uuid
from typing import Any

import pytest
from pydantic import ValidationError

from shared.schemas import events
from shared.schemas.common import CloudEvent

ENVELOPE: dict[str, Any] = {
    "id": str(uuid.UUID(int=1)),
    "source": "/api/test",
    "subject": "x",
    "time": "2027-03-01T08:00:00Z",
}
TOPIC = {"code": "e-services", "name": {"fi": "Asiointi"}, "rank": 1, "version": 1}


def event(name: str, data: dict[str, object], **more: object) -> CloudEvent:
    return CloudEvent.model_validate({**ENVELOPE, "type": f"fi.vuoro.{name}", "data": data, **more})


def test_a_field_that_was_added_since_stops_no_reader() -> None:
    data = TOPIC | {"added": 1, "name": {"fi": "Asiointi", "added": "Áššit"}, "synonyms": {"added": ["x"]}}
    found = events.parse(event("topic.changed", data))
    assert isinstance(found, events.TopicChanged)
    assert found.name.fi == "Asiointi"


def test_an_attribute_that_was_added_to_the_envelope_stops_no_reader() -> None:
    """CloudEvents 1.0, "Extension Context Attributes": a consumer passes over those that it does not know."""
    assert event("topic.changed", TOPIC, traceparent="00-1").type == "fi.vuoro.topic.changed"


def test_a_type_that_is_not_known_is_nothing() -> None:
    assert events.parse(event("something.new", {})) is None


@pytest.mark.parametrize(("former", "model"), events.FORMER_TYPES.items())
def test_a_former_name_is_read_as_the_present_one(former: str, model: type[events.EventData]) -> None:
    assert former not in events.EVENTS
    assert model in events.EVENTS.values()


def test_data_that_is_not_of_its_type_is_refused() -> None:
    with pytest.raises(ValidationError):
        events.parse(event("topic.changed", {"code": "e-services"}))


def test_an_instant_is_written_with_an_offset_in_digits() -> None:
    at = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
    written = events.AccessRevoked(bearer="person:1", at=at).model_dump(mode="json")
    assert written["at"] == "2027-03-01T08:00:00+00:00"


def test_no_two_events_have_the_same_type() -> None:
    written = [event for models in events.WRITTEN_BY.values() for event in models]
    assert len(written) == len({event.type for event in written}) == len(events.EVENTS)


TUTOR: dict[str, Any] = {
    "id": str(uuid.UUID(int=1)),
    "organisation_id": str(uuid.UUID(int=2)),
    "region": "17",
    "display_name": "Aino",
    "languages": ["fi"],
    "topics": ["e-services"],
    "channels": ["on_site", "phone"],
    "status": "active",
}


def test_a_new_word_of_a_closed_list_is_left_out_of_it() -> None:
    """A version that does not know chat does not offer it, and knows the rest of the tutor."""
    found = events.parse(event("tutor.changed", TUTOR | {"channels": ["chat", "phone", "hologram"]}))
    assert isinstance(found, events.TutorChanged)
    assert found.channels == ["phone"]


def test_a_part_with_a_new_word_is_left_out() -> None:
    hours = [{"weekday": 1, "from": "10:00", "to": "12:00", "kind": kind} for kind in ("staffed", "robots")]
    named = {"name": {"fi": "K"}, "address": "Tie 1", "municipality": "305"}
    point = {**named, **{name: TUTOR[name] for name in ("id", "organisation_id", "region")}}
    found = events.parse(event("service-point.changed", {**point, "status": "active", "weekly_hours": hours}))
    assert isinstance(found, events.ServicePointChanged)
    assert [each.kind for each in found.weekly_hours] == ["staffed"]


@pytest.mark.parametrize("changed", [{"status": "on_leave"}, {"status": "on_leave", "channels": ["chat"]}])
def test_what_cannot_be_understood_without_a_new_word_is_nothing(
    changed: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    assert events.parse(event("tutor.changed", TUTOR | changed)) is None
    (record,) = caplog.records
    assert record.getMessage() == (
        "fi.vuoro.tutor.changed 00000000-0000-0000-0000-000000000001 has a word that this version does not know in "
        f"{', '.join(sorted(changed))}, and is passed over"
    )


def test_a_new_word_beside_what_is_wrong_is_refused_like_what_is_wrong() -> None:
    with pytest.raises(ValidationError):
        events.parse(event("tutor.changed", TUTOR | {"status": "on_leave", "languages": 7}))
