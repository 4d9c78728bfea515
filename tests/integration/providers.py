"""A small registry in the database of `providers`, and its app with keys of its own, for tests of its routes."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.providers.actions.offerings import write_offering
from services.providers.actions.organisations import write_organisation
from services.providers.actions.people import create_person
from services.providers.actions.service_points import write_service_point
from services.providers.actions.tutors import write_tutor
from shared import db
from shared.auth import Principal
from shared.schemas import providers as wire
from shared.schemas.common import LocalisedText
from shared.schemas.people import PersonInput, Role
from tests.integration.apps import Headers, RunningApp, running

EDITOR = Principal("client", "editor", "17", scopes=frozenset({"registry:write"}))
NAME = LocalisedText(fi="Koe")
KUUSAMO = "305"


@dataclass(frozen=True)
class SmallRegistry:
    """Ids of what is in it, and what its tutor is written with."""

    organisation: uuid.UUID
    point: uuid.UUID
    tutor: uuid.UUID
    offering: uuid.UUID
    coordinator: uuid.UUID

    def point_input(self, **changes: object) -> wire.ServicePointInput:
        own = {"organisation_id": self.organisation, "name": NAME, "address": "Tie 1", "municipality": KUUSAMO}
        return wire.ServicePointInput.model_validate(own | changes)

    def tutor_input(self, **changes: object) -> wire.TutorInput:
        return tutor_input(self.organisation, **changes)


def tutor_input(organisation: uuid.UUID, **changes: object) -> wire.TutorInput:
    """What a tutor is written with."""
    own = {"organisation_id": organisation, "display_name": "Aino", "languages": ["fi"], "topics": ["e-services"]}
    return wire.TutorInput.model_validate(own | {"channels": ["on_site"]} | changes)


async def seed_registry(sessions: db.Sessions) -> SmallRegistry:
    """An organisation with a point, a tutor and an offering, and a coordinator's account."""
    async with db.transaction(sessions) as session:
        own = wire.OrganisationInput(name=NAME, kind="association", municipality=KUUSAMO)
        organisation = await write_organisation(session, caller=EDITOR, wanted=own)
        place = wire.ServicePointInput(
            organisation_id=organisation, name=NAME, address="Tie 1", municipality=KUUSAMO, lat=65.9, lon=29.1
        )
        point = await write_service_point(session, caller=EDITOR, wanted=place)
        tutor = await write_tutor(session, caller=EDITOR, wanted=tutor_input(organisation, email="aino@example.fi"))
        help_ = wire.OfferingInput(organisation_id=organisation, name=NAME, topics=["e-services"], channels=["on_site"])
        offering = await write_offering(session, caller=EDITOR, wanted=help_)
        boss = PersonInput(region="17", email="pomo@example.fi", roles=[Role(role="coordinator")])
        return SmallRegistry(organisation, point, tutor, offering, await create_person(session, boss))


class ProvidersApp(RunningApp):
    """The app of `providers`, and who asks it."""

    def coordinator(self, person: uuid.UUID) -> Headers:
        """The headers of a coordinator."""
        return self.bearer(person, kind="person", roles=[{"role": "coordinator"}])


@asynccontextmanager
async def running_app(url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ProvidersApp]:
    """The app on the database at `url`, with keys in `home`."""
    async with running(ProvidersApp, "providers", url, home, monkeypatch) as app:
        yield app
