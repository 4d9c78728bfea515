"""A service point and the help that is given there, as search engines read it (schema.org, in JSON-LD 1.1)."""

from collections.abc import Sequence

from shared.languages import Language
from shared.schemas.common import LocalisedText
from shared.schemas.providers import Offering, OpeningDay, ServicePoint, WeeklyHours

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LANGUAGES: dict[Language, str] = {"fi": "Finnish", "sv": "Swedish", "en": "English"}


def document(
    point: ServicePoint, offerings: Sequence[Offering], days: Sequence[OpeningDay], page: str
) -> dict[str, object]:
    """Return the graph of a point, whose own page is at the address `page`."""
    services = [_service(offering, point, page) for offering in offerings]
    return {"@context": "https://schema.org", "@graph": [_place(point, days, page), *services]}


def _place(point: ServicePoint, days: Sequence[OpeningDay], page: str) -> dict[str, object]:
    place: dict[str, object] = {
        "@type": "Place",
        "@id": page,
        "url": point.url or page,
        "name": _texts(point.name),
        "description": _texts(point.description),
        "address": {"@type": "PostalAddress", "streetAddress": _street(point), "addressCountry": "FI"},
        "telephone": point.phone,
        "email": point.email,
        "isAccessibleForFree": True,
        "publicAccess": True,
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": feature, "value": True}
            for feature in (*point.features, *point.equipment)
        ],
        "openingHoursSpecification": [_week(hours) for hours in point.weekly_hours if hours.kind == "staffed"],
        "specialOpeningHoursSpecification": [spec for day in days for spec in _special(day)],
    }
    if point.lat is not None and point.lon is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": point.lat, "longitude": point.lon}
    return _without_unknown(place)


def _street(point: ServicePoint) -> str | list[dict[str, str]]:
    """Return the address; with its language, where it is another in Swedish."""
    if point.address_sv is None:
        return point.address
    return [{"@language": "fi", "@value": point.address}, {"@language": "sv", "@value": point.address_sv}]


def _service(offering: Offering, point: ServicePoint, page: str) -> dict[str, object]:
    return _without_unknown(
        {
            "@type": "Service",
            "@id": f"{page}#{offering.id}",
            "name": _texts(offering.name),
            "description": _texts(offering.description),
            "audience": {"@type": "Audience", "audienceType": _texts(offering.for_whom)} if offering.for_whom else None,
            "serviceType": offering.topics,
            "provider": {"@id": page},
            "availableChannel": {
                "@type": "ServiceChannel",
                "serviceLocation": {"@id": page},
                "availableLanguage": [LANGUAGES[language] for language in point.languages],
            },
            "offers": {"@type": "Offer", "price": 0, "priceCurrency": "EUR"},
        }
    )


def _week(hours: WeeklyHours) -> dict[str, object]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"https://schema.org/{DAYS[hours.weekday - 1]}",
        "opens": f"{hours.opens:%H:%M}",
        "closes": f"{hours.closes:%H:%M}",
    }


def _special(day: OpeningDay) -> list[dict[str, object]]:
    """Return a date's staffed hours; one that is known to be shut opens and closes at midnight, as schema.org has
    it."""
    staffed = [(f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}") for hours in day.hours if hours.kind == "staffed"]
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": day.date.isoformat(),
            "validThrough": day.date.isoformat(),
            "opens": opens,
            "closes": closes,
        }
        for opens, closes in staffed or [("00:00", "00:00")]
    ]


def _texts(text: LocalisedText | None) -> list[dict[str, str]]:
    values = text.model_dump() if text else {}
    return [{"@language": language, "@value": value} for language, value in values.items() if value]


def _without_unknown(thing: dict[str, object]) -> dict[str, object]:
    """Return a thing without what is not known of it."""
    return {name: value for name, value in thing.items() if value not in (None, [], {})}
