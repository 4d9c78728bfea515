"""The app of `providers`."""

from fastapi import APIRouter, Depends, FastAPI

from services.providers.actions.sign_in import Issuer
from services.providers.routes import audit, catalogue, open_data, people, sign_in
from services.providers.settings import Settings
from shared.keys import SigningKey
from shared.service import create


def create_app() -> FastAPI:
    """The app, with the key that it signs tokens with."""
    settings = Settings()
    writing = APIRouter(dependencies=[Depends(audit.told)])
    for routes in (catalogue.routes, people.routes):
        writing.include_router(routes)
    routers = [writing, sign_in.routes, audit.routes, open_data.routes]
    app = create("providers", settings, settings.database_url.get_secret_value(), routers)
    key = SigningKey.from_file("issuer", settings.signing_key)
    app.state.issuer = Issuer(key, settings.secret.get_secret_value())
    return app
