"""The list of all events, for docs/integrating.md: which there are, when each is written, and in whose feed."""

from collections.abc import Iterator

from shared.schemas.events.base import EventData
from shared.schemas.events.catalogue import FORMER_TYPES, WRITTEN_BY


def as_markdown() -> str:
    """Return it as a table."""
    lines = ["| type | when | feed of |", "| --- | --- | --- |"]
    for service, written in WRITTEN_BY.items():
        lines += [f"| {_names_of(event)} | {_when(event)} | `{service}` |" for event in written]
    return "\n".join(lines)


def _when(event: type[EventData]) -> str:
    return " ".join((event.__doc__ or "").split())


def _names_of(event: type[EventData]) -> str:
    former = "".join(f"<br>formerly `{name}`" for name in _former_types(event))
    return f"`{event.type}`{former}"


def _former_types(event: type[EventData]) -> Iterator[str]:
    return (name for name, model in FORMER_TYPES.items() if model is event)
