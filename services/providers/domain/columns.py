"""The columns of a list that somebody hands over, and the rows of it that cannot be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RefusedRow:
    """A row of a list that did not go in: where, what, why."""

    file: str
    line: int
    field: str
    reason: str


class UnreadableField(Exception):
    """A field of a row cannot be read"""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field)
        self.field, self.reason = field, reason


@dataclass
class Columns:
    """The documented columns of a list, each with the other headings that are known to mean the same."""

    known: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    found: dict[str, str] = field(default_factory=dict)

    def match(self, headings: Iterable[str]) -> list[str]:
        """Find each column's heading in a file; returns the names of required columns that are not there."""
        lowered = {heading.strip().lower(): heading for heading in headings}
        for name, others in self.known.items():
            heading = next((lowered[known] for known in (name, *others) if known in lowered), None)
            if heading is not None:
                self.found[name] = heading
        return sorted(self.required - self.found.keys())

    def read(self, row: Mapping[str, str | None]) -> dict[str, str]:
        """Return the row by column name; what is not there is empty."""
        return {name: (row.get(self.found.get(name, "")) or "").strip() for name in self.known}
