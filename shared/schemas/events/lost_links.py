"""Links that citizens have lost."""

from shared.schemas.events.base import PREFIX, RecordEvent


class LostLinkAsked(RecordEvent):
    """Somebody asked for the links to their times. Internal."""

    type = PREFIX + "lost-link.asked"
