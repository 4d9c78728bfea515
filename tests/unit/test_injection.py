"""Names that hold more than a name, in what messages are made of. Since names have rules such ones are refused, but
there are those that were taken before."""

from email import message_from_bytes, policy
from uuid import UUID

import pytest
from icalendar import Calendar

from services.notify.channels.email import written
from services.notify.channels.protocol import Delivery
from services.notify.domain.kinds import Kind
from services.notify.messages import letters
from shared.schemas.booking import PlaceName
from shared.schemas.common import LocalisedText
from tests.unit.test_messages import recipient

SENDER = "digituki@vuoro.example"
BREAKS = ["\n", "\r", "\r\n", "\r\n ", "\x85", "\u2028", "\x0b", "\x00"]
KINDS: list[Kind] = ["confirmation", "moved", "reminder", "cancelled", "reassigned", "displaced"]


def letter_with(break_: str, kind: Kind) -> letters.Letter:
    """A letter whose names try to be headers of a mail and lines of a calendar."""
    more = f"Åsa{break_}Bcc: evil@example.com{break_}{break_}ATTENDEE:mailto:evil@example.com{break_}END:VEVENT"
    place = PlaceName(name=LocalisedText.model_construct(fi=more, sv=None, en=None), address=more)
    return letters.about(kind, recipient(tutor_name=more, place=place), SENDER)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("break_", BREAKS)
def test_a_name_is_no_header_of_a_mail(break_: str, kind: Kind) -> None:
    letter = letter_with(break_, kind)
    subject = f"{letter.subject} {letter.text[-60:]}"  # as if a subject named somebody
    delivery = Delivery(UUID(int=7), "aili@example.fi", "fi", letters.Letter(subject, "", letter.text, letter.calendar))
    raw = bytes(written(delivery, SENDER))
    read = message_from_bytes(raw, policy=policy.default)
    assert set(read.keys()) == {
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Language",
    } | ({"Content-Transfer-Encoding"} if letter.calendar is None else set())
    assert read["To"] == "aili@example.fi"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("break_", BREAKS)
def test_a_name_is_no_line_of_a_calendar(break_: str, kind: Kind) -> None:
    found = letter_with(break_, kind).calendar
    if kind == "reminder":
        assert found is None
        return
    assert found is not None
    (event,) = Calendar.from_ical(found).walk("VEVENT")
    assert "ATTENDEE" not in event
    assert set(event) == {
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "LOCATION",
        "DESCRIPTION",
        "ORGANIZER",
        "STATUS",
    }
    lines = found.decode().replace("\r\n ", "").splitlines()
    assert not [line for line in lines if line.startswith(("ATTENDEE", "Bcc"))]
