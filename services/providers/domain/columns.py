"""The columns of a list that somebody hands over, and what of it cannot be read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LONGEST_NAME = 200


@dataclass(frozen=True)
class RefusedRow:
    """A row of a list, or a record of a document, that did not go in, whole or in a field: where, what, why. `record`
    is the id of a document's record, empty where it has none."""

    file: str
    line: int
    field: str
    reason: str
    record: str | None = None

    @property
    def place(self) -> str:
        """Where it stands: a line of a list, or a record of a document with its id."""
        if self.record is None:
            return f"{self.file}, line {self.line}"
        return f"{self.file}, record {self.line}" + (f" ({self.record})" if self.record else "")


@dataclass(frozen=True)
class LeftOut:
    """A field of a record that goes in without it, and why."""

    field: str
    reason: str


class UnreadableField(Exception):
    """A field of a row cannot be read"""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field)
        self.field, self.reason = field, reason


@dataclass
class Columns:
    """The documented columns of a list, each with the other headings that are known to mean the same. A heading that
    may mean two is the second where the first has another: `namn` is the name, or beside `nimi` the Swedish one."""

    known: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    found: dict[str, str] = field(default_factory=dict)

    def match(self, headings: Iterable[str]) -> list[str]:
        """Find each column's heading in a file; returns the names of required columns that are not there."""
        self.found = self._headings_of({_plain_heading(heading): heading for heading in headings})
        return sorted(self.required - self.found.keys())

    def recognised(self, headings: Iterable[str]) -> int:
        """Return how many of the columns these headings would give."""
        return len(self._headings_of({_plain_heading(heading): heading for heading in headings}))

    def repeated(self, headings: Sequence[str]) -> list[str]:
        """Return the headings of columns that stand in a file twice: nobody knows which of them is meant."""
        counts = Counter(map(_plain_heading, headings))
        return [heading for heading in self.found.values() if counts[_plain_heading(heading)] > 1]

    def _headings_of(self, plain: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, others in self.known.items():
            free = (each for each in (name, *others) if plain.get(each) not in (None, *found.values()))
            if heading := next(free, None):
                found[name] = plain[heading]
        return found

    def read(self, row: Mapping[str, str | None]) -> dict[str, str]:
        """Return the row by column name, on one line each; of the columns that the file has."""
        return {name: " ".join((row.get(heading) or "").split()) for name, heading in self.found.items()}

    def unread(self, row: Mapping[str, str]) -> frozenset[str]:
        """Return the headings under which a row says something that nobody reads."""
        read = set(self.found.values())
        return frozenset(as_shown(name) for name, value in row.items() if name not in read and value.strip())


def as_shown(name: str) -> str:
    """Return the name of a field as it can be kept and printed: in what others have written it may be anything."""
    return "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME]


def _plain_heading(heading: str) -> str:
    return heading.strip().lower().replace(" ", "_")
