"""Clients of the services that speak the language of the page."""

from typing import TypedDict

from fastapi import Request

from services.web.language import page_language
from services.web.state import http_of, settings_of
from shared.clients import BookingClient, ProvidersClient
from shared.languages import Language


def providers(request: Request, token: str | None = None) -> ProvidersClient:
    """Return a client of `providers`, for the token's bearer or for nobody."""
    return ProvidersClient(http_of(request), settings_of(request).providers_url, **_on_behalf(request, token))


def booking(request: Request, token: str | None = None) -> BookingClient:
    """Return a client of `booking`, for the token's bearer or for a citizen."""
    return BookingClient(http_of(request), settings_of(request).booking_url, **_on_behalf(request, token))


class _Behalf(TypedDict):
    token: str | None
    language: Language
    address: str | None


def _on_behalf(request: Request, token: str | None) -> _Behalf:
    """Return for whom the pages ask. The browser's address goes along: what is limited and audited by addresses must
    not take all browsers for one."""
    address = request.client.host if request.client else None
    return {"token": token, "language": page_language(request), "address": address}
