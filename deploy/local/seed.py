"""The demonstration region: North Ostrobothnia, with invented places and people.

Only the first coordinator and API client are made directly, as an operator makes them; all the rest goes through the
gateway, as a municipal system would do it.
"""

import asyncio
import json
import time
from typing import Any

import httpx2

from deploy.local.children import Failure
from deploy.local.home import Home
from services.providers.actions import clients, people
from shared import db
from shared.schemas.people import ApiClientInput, PersonInput, Role

REGION = "17"
COORDINATOR, STAFF, TUTOR = "koordinaattori@vuoro.example", "palvelupiste@vuoro.example", "aino@vuoro.example"
SCOPES = ["registry:write", "availability:write", "appointments:read", "appointments:write", "events:read"]
TOPICS = [
    "e-services",
    "e-identification",
    "online-bank",
    "smart-devices",
    "computer",
    "cloud-services",
    "connection",
    "security",
    "communication",
    "other",
]
BRING = {
    "fi": "Laite, jota asia koskee, ja laturi. Pankkitunnukset pidät itselläsi.",
    "sv": "Apparaten som det gäller och laddaren. Dina bankkoder behåller du själv.",
    "en": "The device that it is about, and its charger. Keep your bank codes to yourself.",
}
ORGANISATIONS: list[dict[str, Any]] = [
    {
        "name": {
            "fi": "Kuusamon digituki (esimerkki)",
            "sv": "Kuusamo digistöd (exempel)",
            "en": "Kuusamo digital support (example)",
        },
        "kind": "municipality",
        "municipality": "305",
        "points": [
            ("Kuusamon kirjasto (esimerkki)", "Esimerkkitie 1, 93600 Kuusamo", 65.9646, 29.1887),
            ("Kuusamon yhteispalvelupiste (esimerkki)", "Esimerkkitie 20, 93600 Kuusamo", 65.9660, 29.1700),
        ],
        "tutors": [("Aino", TUTOR, ["fi", "en"], 0), ("Veikko", "veikko@vuoro.example", ["fi"], 1)],
    },
    {
        "name": {
            "fi": "Oulun digituki (esimerkki)",
            "sv": "Uleåborgs digistöd (exempel)",
            "en": "Oulu digital support (example)",
        },
        "kind": "association",
        "municipality": "564",
        "points": [("Oulun kirjasto (esimerkki)", "Esimerkkikatu 3, 90100 Oulu", 65.0126, 25.4715)],
        "tutors": [("Åsa", "asa@vuoro.example", ["sv", "fi", "en"], 0)],
    },
]


def seed(home: Home) -> None:
    """Fill the demonstration region, and write `demo.json`."""
    client_id, secret = asyncio.run(_first_accounts(home.database_url("providers")))
    with httpx2.Client(base_url=home.gateway, timeout=30) as http:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        token = _checked(http.post("/api/providers/v1/oauth/token", data=form))["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        first, *_others = [_organisation(http, organisation) for organisation in ORGANISATIONS]
    asyncio.run(_staff(home.database_url("providers"), first))
    demo = {
        "gateway": home.gateway,
        "mailbox": f"{home.gateway}/dev/mailbox",
        "client_id": client_id,
        "client_secret": secret,
        "coordinator": COORDINATOR,
        "staff": STAFF,
        "tutor": TUTOR,
    }
    home.demo.touch(mode=0o600)
    home.demo.write_text(json.dumps(demo, indent=2) + "\n")


async def _first_accounts(url: str) -> tuple[str, str]:
    engine, sessions = db.connect(url, pool_size=1)
    secrets: list[str] = []
    coordinator = PersonInput(region=REGION, email=COORDINATOR, roles=[Role(role="coordinator")])
    client = ApiClientInput.model_validate({"name": "Demonstration", "region": REGION, "scopes": SCOPES})
    async with db.transaction(sessions) as session:
        await people.create_person(session, coordinator)
        client_id = await clients.create_api_client(session, client, secrets.append)
    await engine.dispose()
    return str(client_id), secrets[0]


async def _staff(url: str, organisation: str) -> None:
    engine, sessions = db.connect(url, pool_size=1)
    role = Role.model_validate({"role": "staff", "organisation_id": organisation})
    async with db.transaction(sessions) as session:
        await people.create_person(session, PersonInput(region=REGION, email=STAFF, roles=[role]))
    await engine.dispose()


def _organisation(http: httpx2.Client, wanted: dict[str, Any]) -> str:
    body = {name: wanted[name] for name in ("name", "kind", "municipality")}
    organisation = str(_checked(http.post("/api/providers/v1/organisations", json=body))["id"])
    points = [
        _checked(
            http.post(
                "/api/providers/v1/service-points",
                json={
                    "organisation_id": organisation,
                    "name": {"fi": name},
                    "address": address,
                    "municipality": wanted["municipality"],
                    "lat": lat,
                    "lon": lon,
                },
            )
        )["id"]
        for name, address, lat, lon in wanted["points"]
    ]
    offering = {
        "organisation_id": organisation,
        "name": {
            "fi": "Digituki, 30 minuuttia",
            "sv": "Digistöd, 30 minuter",
            "en": "Digital support, 30 minutes",
        },
        "topics": TOPICS,
        "channels": ["on_site", "phone"],
        "buffer_after_minutes": 5,
        "bring": BRING,
    }
    _checked(http.post("/api/providers/v1/offerings", json=offering))
    for name, email, languages, place in wanted["tutors"]:
        tutor = {
            "organisation_id": organisation,
            "display_name": name,
            "email": email,
            "languages": languages,
            "topics": TOPICS,
            "channels": ["on_site", "phone"],
        }
        tutor_id = str(_checked(http.post("/api/providers/v1/tutors", json=tutor))["id"])
        for weekday in range(1, 6):
            _hours(
                http,
                {
                    "tutor_id": tutor_id,
                    "weekday": weekday,
                    "from": "10:00",
                    "to": "14:00",
                    "service_point_id": points[place],
                },
            )
            _hours(
                http,
                {
                    "tutor_id": tutor_id,
                    "weekday": weekday,
                    "from": "15:00",
                    "to": "17:00",
                    "channels": ["phone"],
                },
            )
    return organisation


def _hours(http: httpx2.Client, wanted: dict[str, Any]) -> None:
    """Add weekly hours; booking may not have heard of the tutor or the place yet."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = http.post("/api/booking/v1/availability", json=wanted)
        if not answer.json().get("type", "").endswith("invalid-reference"):
            _checked(answer)
            return
        time.sleep(0.1)
    raise Failure("booking does not hear of what providers tells. Its log: log/booking-worker.log")


def _checked(answer: httpx2.Response) -> dict[str, Any]:
    if answer.status_code >= 300:
        raise Failure(f"The demonstration region could not be seeded: {answer.request.url.path} answered {answer.text}")
    body: dict[str, Any] = answer.json()
    return body
