"""The app of `notify`."""

from fastapi import FastAPI

from services.notify.routes import routes
from services.notify.settings import Settings
from services.notify.store import forget_old_messages
from shared.service import create


def create_app() -> FastAPI:
    """Return the app, with its settings from the environment."""
    settings = Settings()
    url = settings.database_url.get_secret_value()
    return create("notify", settings, url, [routes], hourly=[forget_old_messages])
