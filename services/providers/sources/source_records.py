"""What a source says of service points, whatever register it is."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from pydantic import ValidationError

from services.providers.domain.columns import LeftOut, RefusedRow
from services.providers.domain.day_hours import DayPart
from services.providers.domain.merging import Fields
from shared.schemas.providers import ServicePointInput

NEEDED = {"name", "address", "municipality"}
LONGEST_DESCRIPTION = 2000
REST = f"after {LONGEST_DESCRIPTION} letters"
# Why the wire refuses a field, by pydantic's names; what is wrong otherwise is told by `OTHERWISE`.
REASONS = {
    "string_too_long": "is too long",
    "email": "is no e-mail address",
    "string_pattern_mismatch": "is no web address",
}
OTHERWISE = "cannot be what it should be"
Days = Mapping[dt.date, Sequence[DayPart]]


@dataclass(frozen=True)
class PointRecord:
    """What a source says of one service point. `fields` has only those that the source knows of, a name in a language
    as `name.fi`; `gives_support` is None where the source does not say. `draft`: no one has asked to show it;
    `unpublished`: the source itself does not show it. `left_out` is what of the record cannot be read, `unread` where
    it says something that nobody reads."""

    source_id: str
    municipality: str
    fields: Fields
    days: Days = field(default_factory=dict)
    gives_support: bool | None = None
    draft: bool = False
    unpublished: bool = False
    left_out: Sequence[LeftOut] = ()
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """Where in a source a record stands: the line of a list, or the number and id of a document's record."""

    file: str
    line: int
    record: str | None = None

    def refused(self, field: str, reason: str) -> RefusedRow:
        """Return why the record does not go in, or goes in without a field."""
        return RefusedRow(self.file, self.line, field, reason, self.record)


@dataclass
class SourceRecords:
    """All that a source says, by its own ids, and what of it cannot be read. `unread` counts the records that say
    something that nobody reads, by where they say it; `passed_over` those that are not taken in, by the reason."""

    points: dict[str, PointRecord] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)

    def add(self, place: Place, found: PointRecord | RefusedRow) -> None:
        """Keep a record; one that stands there twice is refused the second time. A field that a service point cannot
        have is reported and left out, unless there is no service point without it."""
        if isinstance(found, RefusedRow):
            self.refused.append(found)
        elif found.source_id in self.points:
            self.refused.append(place.refused("id", "stands in the list twice"))
        else:
            self._add_readable(place, found)

    def _add_readable(self, place: Place, found: PointRecord) -> None:
        short = _cut_descriptions(found.fields)
        wrong = _wrong_fields(short)
        told = [*found.left_out, *(LeftOut(name, wrong[name]) for name in sorted(wrong))]
        self.refused += [place.refused(each.field, each.reason) for each in told]
        if wrong.keys() & NEEDED:
            return
        unread = found.unread | {f"{name} {REST}" for name in short if short[name] != found.fields[name]}
        self.unread.update(unread)
        kept = {name: value for name, value in short.items() if name.partition(".")[0] not in wrong}
        unread |= {each.field for each in told}
        self.points[found.source_id] = replace(found, fields=kept, unread=unread)


def _cut_descriptions(fields: Fields) -> dict[str, object]:
    """Half of a long description is better than none."""
    return {
        name: value[:LONGEST_DESCRIPTION] if name.startswith("description.") and isinstance(value, str) else value
        for name, value in fields.items()
    }


def _wrong_fields(fields: Fields) -> dict[str, str]:
    """Return the fields that the wire would refuse, or that could not be shown, and why."""
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
        return {str(each["loc"][0]): REASONS.get(each["type"], OTHERWISE) for each in error.errors()}
    return _unshowable(fields.items())


def _unshowable(fields: Iterable[tuple[str, object]]) -> dict[str, str]:
    short = ((name.partition(".")[0], value) for name, value in fields if not name.startswith("description."))
    return {
        name: "holds letters that cannot be shown"
        for name, value in short
        if isinstance(value, str) and not value.isprintable()
    }
