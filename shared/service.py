"""What every service with a database starts from: one line makes its app."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request, Response

from shared import db, feed, feed_cursors, revoked, telemetry
from shared.audit import routes as audit
from shared.audit.copying import CopyTo
from shared.audit.forgetting import blank_old_addresses
from shared.audit.keeping import AuditKeeper
from shared.audit.refusals import write_down_refusals
from shared.auth import Verifier
from shared.burying import Burials
from shared.former_paths import FormerPaths, Renamed
from shared.hourly import Job, every_hour
from shared.http import answers
from shared.http.install import install_inner, install_outer
from shared.idempotency import forget_old_keys
from shared.issuer import issuer_keys
from shared.keys import trusted_keys
from shared.numbering import NumberAfterWrites, Numberer
from shared.openapi.documented import CONTACT, DocumentedApp, operation_id
from shared.schemas.common import Health, ProblemDocument, Readiness
from shared.settings import Settings

log = logging.getLogger(__name__)
PROBLEMS: dict[int | str, dict[str, object]] = {"default": {"model": ProblemDocument}}  # their shape is described
SERVER = {"url": "/", "description": "in production, or local: where this was read", "x-internal": False}
DESCRIPTION = (
    "Appointment booking for regional digital support in Finland. How to begin, what is promised and what each refusal "
    "means: docs/integrating.md and docs/booking.md, beside the source."
)


async def _nothing(_app: FastAPI) -> None:
    return None


def _nothing_beside(_app: FastAPI) -> AbstractAsyncContextManager[None]:
    return nullcontext()


def create(
    name: str,
    settings: Settings,
    database_url: str,
    routers: Sequence[APIRouter],
    *,
    renamed: Renamed | None = None,
    at_start: Callable[[FastAPI], Awaitable[None]] = _nothing,
    hourly: Sequence[Job] = (),
    beside: Callable[[FastAPI], AbstractAsyncContextManager[None]] = _nothing_beside,
    burials: Burials | None = None,
) -> FastAPI:
    """Return the app of the service `name`, under `/api/<name>`: its routes, its feed, its health, its errors as
    problems. `renamed` are the former paths that it still answers; `at_start` is run beside the first requests, and
    `hourly` once an hour; `beside` is entered before the first request and left after the last; `burials` keep the list
    of who was erased."""
    prefix = f"/api/{name}"
    app = DocumentedApp(
        title=f"Vuoro {name}",
        version="1",
        description=DESCRIPTION,
        contact=CONTACT,
        servers=[SERVER],
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_serving,
        responses=PROBLEMS,
        separate_input_output_schemas=False,
        generate_unique_id_function=operation_id,
    )
    app.state.settings = settings
    app.state.at_start = at_start
    app.state.hourly = hourly
    app.state.beside = beside
    app.state.burials = burials
    app.state.engine, app.state.sessions = db.connect(database_url)
    app.state.pool = db.pool(database_url)
    app.state.verifier = Verifier(
        issuer_keys(settings.providers_url, app.state.sessions), trusted_keys(settings.trusted_keys), name
    )
    app.state.look_before_serving = partial(revoked.look_before_serving, database_url, app.state.verifier)
    keeper = AuditKeeper(database_url, CopyTo(name, settings.audit_copy) if settings.audit_copy else None)
    app.state.numberer = Numberer(database_url, (partial(revoked.look, verifier=app.state.verifier), keeper.look))
    answers.install(app)
    write_down_refusals(app)
    db.install(app)
    app.add_middleware(NumberAfterWrites, numberer=app.state.numberer)
    install_inner(app)
    if renamed is not None:
        app.add_middleware(FormerPaths, renamed=renamed)
    install_outer(app)
    app.add_middleware(telemetry.RequestLog)  # the outermost, so that it logs whatever is answered
    for routes in (*routers, audit.routes, feed.router(prefix)):
        app.include_router(routes, prefix=f"{prefix}/v1")
    app.include_router(_health(), prefix=prefix)
    return app


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[None]:
    """Run what goes on beside the requests, for as long as the app serves."""
    # Before the first request: what was revoked while no process ran must not be good for a second.
    await app.state.look_before_serving()
    await _settle_burials(app)
    tasks = [
        asyncio.create_task(app.state.numberer.run()),
        asyncio.create_task(every_hour(app.state.sessions, [forget_old_keys, blank_old_addresses, *app.state.hourly])),
        asyncio.create_task(_at_start(app)),
        *_burying(app),
    ]
    async with app.state.pool, app.state.beside(app):
        yield
    for task in tasks:
        task.cancel()
    await app.state.engine.dispose()


async def _settle_burials(app: FastAPI) -> None:
    """Erase again whom a restored backup has brought back, before anybody can ask for them."""
    if app.state.burials is None:
        return
    try:
        await app.state.burials.settle(app.state.sessions)
    except Exception:  # the database is away, say: it is tried again beside the requests, which then fail, too
        log.exception("Whether somebody must be erased again could not be seen")


def _burying(app: FastAPI) -> list[asyncio.Task[None]]:
    if app.state.burials is None:
        return []
    return [asyncio.create_task(app.state.burials.keep(app.state.sessions, app.state.numberer))]


async def _at_start(app: FastAPI) -> None:
    try:
        await app.state.at_start(app)
    except Exception:  # whatever it is, the service serves; the next start tries again
        log.exception("What is done at the start could not be done")


def _health() -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", summary="Does the process run?")
    async def healthz() -> Health:
        return Health(status="ok")

    @routes.get(
        "/readyz", summary="Can it serve?", response_model_exclude_defaults=True, responses={503: {"model": Readiness}}
    )
    async def readyz(request: Request, response: Response) -> Readiness:
        """Ready when its database answers and is migrated, and its worker can go on following the other services."""
        try:
            async with db.begin(request.app) as session:
                await session.execute(sa.text("SELECT FROM event LIMIT 1"))
                found = await feed_cursors.stuck(session)
        except sa.exc.SQLAlchemyError:
            log.warning("Not ready, since the database does not answer", exc_info=True)
            response.status_code = 503
            return Readiness(status="unavailable")
        if not found:
            return Readiness(status="ok")
        response.status_code = 503
        return Readiness(status="unavailable", stuck=found)

    return routes
