"""The app of `booking`."""

from fastapi import FastAPI

from services.booking import routes
from services.booking.actions.burials import burials_of
from services.booking.reads.alternatives import Flight
from services.booking.settings import Settings
from shared.service import create


def create_app() -> FastAPI:
    """Return the app."""
    settings = Settings()
    url = settings.database_url.get_secret_value()
    app = create("booking", settings, url, routes.ALL, renamed=routes.RENAMED, burials=burials_of(settings))
    app.state.refusal_flight = Flight()
    return app
