"""What all events have in common."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

PREFIX = "fi.vuoro."

# RFC 3339 with an offset in digits, as isoformat writes it, also for UTC.
EventInstant = Annotated[
    AwareDatetime,
    PlainSerializer(dt.datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class EventData(BaseModel):
    """What an event says: ids, times and public facts, never personal data."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, from_attributes=True)

    type: ClassVar[str]

    @property
    def subject(self) -> str:
        """What the event is about."""
        raise NotImplementedError


class RecordEvent(EventData):
    """An event about a record that has an id."""

    id: UUID

    @property
    def subject(self) -> str:
        return str(self.id)


class CodeEvent(EventData):
    """An event about an entry of a code list."""

    code: str

    @property
    def subject(self) -> str:
        return self.code
