"""Typed clients of the services, a package for each: public methods that return the wire's models.

A refusal of the other side is raised as `Refused`, with its problem document; a service that is out of reach as
`shared.problems.Unavailable`.
"""

from shared.clients.base import Refused
from shared.clients.booking import BookingClient
from shared.clients.providers import ProvidersClient

__all__ = ["BookingClient", "ProvidersClient", "Refused"]
