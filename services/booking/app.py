"""The app of `booking`."""

from fastapi import FastAPI

from services.booking import routes
from services.booking.settings import Settings
from shared.service import create
from shared.single_flight import SingleFlight


def create_app() -> FastAPI:
    """The app."""
    settings = Settings()
    app = create("booking", settings, settings.database_url.get_secret_value(), routes.ALL)
    app.state.refused_together = SingleFlight()
    return app
