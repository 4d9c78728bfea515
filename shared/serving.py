"""Serving an app as a process."""

import gc

import uvicorn
from fastapi import FastAPI
from pydantic import Field

from shared import telemetry
from shared.settings import FromEnvironment
from shared.slow_bodies import SlowBodies


class Serving(FromEnvironment):
    """Where an API process listens."""

    host: str = Field("127.0.0.1", validation_alias="VUORO_HOST")
    port: int = Field(validation_alias="VUORO_LISTEN_PORT")


def serve(app: FastAPI) -> None:
    """Serve `app` until a signal says stop; requests under way are finished first."""
    telemetry.configure()
    gc.freeze()  # what was loaded stays, so no collection need look at it again
    serving = Serving()
    uvicorn.run(
        SlowBodies(app),
        host=serving.host,
        port=serving.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
