"""The registry: the whole state of a record after a change."""

import logging
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, ValidationError

from shared.schemas import providers
from shared.schemas.common import MunicipalityCode, TopicCode
from shared.schemas.events.base import PREFIX, CodeEvent, RecordEvent

log = logging.getLogger(__name__)


class OrganisationChanged(providers.Organisation, RecordEvent):
    """An organisation was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "organisation.changed"


class ServicePointChanged(providers.ServicePoint, RecordEvent):
    """A service point was added or changed. Internal while it is not published."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "service-point.changed"


class ServicePointWithdrawn(RecordEvent):
    """A service point is no longer shown to the public."""

    type = PREFIX + "service-point.withdrawn"


def _readable(days: list[object]) -> list[providers.OpeningDay]:
    """Return the dates that can be read: one that cannot must not keep the others, and all events after them, from
    being read. A writer gives models, which are whole."""
    found = []
    for day in days:
        try:
            found.append(providers.OpeningDay.model_validate(day, extra="ignore"))
        except ValidationError:
            log.exception("The hours of a service point on a date cannot be read, and are passed over")
    return found


class ServicePointHoursChanged(RecordEvent):
    """A service point's hours on some dates were set; other dates stay as they are."""

    type = PREFIX + "service-point.hours-changed"
    days: Annotated[list[providers.OpeningDay], BeforeValidator(_readable)]


class ConsentChanged(providers.Consent, RecordEvent):
    """A service point's organisation has allowed another organisation's tutors there, or has withdrawn that. Internal
    while the point is not published."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "consent.changed"


class TutorChanged(providers.Tutor, RecordEvent):
    """A tutor was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "tutor.changed"


class TutorForgotten(RecordEvent):
    """A tutor has left and is forgotten; earlier events no longer carry their name."""

    type = PREFIX + "tutor.forgotten"


class OfferingChanged(providers.Offering, RecordEvent):
    """An offering was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "offering.changed"


class TopicChanged(providers.Topic, CodeEvent):
    """A topic was added or changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "topic.changed"
    code: TopicCode


class MunicipalityChanged(providers.Municipality, CodeEvent):
    """A municipality was renamed, or what is known of it changed."""

    model_config = ConfigDict(extra="ignore")
    type = PREFIX + "municipality.changed"
    code: MunicipalityCode


class MunicipalityMerged(CodeEvent):
    """A municipality is part of another now."""

    type = PREFIX + "municipality.merged"
    code: MunicipalityCode
    into: MunicipalityCode
