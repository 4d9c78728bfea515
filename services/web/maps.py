"""Where a place is on a map: a link to a service that the operator has chosen. Nothing of it is loaded by our pages."""

from services.web.settings import Settings


def map_link(settings: Settings, lat: float | None, lon: float | None) -> str | None:
    """Return the address of a place on a map; None without a map service, or for a place whose coordinates are not
    known."""
    if settings.map_url is None or lat is None or lon is None:
        return None
    return settings.map_url.replace("{lat}", str(lat)).replace("{lon}", str(lon))
