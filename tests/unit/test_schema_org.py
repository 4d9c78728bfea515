"""What search engines are told of a place."""

import datetime as dt
import uuid
from typing import Any

from services.providers import schema_org
from shared.schemas.common import LocalisedText
from shared.schemas.providers import Offering, OpeningDay, ServicePoint

PAGE = "https://vuoro.example/points/1"
OWN = {"id": uuid.UUID(int=1), "organisation_id": uuid.UUID(int=2), "region": "17", "name": LocalisedText(fi="Talo")}


def graph(point: ServicePoint, offerings: list[Offering], days: list[OpeningDay]) -> Any:
    return schema_org.document(point, offerings, days, PAGE)["@graph"]


def test_what_is_not_known_is_left_out_and_a_shut_day_is_said() -> None:
    point = ServicePoint.model_validate({**OWN, "address": "Tie 1", "municipality": "305"})
    shut = OpeningDay(date=dt.date(2027, 6, 24), hours=[])
    open_ = OpeningDay.model_validate(
        {
            "date": "2027-06-23",
            "hours": [
                {"from": "10:00", "to": "12:00"},
                {"from": "12:00", "to": "18:00", "kind": "self_service"},
            ],
        }
    )
    [place] = graph(point, [], [open_, shut])
    assert "telephone" not in place
    assert "geo" not in place
    said = [(day["validFrom"], day["opens"], day["closes"]) for day in place["specialOpeningHoursSpecification"]]
    assert said == [("2027-06-23", "10:00", "12:00"), ("2027-06-24", "00:00", "00:00")]


def test_a_street_with_a_swedish_name_has_both() -> None:
    own = {**OWN, "address": "Isokatu 1", "municipality": "305"}
    both = [{"@language": "fi", "@value": "Isokatu 1"}, {"@language": "sv", "@value": "Storgatan 1"}]
    for swedish, said in ((None, "Isokatu 1"), ("Storgatan 1", both)):
        [place] = graph(ServicePoint.model_validate(own | {"address_sv": swedish}), [], [])
        assert place["address"]["streetAddress"] == said


def test_help_is_free_and_names_where_it_is_given() -> None:
    point = ServicePoint.model_validate({**OWN, "address": "Tie 1", "municipality": "305", "languages": ["fi", "sv"]})
    help_ = Offering.model_validate({**OWN, "topics": ["e-services"], "channels": ["on_site"]})
    _place, service = graph(point, [help_], [])
    assert service["offers"]["price"] == 0
    assert service["availableChannel"]["serviceLocation"] == {"@id": PAGE}
    assert service["availableChannel"]["availableLanguage"] == ["Finnish", "Swedish"]
