"""What the supervisor loads before it forks, so that the parts have it in common.

Measured by what the idle processes hold together (PSS): a page that a fork writes to is its own from then on, and
counting a reference is writing. So work that every fork would do is done here: mappers configured save 6 MB in each
process, the TLS context 5, an app made here 10. What one process alone needs is loaded here too, since loading it
there would touch what it shares: Twilio's client, of the worker of notify, takes 15 MB here and took 28 there.
"""

import asyncio
import gc
import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import httpx2
from fastapi import FastAPI
from sqlalchemy.orm import configure_mappers

from deploy.local.launchers import EnvironmentOf
from deploy.local.parts import PARTS, Part
from shared.tls import tls_context

MODULES = (
    "services.booking.jobs",
    "services.notify.jobs",
    "shared.serving",
    # What uvicorn and SQLAlchemy choose, and load, only when they run.
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.lifespan.on",
    "sqlalchemy.dialects.postgresql.psycopg",
)


def preload(environment_of: EnvironmentOf) -> dict[str, FastAPI]:
    """Load it all; return the apps that could be made, by the names of their parts.

    Loading makes no rubbish worth collecting, and a collection in a fork would write to every page that it has in
    common with the others; so there is none before `freeze`, which exempts all that is there.
    """
    gc.disable()
    for module in MODULES:
        importlib.import_module(module)
    apps = dict(_apps(environment_of))
    configure_mappers()
    tls_context()
    gc.freeze()
    gc.enable()
    return apps


def _apps(environment_of: EnvironmentOf) -> Iterator[tuple[str, FastAPI]]:
    for part in PARTS:
        if part.ready:
            # Whoever cannot be made here fails in a process of its own, whose log says why.
            with suppress(Exception):
                yield part.name, _app(part, environment_of(part))


def _app(part: Part, environment: Mapping[str, str]) -> FastAPI:
    """Return the app with the settings of its own environment. It has no connections before it is served."""
    create = importlib.import_module(f"{part.module}.app").create_app
    with _instead(environment):
        app: FastAPI = create()
    asyncio.run(_assemble(app))
    return app


@contextmanager
def _instead(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def _assemble(app: FastAPI) -> None:
    """Make one request: FastAPI puts routes and middlewares together at the first, and would in each fork."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost") as http:
        await http.get("/healthz")
