"""Serving an app as a process."""

import asyncio
import gc
from contextlib import suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI
from pydantic import Field

from shared import telemetry
from shared.settings import FromEnvironment, read_or_stop
from shared.signals import Signal
from shared.slow_bodies import SlowBodies

SECONDS_BETWEEN_TICKS = 1.0


class Serving(FromEnvironment):
    """Where an API process listens."""

    host: str = Field("127.0.0.1", validation_alias="VUORO_HOST")
    port: int = Field(validation_alias="VUORO_LISTEN_PORT")


class _Server(uvicorn.Server):
    """uvicorn's server looks ten times a second whether it was told to stop. This one is woken by the signal, and looks
    once a second, since its answers carry the time of day."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = Signal()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            await self._told.beyond(0, SECONDS_BETWEEN_TICKS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.give)


def serve(app: FastAPI) -> None:
    """Serve `app` until a signal says stop; requests under way are finished first."""
    serving = read_or_stop(Serving)
    telemetry.configure()
    gc.freeze()  # what was loaded stays, so no collection need look at it again
    config = uvicorn.Config(
        SlowBodies(app),
        host=serving.host,
        port=serving.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    with suppress(KeyboardInterrupt):  # raised again once everything is finished
        _Server(config).run()
