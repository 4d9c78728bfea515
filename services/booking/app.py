"""The app of `booking`."""

from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from services.booking import routes
from services.booking.actions.burials import burials_of
from services.booking.actions.demand import Tally
from services.booking.reads.alternatives import Flight
from services.booking.settings import Settings
from shared.service import create


def _counting_demand(app: FastAPI) -> AbstractAsyncContextManager[None]:
    tally: Tally = app.state.tally
    return tally.kept(app.state.pool)


def create_app() -> FastAPI:
    """Return the app."""
    settings = Settings()
    url = settings.database_url.get_secret_value()
    app = create(
        "booking",
        settings,
        url,
        routes.ALL,
        renamed=routes.RENAMED,
        beside=_counting_demand,
        burials=burials_of(settings),
    )
    app.state.tally = Tally()
    app.state.refusal_flight = Flight()
    return app
