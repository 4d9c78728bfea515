"""Filling an empty installation with the demonstration region.

Accounts and the API client are made directly, as an operator makes them, since nobody is there yet who could be the
second person; all the rest goes through the gateway, as a municipal system would do it.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Mapping

import httpx2

from deploy.local.children import Failure
from deploy.local.demonstration import (
    BRING,
    CHANNELS,
    COORDINATOR,
    OFFERING,
    ORGANISATIONS,
    PHONE,
    REGION,
    SCOPES,
    SECOND_COORDINATOR,
    STAFF,
    TOPICS,
    TUTOR,
    DemoOrganisation,
    DemoPoint,
    DemoTutor,
)
from deploy.local.home import Home
from services.providers.actions import clients, people
from shared import db
from shared.languages import DEFAULT, Language
from shared.schemas.people import ApiClientInput, PersonInput, Role

PROVIDERS, BOOKING = "/api/providers/v1", "/api/booking/v1"
WEEKDAYS = range(1, 6)
SECONDS_TO_HEAR = 20


def seed(home: Home) -> None:
    """Fill the demonstration region, and write `demo.json`; raises `Failure`."""
    client_id, secret = asyncio.run(_add_first_accounts(home.database_url("providers")))
    with httpx2.Client(base_url=home.gateway, timeout=30) as http:
        http.headers["Authorization"] = f"Bearer {client_token(http, client_id, secret)}"
        accounts = [account for organisation in ORGANISATIONS for account in _seed_organisation(http, organisation)]
    asyncio.run(_add_accounts(home.database_url("providers"), accounts))
    _write_demo(home, client_id, secret)


def _write_demo(home: Home, client_id: str, secret: str) -> None:
    demo = {
        "gateway": home.gateway,
        "mailbox": f"{home.gateway}/dev/mailbox",
        "client_id": client_id,
        "client_secret": secret,
        "coordinator": COORDINATOR,
        "second_coordinator": SECOND_COORDINATOR,
        "staff": STAFF,
        "tutor": TUTOR,
    }
    home.demo.touch(mode=0o600)  # before the secret is in it
    home.demo.write_text(json.dumps(demo, indent=2) + "\n")


async def _add_first_accounts(url: str) -> tuple[str, str]:
    """Make the coordinators and the API client; return the client's id and secret."""
    engine, sessions = db.connect(url, pool_size=1)
    secrets: list[str] = []
    coordinators = [_account(email, DEFAULT, role="coordinator") for email in (COORDINATOR, SECOND_COORDINATOR)]
    client = ApiClientInput.model_validate({"name": "Demonstration", "region": REGION, "scopes": SCOPES})
    async with db.transaction(sessions) as session:
        for coordinator in coordinators:
            await people.create_person(session, coordinator)
        client_id = await clients.create_api_client(session, client, secrets.append)
    await engine.dispose()
    return str(client_id), secrets[0]


async def _add_accounts(url: str, accounts: Iterable[PersonInput]) -> None:
    engine, sessions = db.connect(url, pool_size=1)
    async with db.transaction(sessions) as session:
        for account in accounts:
            await people.create_person(session, account)
    await engine.dispose()


def client_token(http: httpx2.Client, client_id: str, secret: str) -> str:
    """Return an access token of the demonstration client; raises `Failure`."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    answer = http.post(f"{PROVIDERS}/oauth/token", data=form)
    _raise_unless_ok(answer)
    return str(answer.json()["access_token"])


def _seed_organisation(http: httpx2.Client, wanted: DemoOrganisation) -> Iterator[PersonInput]:
    """Make an organisation with all that it has; yield the accounts of its people."""
    body = {"name": wanted.name, "kind": wanted.kind, "municipality": wanted.municipality, "phone": PHONE}
    organisation = _make(http, f"{PROVIDERS}/organisations", body)
    points = [_seed_point(http, organisation, wanted.municipality, point) for point in wanted.points]
    offering = {
        "organisation_id": organisation,
        "name": OFFERING,
        "topics": TOPICS,
        "channels": CHANNELS,
        "buffer_after_minutes": 5,
        "bring": BRING,
    }
    _make(http, f"{PROVIDERS}/offerings", offering)
    if wanted.staff:
        yield _account(wanted.staff, DEFAULT, role="staff", organisation_id=organisation)
    for tutor in wanted.tutors:
        made = _seed_tutor(http, organisation, tutor, points[tutor.point])
        yield _account(tutor.email, tutor.languages[0], role="tutor", tutor_id=made, organisation_id=organisation)


def _account(email: str, language: Language, **role: str) -> PersonInput:
    return PersonInput(region=REGION, email=email, language=language, roles=[Role.model_validate(role)])


def _seed_point(http: httpx2.Client, organisation: str, municipality: str, wanted: DemoPoint) -> str:
    body = {
        "organisation_id": organisation,
        "name": {"fi": wanted.name},
        "address": wanted.address,
        "municipality": municipality,
        "lat": wanted.lat,
        "lon": wanted.lon,
    }
    return _make(http, f"{PROVIDERS}/service-points", body)


def _seed_tutor(http: httpx2.Client, organisation: str, wanted: DemoTutor, point: str) -> str:
    """Make a tutor who is at the point in the daytime and at the phone in the afternoon; return their id."""
    body = {
        "organisation_id": organisation,
        "display_name": wanted.name,
        "languages": wanted.languages,
        "topics": TOPICS,
        "channels": CHANNELS,
    }
    tutor = _make(http, f"{PROVIDERS}/tutors", body)
    for weekday in WEEKDAYS:
        day = {"tutor_id": tutor, "weekday": weekday}
        _seed_hours(http, {**day, "from": "10:00", "to": "14:00", "service_point_id": point})
        _seed_hours(http, {**day, "from": "15:00", "to": "17:00", "channels": ["phone"]})
    return tutor


def _seed_hours(http: httpx2.Client, wanted: Mapping[str, object]) -> None:
    """Add weekly hours; booking may not have heard of the tutor or the point yet."""
    deadline = time.monotonic() + SECONDS_TO_HEAR
    while time.monotonic() < deadline:
        answer = http.post(f"{BOOKING}/availability", json=wanted)
        if not answer.json().get("type", "").endswith("invalid-reference"):
            _raise_unless_ok(answer)
            return
        time.sleep(0.1)
    raise Failure("booking does not follow the feed of providers. Its log: log/booking-worker.log")


def _make(http: httpx2.Client, path: str, body: Mapping[str, object]) -> str:
    """Post something new; return its id."""
    answer = http.post(path, json=body)
    _raise_unless_ok(answer)
    return str(answer.json()["id"])


def _raise_unless_ok(answer: httpx2.Response) -> None:
    if answer.status_code >= 300:
        raise Failure(f"The demonstration region could not be seeded: {answer.request.url.path} answered {answer.text}")
