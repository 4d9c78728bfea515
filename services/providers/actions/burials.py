"""What the registry does for its list of who was erased."""

from services.providers.actions.departures import erase_people_again
from services.providers.settings import Settings
from shared.burying import Burials, Erasures
from shared.schemas import events
from shared.tombstones import Tombstones

ERASURES: Erasures = {events.AccountForgotten.type: None, events.TutorForgotten.type: None}


def burials(tombstones: Tombstones) -> Burials:
    """Return what keeps that list and a database of the registry alike."""
    return Burials(tombstones, ERASURES, erase_people_again)


def burials_of(settings: Settings) -> Burials | None:
    """Return the same as the settings say; None when there is to be no list."""
    if settings.tombstones is None:
        return None
    return burials(Tombstones(settings.tombstones, settings.secrets))
