"""Feedback: what citizens say of their visits, and what is answered."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from shared.schemas.common import Channel, Flag, LongText, TopicCode, Wire, example

MetNeed = Annotated[int, Field(ge=1, le=5, description="did it meet the need: from 1, not at all, to 5, fully")]


class FeedbackInput(Wire):
    """What the citizen says of their visit; all of it, also when it is changed."""

    model_config = example(met_need=5, recommends=True, words="Nyt osaan itse. Kiitos!")

    met_need: MetNeed
    recommends: Flag = Field(description="would they recommend it")
    words: LongText | None = Field(default=None, description="in their own words; no codes or passwords")


class FeedbackAnswerInput(Wire):
    """What the organisation answers; the citizen sees it on the page of their visit."""

    model_config = example(answer="Kiitos palautteesta. Tervetuloa uudelleen!")

    answer: Annotated[LongText, StringConstraints(min_length=1)]


class Feedback(Wire):
    """What was said of a visit. What somebody wrote is erased with the citizen's details; the rest stays."""

    appointment_id: UUID
    given_at: AwareDatetime = Field(description="when it was said, for the last time")
    met_need: int
    recommends: bool
    words: str | None
    answer: str | None
    answered_at: AwareDatetime | None
    region: str
    organisation_id: UUID
    service_point_id: UUID | None
    tutor_id: UUID
    channel: Channel
    topic: TopicCode
    start: AwareDatetime
    non_disclosure: bool = Field(description="what was written is in no list, only where one visit is asked for")


class FeedbackList(BaseModel):
    """Which feedback is asked for."""

    answered: bool | None = Field(default=None, description="only what has an answer, or has none")
    limit: int = Field(default=100, ge=1, le=500)
    after: Annotated[str | None, StringConstraints(max_length=100)] = Field(
        default=None, description="`next` of the page before"
    )


class Feedbacks(Wire):
    """A page of feedback, newest first."""

    items: list[Feedback]
    next: str | None = Field(default=None, description="where the next page begins; null on the last")
