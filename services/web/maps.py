"""Where a map service shows a place. It is a link: nothing is loaded from there until somebody follows it."""

from services.web.settings import Settings


def map_link(settings: Settings, lat: float | None, lon: float | None) -> str | None:
    """Return the address at which the map service shows a place; None where no service is set, or the place is not
    known."""
    if settings.map_url is None or lat is None or lon is None:
        return None
    return settings.map_url.replace("{lat}", str(lat)).replace("{lon}", str(lon))
