"""What a source says of service points, whatever register it is."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from pydantic import ValidationError

from services.providers.domain.columns import RefusedRow
from services.providers.domain.day_hours import DayPart
from services.providers.domain.merging import Fields
from shared.schemas.providers import ServicePointInput

NEEDED = {"name", "address", "municipality"}
Days = Mapping[dt.date, Sequence[DayPart]]


@dataclass(frozen=True)
class PointRecord:
    """What a source says of one service point. `fields` has only those that the source knows of, a name in a language
    as `name.fi`; `gives_support` is None where the source does not say. `draft`: no one has asked to show it."""

    source_id: str
    municipality: str
    fields: Fields
    days: Days = field(default_factory=dict)
    gives_support: bool | None = None
    draft: bool = False


@dataclass
class SourceRecords:
    """All that a source says, by its own ids, and what of it cannot be read."""

    points: dict[str, PointRecord] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)

    def add(self, file: str, line: int, found: PointRecord | RefusedRow) -> None:
        """Keep a record; one that stands there twice is refused the second time. A field that a service point cannot
        have is reported and left out, unless there is no service point without it."""
        if isinstance(found, RefusedRow):
            self.refused.append(found)
        elif found.source_id in self.points:
            self.refused.append(RefusedRow(file, line, "id", "stands in the list twice"))
        else:
            wrong = _wrong_fields(found.fields)
            reason = "cannot be what it should be"
            self.refused += [RefusedRow(file, line, name, reason) for name in sorted(wrong)]
            if not wrong & NEEDED:
                kept = {name: value for name, value in found.fields.items() if name.partition(".")[0] not in wrong}
                self.points[found.source_id] = replace(found, fields=kept)


def _wrong_fields(fields: Fields) -> set[str]:
    """Return the fields that the wire would refuse."""
    state: dict[str, object] = {"organisation_id": UUID(int=0)}
    texts: dict[str, dict[str, object]] = {}
    for path, value in fields.items():
        name, _, language = path.partition(".")
        if language:
            texts.setdefault(name, {})[language] = value
        elif value is not None or name in NEEDED:
            state[name] = value
    try:
        ServicePointInput.model_validate(state | texts)
    except ValidationError as error:
        return {str(finding["loc"][0]) for finding in error.errors()}
    return set()
