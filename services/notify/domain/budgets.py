"""What messages that cost money may cost."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Budget:
    """How many messages that cost money are expected in a day and in a month; None when nobody has said."""

    per_day: int | None = None
    per_month: int | None = None

    def or_else(self, other: "Budget") -> "Budget":
        """Return it with what it does not say as the other says it."""
        per_day = other.per_day if self.per_day is None else self.per_day
        return Budget(per_day, other.per_month if self.per_month is None else self.per_month)


@dataclass(frozen=True)
class Spent:
    """How many messages that cost money were sent in a region on a day, and in its month up to then."""

    today: int
    this_month: int


def over_budget(spent: Spent, budget: Budget) -> list[tuple[Literal["day", "month"], int]]:
    """Return of what the last message is the first beyond the budget, and how much that is: later ones raise no
    alarm."""
    over: list[tuple[Literal["day", "month"], int]] = []
    if budget.per_day is not None and spent.today == budget.per_day + 1:
        over.append(("day", budget.per_day))
    if budget.per_month is not None and spent.this_month == budget.per_month + 1:
        over.append(("month", budget.per_month))
    return over
