"""Serving an app as a process."""

import gc

import uvicorn
from fastapi import FastAPI
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared import telemetry
from shared.slow_bodies import SlowBodies


class Serving(BaseSettings):
    """Where an API process listens."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

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
