"""The client of `providers`: what it calls is a file for each subject."""

from shared.clients.base import FeedClient
from shared.clients.providers.accounts import Accounts
from shared.clients.providers.for_services import ForServices
from shared.clients.providers.registry import Registry
from shared.clients.providers.sign_ins import SignIns
from shared.clients.providers.tutor_phones import TutorPhones


class ProvidersClient(Registry, SignIns, Accounts, TutorPhones, ForServices, FeedClient):
    """Calls `providers`."""

    _service = "providers"
    _events = "/api/providers/v1/events"
