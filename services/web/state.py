"""What the app keeps for all requests, by its type."""

import httpx2
from fastapi import FastAPI, Request

from services.web.catalogue import Catalogue
from services.web.settings import Settings


def keep_settings(app: FastAPI, settings: Settings) -> None:
    """Keep the settings for the requests to come."""
    app.state.settings = settings


def keep_connections(app: FastAPI, http: httpx2.AsyncClient, catalogue: Catalogue) -> None:
    """Keep what needs a running event loop: the HTTP client and the catalogue."""
    app.state.http, app.state.catalogue = http, catalogue


def settings_of_app(app: FastAPI) -> Settings:
    """Return the settings that the app was made with."""
    settings: Settings = app.state.settings
    return settings


def settings_of(request: Request) -> Settings:
    """Return the settings of `web`."""
    return settings_of_app(request.app)


def http_of(request: Request) -> httpx2.AsyncClient:
    """Return the HTTP client that all calls share, so that its connections are used again."""
    http: httpx2.AsyncClient = request.app.state.http
    return http


def catalogue_of(request: Request) -> Catalogue:
    """Return what was last heard of the registry."""
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue
