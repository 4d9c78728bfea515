"""What every section of the bench works with."""

import datetime as dt
import random
from dataclasses import dataclass, field

from deploy.local.home import Home
from tests.installation import Installation
from tests.load import client

SEED = 20270301
EMPTY = "/api/booking/healthz"


@dataclass(frozen=True)
class Context:
    """A whole installation under load, from a seed: the same requests come in every run."""

    installation: Installation
    smoke: bool
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    @property
    def port(self) -> int:
        return self.installation.port

    @property
    def home(self) -> Home:
        return Home(self.installation.home, self.port)

    @property
    def booking_url(self) -> str:
        """The address of booking's database."""
        return self.home.owner_url("booking")

    @property
    def many(self) -> int:
        """How many requests make a figure."""
        return 200 if self.smoke else 2000


def empty_requests(many: int) -> list[bytes]:
    """Requests of a route that does nothing: the floor of all that comes through gateway and service."""
    return [client.get(EMPTY)] * many


def print_progress(text: str) -> None:
    """Print how far it is, with the time of day."""
    print(f"{dt.datetime.now(dt.UTC):%H:%M:%S}  {text}", flush=True)
