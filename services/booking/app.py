"""The app of `booking`."""

from fastapi import FastAPI

from services.booking import routes
from services.booking.reads.alternatives import Flight
from services.booking.settings import Settings
from shared.service import create


def create_app() -> FastAPI:
    """Return the app."""
    settings = Settings()
    app = create("booking", settings, settings.database_url.get_secret_value(), routes.ALL, renamed=routes.RENAMED)
    app.state.refusal_flight = Flight()
    return app
