"""What a source says of one service point."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.providers.domain import RefusedRow

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
        """Keep a record; one that stands there twice is refused the second time."""
        if isinstance(found, Said) and found.source_id in self.said:
            found = RefusedRow(file, line, "id", "stands in the list twice")
        if isinstance(found, RefusedRow):
            self.refused.append(found)
        else:
            self.said[found.source_id] = found
