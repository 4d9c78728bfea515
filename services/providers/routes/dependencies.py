"""What several routes take from the app and the request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from zoneinfo import ZoneInfo

import httpx2
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.asking_first import Begin
from services.providers.actions.identity_providers import Providers
from services.providers.actions.issuer import Issuer
from services.providers.actions.site import Site
from services.providers.routes.audit import Address, note_caller
from services.providers.settings import Settings
from shared import db
from shared.auth import Caller
from shared.clients import BookingClient
from shared.tls import tls_context


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Config = Annotated[Settings, Depends(_settings)]


async def _zone(settings: Config) -> ZoneInfo:
    return ZoneInfo(settings.zone)


Zone = Annotated[ZoneInfo, Depends(_zone)]


async def _site(settings: Config) -> Site:
    return Site.of(settings.public_url)


ThisSite = Annotated[Site, Depends(_site)]


async def _issuer(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


Signer = Annotated[Issuer, Depends(_issuer)]


async def _identity_providers(request: Request) -> Providers:
    providers: Providers = request.app.state.identity_providers
    return providers


KnownProviders = Annotated[Providers, Depends(_identity_providers)]


async def _booking(request: Request, settings: Config) -> AsyncIterator[BookingClient]:
    """Booking, asked in this service's own name."""
    async with httpx2.AsyncClient(verify=tls_context()) as http:
        yield BookingClient(http, settings.booking_url, key=request.app.state.key)


Booking = Annotated[BookingClient, Depends(_booking)]


async def _transactions(request: Request, caller: Caller, address: Address) -> Begin:
    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncSession]:
        async with db.begin(request.app) as session:
            note_caller(session, caller, address)
            yield session

    return begin


# For what takes several transactions, because another service is asked in between.
Transactions = Annotated[Begin, Depends(_transactions)]
