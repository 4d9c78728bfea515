"""What several routes take."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx2
from fastapi import Depends, Request

from services.providers.actions.passkeys import Site
from services.providers.settings import Settings
from shared.clients import BookingClient
from shared.tls import tls_context


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Config = Annotated[Settings, Depends(_settings)]


async def _site(settings: Config) -> Site:
    return Site.of(settings.public_url)


ThisSite = Annotated[Site, Depends(_site)]


async def _booking(request: Request, settings: Config) -> AsyncIterator[BookingClient]:
    """Booking, asked in this service's own name."""
    async with httpx2.AsyncClient(verify=tls_context()) as http:
        yield BookingClient(http, settings.booking_url, key=request.app.state.key)


Booking = Annotated[BookingClient, Depends(_booking)]


async def _address(request: Request) -> str:
    """Whence a request comes, as the gateway says; empty when nobody does."""
    return request.client.host if request.client else ""


Address = Annotated[str, Depends(_address)]
