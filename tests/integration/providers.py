"""A small registry in the database of `providers`, and its app with keys of its own, for tests of its routes."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import jwt
import pytest
from fastapi import FastAPI

from deploy.local.home import Home
from services.providers.actions.offerings import write_offering
from services.providers.actions.organisations import write_organisation
from services.providers.actions.people import create_person
from services.providers.actions.service_points import write_service_point
from services.providers.actions.tutors import write_tutor
from services.providers.app import create_app
from shared import db
from shared.auth import Principal
from shared.keys import ISSUER, KeyRing, SigningKey
from shared.schemas import providers as wire
from shared.schemas.common import LocalisedText
from shared.schemas.people import PersonInput, Role

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


class ProvidersApp:
    """The app of `providers` on a database, asked without a server."""

    def __init__(self, app: FastAPI, home: Path) -> None:
        self.app = app
        self.ring = KeyRing(home / "keys" / "issuer")
        self.notify = SigningKey.from_file("notify", home / "keys" / "notify.pem")
        app.state.verifier = replace(app.state.verifier, issuer=self)
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://providers")

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """The issuer's key, which the app would ask itself for."""
        return next((key for key in jwt.PyJWKSet.from_dict(self.ring.public()).keys if key.key_id == kid), None)

    def coordinator(self, person: uuid.UUID) -> dict[str, str]:
        """The headers of a coordinator."""
        claims = {"kind": "person", "region": "17", "roles": [{"role": "coordinator"}]}
        token = self.ring.current().sign(ISSUER, str(person), dt.timedelta(minutes=5), claims)
        return {"Authorization": f"Bearer {token}"}

    def as_notify(self) -> dict[str, str]:
        """The headers of `notify`."""
        return {"Authorization": f"Bearer {self.notify.sign_call('providers')}"}


@asynccontextmanager
async def running_app(url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ProvidersApp]:
    """The app on the database at `url`, with keys in `home`."""
    Home(home, 8080).make_keys()
    keys = home / "keys"
    settings = {
        "VUORO_PROVIDERS_DATABASE_URL": url,
        "VUORO_PROVIDERS_ISSUER_KEYS": str(keys / "issuer"),
        "VUORO_PROVIDERS_SIGNING_KEY": str(keys / "providers.pem"),
        "VUORO_PROVIDERS_SECRET": "s" * 32,
        "VUORO_TRUSTED_KEYS": str(keys / "trusted.json"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    app = create_app()
    async with app.router.lifespan_context(app):
        running = ProvidersApp(app, home)
        async with running.http:
            yield running
