"""What a source says of one service point."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.providers.domain import RefusedRow
from shared.schemas.providers import ServicePointInput

Days = Mapping[dt.date, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class Said:
    """One record of a source. `says` has only the fields that the source knows of, a name in a language as `name.fi`;
    `gives_support` is None where the source does not tell. `draft`: no one has asked to show it."""

    source_id: str
    municipality: str
    says: Mapping[str, Any]
    days: Days = field(default_factory=dict)
    gives_support: bool | None = None
    draft: bool = False


@dataclass
class Sayings:
    """All that a source says, and what of it cannot be read."""

    said: dict[str, Said] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)

    def add(self, file: str, line: int, found: Said | RefusedRow) -> None:
        """Keep a record; one that stands there twice is refused the second time. A field that a service point cannot
        have is told and left out, unless there is no service point without it."""
        if isinstance(found, RefusedRow):
            self.refused.append(found)
        elif found.source_id in self.said:
            self.refused.append(RefusedRow(file, line, "id", "stands in the list twice"))
        else:
            wrong = _wrong(found.says)
            reason = "cannot be what it should be"
            self.refused += [RefusedRow(file, line, name, reason) for name in sorted(wrong)]
            if not wrong & NEEDED:
                kept = {name: value for name, value in found.says.items() if name.partition(".")[0] not in wrong}
                self.said[found.source_id] = replace(found, says=kept)


NEEDED = {"name", "address", "municipality"}


def _wrong(says: Mapping[str, Any]) -> set[str]:
    """The fields that the wire would refuse."""
    state: dict[str, Any] = {"organisation_id": UUID(int=0)}
    for name, value in says.items():
        field_, _, language = name.partition(".")
        if language:
            state.setdefault(field_, {})[language] = value
        elif value is not None or field_ in NEEDED:
            state[field_] = value
    try:
        ServicePointInput.model_validate(state)
    except ValidationError as error:
        return {str(finding["loc"][0]) for finding in error.errors()}
    return set()
