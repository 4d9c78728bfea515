"""The appointment for the citizen's own calendar, sent along by e-mail."""

import datetime as dt

from services.notify.messages import texts
from services.notify.messages.wording import place_in_words
from shared.plain_text import on_one_line
from shared.schemas.booking import Recipient
from shared.visit_calendars import Method, OwnVisit, write_visit


def calendar_of(recipient: Recipient, sender: str, method: Method, text: str) -> bytes:
    """Return a calendar with the appointment as its only event."""
    say = texts.texts_in(recipient.language).gettext
    visit = OwnVisit(
        recipient.appointment_id,
        recipient.sequence,
        recipient.start,
        recipient.end,
        say(texts.SUMMARY).format(tutor=on_one_line(recipient.tutor_name)),
        place_in_words(recipient),
        text,
    )
    return write_visit(visit, dt.datetime.now(dt.UTC), sender=sender, method=method)
