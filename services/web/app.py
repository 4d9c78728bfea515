"""The app of `web`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from services.web.catalogue import Catalogue
from services.web.error_pages import add_error_pages
from services.web.guard import guard
from services.web.pages import PAGES
from services.web.settings import Settings
from services.web.state import keep_connections, keep_settings, settings_of_app
from services.web.static_files import FOLDER
from shared import telemetry
from shared.clients import ProvidersClient
from shared.http.head_as_get import HeadAsGet
from shared.http.methods import Options
from shared.schemas.common import Health
from shared.tls import tls_context


def create_app() -> FastAPI:
    """Return the app."""
    app = FastAPI(openapi_url=None, lifespan=_running, redirect_slashes=False)
    keep_settings(app, Settings())
    for routes in PAGES:
        app.include_router(routes)
    app.mount("/static", StaticFiles(directory=FOLDER))
    # The last one added is the outermost: whatever went wrong is a page before the guard puts its headers on.
    app.add_middleware(telemetry.RequestLog)
    add_error_pages(app)
    app.middleware("http")(guard)
    app.add_middleware(Options)
    app.add_middleware(HeadAsGet)
    app.get("/healthz")(_health)
    app.get("/readyz")(_health)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    async with httpx2.AsyncClient(verify=tls_context()) as http:
        catalogue = Catalogue(ProvidersClient(http, settings_of_app(app).providers_url))
        keep_connections(app, http, catalogue)
        refreshing = asyncio.create_task(catalogue.keep_fresh())
        yield
        refreshing.cancel()


async def _health() -> Health:
    return Health(status="ok")
