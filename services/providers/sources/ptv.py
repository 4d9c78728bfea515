"""Services and service locations as the national service catalogue describes them (PTV, open API v11).

A service of class P9.4, support services for transactions, gives digital support at the service locations that it
names. What is not published yet comes in as a draft, and what is published no more does not come in.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from services.providers.domain.columns import RefusedRow
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.sources import files
from services.providers.sources.documents import Document, id_of, list_at, object_at, objects_at, unread_paths
from services.providers.sources.ptv_locations import read_location
from services.providers.sources.source_records import Place, PointRecord, SourceRecords

SUPPORT = "P9.4"
LOCATION = "ServiceLocation"
PUBLISHED = "Published"
UNPUBLISHED = ("Draft", "Modified")
"""What has not been published yet, or been changed since."""
READ = frozenset({"id", "publishingStatus", "serviceClasses.code", "serviceChannels.serviceChannel.id"})
"""The values that are read of a service."""
BOOKKEEPING = frozenset(
    {"sourceId", "oid", "modified", "serviceChannels.serviceChannel.name", "serviceChannels.modified"}
    | {f"serviceClasses.{part}" for part in ("name", "description", "uri", "newUri", "parentId", "parentUri")}
    | {"serviceClasses.newParentUri", "serviceClasses.ontologyType"}
)
NOT_PLACES = ("EChannel", "WebPage", "PrintableForm", "Phone")


@dataclass
class PtvServices:
    """What the services of a document say: which there are, which give digital support, and the service locations that
    those name."""

    ids: set[object] = field(default_factory=set)
    giving_support: set[object] = field(default_factory=set)
    locations: set[str] = field(default_factory=set)

    def add(self, service: Document) -> None:
        """Read one service. One that is not published gives nothing."""
        if _status(service) == PUBLISHED and SUPPORT in _class_codes(service):
            self.locations |= _locations_of(service)
            self.giving_support.add(service.get("id"))
        self.ids.add(service.get("id"))

    def gives_support(self, location: str, offered: set[object]) -> bool | None:
        """Return whether a service location gives digital support; None when it offers a service that is not here."""
        if offered & self.giving_support or location in self.locations:
            return True
        return False if offered and offered <= self.ids else None


def read_ptv(places: Iterable[str | Path], municipalities: MunicipalityNames, today: date) -> SourceRecords:
    """Return what files or addresses say, with the hours from `today` on: services say which of the service locations
    give digital support."""
    found, services = SourceRecords(), PtvServices()
    locations = list(_locations(places, found, services))
    for place, document in locations:  # only now, since a service may stand after its locations
        with _refusing(found, place):
            found.add(place, _location(place, document, municipalities, services, today))
    return found


def _locations(
    places: Iterable[str | Path], found: SourceRecords, services: PtvServices
) -> Iterator[tuple[Place, Document]]:
    """Yield the service locations; read the services meanwhile, and count what is neither."""
    for where in places:
        for number, document in enumerate(files.documents(where), start=1):
            place = Place(files.name_of(where), number, id_of(document))
            kind = document.get("serviceChannelType") if isinstance(document, dict) else None
            if kind == LOCATION:
                yield place, document  # type: ignore[misc]  # an object, since it has a type
            elif kind in NOT_PLACES:
                found.passed_over[f"{kind} is no place"] += 1
            elif isinstance(document, dict) and "serviceClasses" in document:
                if _status(document) != PUBLISHED:
                    found.passed_over["a service that is not published"] += 1
                with _refusing(found, place):
                    services.add(document)
                    found.unread.update(
                        {f"{each} (of a service)" for each in unread_paths(document, READ, BOOKKEEPING)}
                    )
            else:
                found.refused.append(place.refused("the record", "is neither a service nor a service location"))


@contextmanager
def _refusing(found: SourceRecords, place: Place) -> Iterator[None]:
    """Refuse a record that cannot be read, and go on."""
    try:
        yield
    except (AttributeError, TypeError, KeyError, ValueError, OverflowError):
        found.refused.append(place.refused("the record", "is not built as PTV's are"))


def _status(document: Document) -> object:
    """Who asks PTV for published ones alone is not told that they are."""
    return document.get("publishingStatus") or PUBLISHED


def _class_codes(service: Document) -> set[str]:
    return {str(each.get("code")) for each in list_at(service, "serviceClasses") if isinstance(each, dict)}


def _locations_of(service: Document) -> set[str]:
    return {str(object_at(each, "serviceChannel").get("id")) for each in objects_at(service, "serviceChannels")}


def _location(
    place: Place, document: Document, municipalities: MunicipalityNames, services: PtvServices, today: date
) -> PointRecord | RefusedRow:
    status = _status(document)
    if status not in (PUBLISHED, *UNPUBLISHED):
        return place.refused("publishingStatus", "says that the place is not published any more")
    offered = {object_at(each, "service").get("id") for each in objects_at(document, "services")}
    gives_support = services.gives_support(place.record or "", offered)
    found = read_location(place, document, municipalities, gives_support, today)
    if status == PUBLISHED or isinstance(found, RefusedRow):
        return found
    return replace(found, draft=True, unpublished=True)
