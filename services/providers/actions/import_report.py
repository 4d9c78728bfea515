"""What an import did."""

from collections import Counter
from dataclasses import dataclass, field

from services.providers.domain.columns import RefusedRow
from services.providers.domain.merging import Difference


@dataclass
class ImportReport:
    """What an import did, or in a dry run would do. `rows` names each record that was created or changed; `unread`
    counts the records in which the source says something that nobody reads, by where it says it; `passed_over` those
    that are not taken in, by the reason."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    days_written: int = 0
    rows: list[str] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)

    def add_created(self, what: str) -> None:
        """Report a new record."""
        self.created += 1
        self.rows.append(f"new: {what}")

    def add_changed(self, what: str) -> None:
        """Report a record that has changed."""
        self.changed += 1
        self.rows.append(f"changed: {what}")
