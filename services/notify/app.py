"""The app of `notify`."""

from fastapi import FastAPI

from services.notify.routes import routes
from services.notify.settings import Settings
from shared.service import create


def create_app() -> FastAPI:
    """Return the app, with its settings from the environment."""
    settings = Settings()
    return create("notify", settings, settings.database_url.get_secret_value(), [routes])
