"""A tutor's visits as a calendar that other programs subscribe to."""

from pydantic import AwareDatetime, Field

from shared.languages import DEFAULT, Language
from shared.schemas.common import Wire, example


class CalendarSubscriptionInput(Wire):
    """In which language the visits are to be written."""

    model_config = example(language="fi")

    language: Language = DEFAULT


class CalendarSubscription(Wire):
    """That a tutor's visits can be read as a calendar, at an address that is told only once."""

    since: AwareDatetime = Field(description="when the address was made")
    language: Language
    code_words: bool = Field(
        description="whether the code words of visits stand in it: when whoever made the address may see who comes"
    )


class NewCalendarSubscription(CalendarSubscription):
    """The same with its address, a secret: whoever has it reads the calendar."""

    url: str
