"""The app of `providers`."""

from fastapi import APIRouter, Depends, FastAPI

from services.providers.actions import single_sign_on
from services.providers.actions.sign_in import Issuer
from services.providers.routes import accounts, audit, catalogue, clients, open_data, people, sign_in
from services.providers.settings import Settings
from shared.keys import KeyRing, SigningKey
from shared.service import create


def create_app() -> FastAPI:
    """The app, with the key that it signs tokens with."""
    settings = Settings()
    writing = APIRouter(dependencies=[Depends(audit.told)])
    for routes in (catalogue.routes, people.routes, clients.routes, accounts.routes):
        writing.include_router(routes)
    routers = [writing, sign_in.routes, audit.routes, open_data.routes]
    app = create("providers", settings, settings.database_url.get_secret_value(), routers)
    app.state.issuer = Issuer(KeyRing(settings.issuer_keys), settings.secret.get_secret_value())
    app.state.identity_providers = single_sign_on.read_providers(settings.identity_providers)
    app.state.key = SigningKey.from_file("providers", settings.signing_key)
    return app
