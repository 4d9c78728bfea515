"""What of a calendar is not as it should be, and is told to its owner."""

from collections import Counter

from shared.schemas.booking import CalendarDoubt

Doubts = Counter[CalendarDoubt]
