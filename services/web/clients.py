"""Clients of the services that speak the language of the page."""

from fastapi import Request

from services.web.language import page_language
from services.web.state import http_of, settings_of
from shared.clients import BookingClient, ProvidersClient


def providers(request: Request, token: str | None = None) -> ProvidersClient:
    """Return a client of `providers`, for the token's bearer or for nobody."""
    return ProvidersClient(
        http_of(request),
        settings_of(request).providers_url,
        token=token,
        language=page_language(request),
        address=_address_of(request),
    )


def booking(request: Request, token: str | None = None) -> BookingClient:
    """Return a client of `booking`, for the token's bearer or for a citizen."""
    return BookingClient(
        http_of(request),
        settings_of(request).booking_url,
        token=token,
        language=page_language(request),
        address=_address_of(request),
    )


def _address_of(request: Request) -> str | None:
    """Return the caller's address, by which limits and the audit log know them, and not by that of these pages."""
    return request.client.host if request.client else None
