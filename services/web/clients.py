"""Clients of the services that speak the language of the page."""

from fastapi import Request

from services.web.language import page_language
from services.web.state import http_of, settings_of
from shared.clients import BookingClient, ProvidersClient


def providers(request: Request, token: str | None = None) -> ProvidersClient:
    """Return a client of `providers`, for the token's bearer or for nobody."""
    # The caller's address goes along: sign-ins are limited and audited by it, not by the address of these pages.
    return ProvidersClient(
        http_of(request),
        settings_of(request).providers_url,
        token=token,
        language=page_language(request),
        address=request.client.host if request.client else None,
    )


def booking(request: Request, token: str | None = None) -> BookingClient:
    """Return a client of `booking`, for the token's bearer or for a citizen."""
    return BookingClient(
        http_of(request), settings_of(request).booking_url, token=token, language=page_language(request)
    )
