"""Reading an event of a newer writer, whose closed lists may have words that this version does not know.

An event is for ever: if such a word could stop a reader, nothing after it would be heard until the reader is brought
up to date. What is not of its type for any other reason is a fault of its writer, or of this version, and is refused.
"""

import logging

from pydantic import ValidationError

from shared.schemas.common import CloudEvent
from shared.schemas.events.base import EventData

log = logging.getLogger(__name__)
NEW_WORDS = frozenset({"literal_error", "enum"})
Place = tuple[int | str, ...]


def read(model: type[EventData], event: CloudEvent) -> EventData | None:
    """Return what an event says, without the parts of its lists that have a word which is not known; None when the rest
    cannot be understood without it. Raises pydantic's ValidationError for data that is not of its type."""
    try:
        # "ignore" for nested models as well: their own configuration is the strict one of bodies.
        return model.model_validate(event.data, extra="ignore")
    except ValidationError as error:
        places = [finding["loc"] for finding in error.errors(include_input=False) if finding["type"] in NEW_WORDS]
        if len(places) < error.error_count():
            raise
    return _read_rest(model, event, places)


def _read_rest(model: type[EventData], event: CloudEvent, places: list[Place]) -> EventData | None:
    try:
        rest = model.model_validate(_without(event.data, {_part(place) for place in places}), extra="ignore")
    except ValidationError:
        rest = None
    what = "passed over" if rest is None else "read without it"
    fields = ", ".join(sorted({str(place[0]) for place in places}))
    log.error("%s %s has a word that this version does not know in %s, and is %s", event.type, event.id, fields, what)
    return rest


def _part(place: Place) -> Place:
    """Return the place of the innermost part of a list that a word stands in; of none, nowhere."""
    while place and not isinstance(place[-1], int):
        place = place[:-1]
    return place


def _without(value: object, parts: set[Place], at: Place = ()) -> object:
    """Return a value as JSON has it, without some parts of its lists."""
    match value:
        case list():
            kept = [(*at, n) for n in range(len(value)) if (*at, n) not in parts]
            return [_without(value[int(place[-1])], parts, place) for place in kept]
        case dict():
            return {name: _without(inner, parts, (*at, name)) for name, inner in value.items()}
        case _:
            return value
