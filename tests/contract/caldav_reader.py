"""The reader of PyPI's `caldav`, which mends what others write against the standard before it reads it."""

from collections.abc import Callable
from typing import Any

from caldav.calendarobjectresource import Event
from caldav.lib.python_utilities import to_normal_str
from caldav.lib.vcal import fix
from icalendar import Calendar

_plain: Callable[[bytes], str] = to_normal_str
_mended: Callable[[bytes], str] = fix
_event: Callable[..., Any] = Event


def has_to_be_mended(calendar: bytes) -> bool:
    """Whether it changes anything of a calendar; other ends of lines are none of that."""
    return _mended(calendar) != _plain(calendar)


def read_by_caldav(calendar: bytes) -> Calendar:
    """A calendar as it reads it."""
    found: Calendar = _event(data=calendar).icalendar_instance
    return found
