"""What `booking` refuses, beyond what every service does."""

import datetime as dt
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.http.allowances import Allowance, headers_of
from shared.problems import Problem
from shared.schemas.booking import Slot
from shared.schemas.common import LocalisedText
from shared.texts import marked

LOCALE = Path(__file__).parent / "locale"
SHOWN_IN_MINUTES = 90 * 60  # seconds


class SlotRefused(Problem):
    """This time cannot be booked"""

    status, slug, locale = 409, "slot-refused", LOCALE

    def __init__(self, alternatives: Sequence[Slot | dict[str, Any]], date: dt.date | None = None) -> None:
        shown = [slot.model_dump(mode="json") if isinstance(slot, Slot) else slot for slot in alternatives]
        if date is None:
            super().__init__(extensions={"alternatives": shown})
        else:
            named = f"{date.day}.{date.month}.{date.year}"
            super().__init__(extensions={"alternatives": shown, "date": date.isoformat()}, date=named)


class SlotTaken(SlotRefused):
    """Somebody else was faster"""

    slug = "slot-taken"
    detail = marked("Nothing was booked for you. Choose one of the nearest free times.")


class SlotGone(SlotRefused):
    """This time is no longer offered"""

    slug = "slot-gone"
    detail = marked("The helper's hours have changed, or the time is too near. Choose one of the nearest free times.")


class HoldLapsed(SlotRefused):
    """The time is no longer kept for you"""

    slug = "hold-lapsed"
    detail = marked("It was kept for you for a while, and that time is over. Choose one of the nearest free times.")


class NobodyElse(SlotRefused):
    """No other helper is free then"""

    slug = "nobody-else"
    detail = marked("Nothing was changed. Move the appointment to another time, or offer the citizen new times.")


class OwnTimesFirst(SlotRefused):
    """This time is another organisation's"""

    slug = "own-times-first"
    detail = marked("The organisation where you booked has free times. Choose one of them.")


class SeriesClash(SlotRefused):
    """One of the dates is not free"""

    slug = "series-clash"
    detail = marked("Nothing was booked, since {date} is not free. Choose another time, or fewer weeks.")


class AppointmentsAffected(Problem):
    """There are appointments in that time"""

    status, slug, locale = 409, "appointments-affected", LOCALE
    detail = marked(
        "Nothing was saved yet. Say what becomes of the appointments named: keep them, reassign them to other helpers, "
        "or offer their citizens new times."
    )

    def __init__(self, appointments: list[dict[str, object]]) -> None:
        super().__init__(extensions={"appointments": appointments})


class ConsentNeeded(Problem):
    """This place has not allowed it yet"""

    status, slug, locale = 409, "consent-needed", LOCALE
    detail = marked(
        "Nothing was saved. {place} belongs to another organisation, which must first allow your organisation's "
        "helpers there. Once is enough. Ask it, and then add the hours again."
    )

    def __init__(self, place: LocalisedText, *, point: uuid.UUID, organisation: uuid.UUID) -> None:
        super().__init__(extensions={"service_point_id": str(point), "organisation_id": str(organisation)}, place=place)


class ThereIsTime(SlotRefused):
    """There is a free time already"""

    slug = "there-is-time"
    detail = marked("There is no need to queue for this. Book one of the free times named here.")


class NobodyHelps(Problem):
    """Nobody helps with this there"""

    status, slug, locale = 409, "nobody-helps", LOCALE
    detail = marked(
        "Queuing does not help here: no time will become available. Look for a time nearby, by phone or by video, or "
        "for help without booking."
    )


class OfferOver(Problem):
    """This time is no longer kept for you"""

    status, slug, locale = 409, "offer-over", LOCALE
    detail = marked("You did not answer in time, and the time went to the next person. You stay in the queue.")


class CalendarRefused(Problem):
    """This calendar cannot be taken in"""

    status, slug, locale = 422, "calendar-refused", LOCALE
    detail = marked("Nothing was changed. Send weekly hours as VAVAILABILITY (RFC 7953). It holds: {why}.")


class NotASlot(Problem):
    """This is not a time that can be booked"""

    status, slug, locale = 422, "not-a-slot", LOCALE
    detail = marked("Use the id of a slot from the list of free times, with a topic that it serves.")


class InThePast(Problem):
    """This time has passed"""

    status, slug, locale = 422, "in-the-past", LOCALE
    detail = marked("Choose a time that is still to come.")


class WrongState(Problem):
    """This cannot be done to the appointment any more"""

    status, slug, locale = 409, "wrong-state", LOCALE
    detail = marked("It was cancelled, or the visit is over. Book a new time, or phone the service point.")


class VisitToCome(Problem):
    """The visit has not begun"""

    status, slug, locale = 409, "visit-to-come", LOCALE
    detail = marked("How it ended can be said from its start on. To take it away before, cancel it.")


class VisitNotOver(Problem):
    """This visit has not taken place"""

    status, slug, locale = 409, "visit-not-over", LOCALE
    detail = marked("You can say how it went once the visit is over.")


class OutcomeStands(Problem):
    """The outcome cannot be undone any more"""

    status, slug, locale = 409, "outcome-stands", LOCALE
    detail = marked("It can be undone until the end of the day after the visit. If it is wrong, say the right one.")


class WrongCode(Problem):
    """The code is wrong"""

    status, slug, locale = 403, "wrong-code", LOCALE
    detail = marked("Look at the message again and type its six digits. The code in the newest message is valid.")


class NobodyWaits(Problem):
    """Nobody waits"""

    status, slug, locale = 409, "nobody-waits", LOCALE
    detail = marked("The queue is empty. Give a number to who comes next.")


class NotedTooLongAgo(Problem):
    """It is too late to change this"""

    status, slug, locale = 409, "noted-too-long-ago", LOCALE
    detail = marked("It can be changed until the end of the next day.")


class CodeOver(Problem):
    """This code is not good any more"""

    status, slug, locale = 409, "code-over", LOCALE
    detail = marked("The code is valid for half an hour, once, and for five tries. Ask for a new message.")


class LimitReached(Problem):
    """That is as much as can be done for now"""

    status, slug, locale = 429, "limit-reached", LOCALE
    detail = marked(
        "Without signing in, you can book or change only some times. So there are times for everybody. Try again in "
        "{minutes} minutes, or phone the service point. They can book for you at once."
    )
    in_hours = marked(
        "Without signing in, you can book or change only some times. So there are times for everybody. Try again in "
        "{hours} hours, or phone the service point. They can book for you at once."
    )

    def __init__(self, most: int, within: dt.timedelta, left: dt.timedelta) -> None:
        seconds = max(1, round(left.total_seconds()))
        # By what it is counted is not said: by a contact, perhaps, which others have used.
        headers = {"Retry-After": str(seconds), **headers_of([Allowance("anonymous", most, within, 0, left)])}
        if seconds > SHOWN_IN_MINUTES:
            self.detail = self.in_hours
        super().__init__(headers=headers, minutes=-(-seconds // 60), hours=-(-seconds // 3600))


class CalendarReadTooOften(LimitReached):
    """The calendar is read too often"""

    detail = in_hours = marked("Let the program read it once an hour. It can be read again in {minutes} minutes.")


class AskedTooOften(LimitReached):
    """It was asked for several times"""

    detail = marked("Look at your messages once more. Ask again in {minutes} minutes, or phone the service point.")
    in_hours = marked("Look at your messages once more. Ask again in {hours} hours, or phone the service point.")
