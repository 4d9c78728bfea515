"""How a tutor's week is read: zone, holidays and external calendar; and all that is held of it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from shared.schemas.booking.absences import Absence
from shared.schemas.booking.appointments import ToCome
from shared.schemas.booking.calendar_subscriptions import CalendarSubscription
from shared.schemas.booking.hours import Availability, ExtraTime
from shared.schemas.common import Wire, example


class TutorTime(Wire):
    """How a tutor's week is read: the zone of their wall clock, and whose public holidays they keep."""

    model_config = example(zone="Europe/Helsinki", holidays="FI")

    zone: str = Field(max_length=64, examples=["Europe/Helsinki"], description="an IANA time zone")
    holidays: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$", max_length=2)] | None = Field(
        description="ISO 3166 code of the country whose public holidays are closed; null for none"
    )


class ExternalCalendarInput(Wire):
    """The address of a tutor's external calendar (iCalendar, RFC 5545). It is a secret, and never shown again."""

    model_config = example(url="https://calendar.example.fi/private-f3a9/basic.ics")

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)]


CalendarDoubt = Literal["no_start", "no_end", "rule", "dates", "zone", "free_busy", "unread"]


class ExternalCalendar(Wire):
    """How reading a tutor's external calendar goes. While it fails, what was last known stays."""

    host: str
    checked_at: AwareDatetime | None
    fresh_at: AwareDatetime | None = Field(description="when it was last read without trouble")
    failing_since: AwareDatetime | None
    failure: str | None
    doubts: dict[CalendarDoubt, int] = Field(
        description="what was not as it should be when it was last read, and how often: an event without a start, "
        "which takes no time; an end that is none, so that an hour is taken; a rule that says nothing, so that its "
        "first time is taken; dates that are none; a zone that nobody knows, so that the tutor's is taken; a free-busy "
        "answer without times, all of which is taken; something about times that is not read, such as a change of all "
        "that came before"
    )


class MyTime(Wire):
    """All that booking holds of a tutor (GDPR, article 15); who came is the citizens' own."""

    availability: list[Availability]
    extra_time: list[ExtraTime]
    absences: list[Absence]
    time: TutorTime
    calendar: ExternalCalendar | None
    calendar_subscription: CalendarSubscription | None = None
    new_appointments_seen_until: AwareDatetime | None = None
    appointments: list[ToCome] = Field(description="with them, past and to come, the latest thousand")
