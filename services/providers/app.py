"""The app of `providers`."""

from fastapi import FastAPI

from services.providers.actions.sign_in import Issuer
from services.providers.routes import catalogue, people
from services.providers.settings import Settings
from shared.keys import SigningKey
from shared.service import create


def create_app() -> FastAPI:
    """The app, with the key that it signs tokens with."""
    settings = Settings()
    routers = [catalogue.routes, people.routes]
    app = create("providers", settings, settings.database_url.get_secret_value(), routers)
    key = SigningKey.from_file("issuer", settings.signing_key)
    app.state.issuer = Issuer(key, settings.secret.get_secret_value())
    return app
