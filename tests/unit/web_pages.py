"""The pages in this process, with services behind them that answer what a test says."""

import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import jwt

from services.web.app import create_app
from services.web.catalogue import Catalogue
from services.web.state import keep_connections, settings_of_app
from shared.clients import ProvidersClient

SITE = "vuoro.test"
ENGLISH = {"lang": "en"}
WHERE = {"topic": "e-services", "municipality": "305"}
Answer = Callable[[httpx2.Request], httpx2.Response]
KELA = {"code": "kela", "name": {"fi": "Kelan asiat", "en": "Kela matters"}, "rank": 2, "parent": "e-services"}
TOPICS = {"items": [{"code": "e-services", "name": {"fi": "Asiointi", "en": "E-services"}, "rank": 1}, KELA]}
MUNICIPALITIES = {
    "items": [
        {
            "code": code,
            "name": {"fi": name},
            "region": region,
            "region_name": {"fi": f"Maakunta {region}"},
            "languages": ["fi"],
            "lat": None,
            "lon": None,
        }
        for code, name, region in (("305", "Kuusamo", "17"), ("091", "Helsinki", "01"), ("564", "Oulu", "17"))
    ]
}
LISTS = {"topics": TOPICS, "municipalities": MUNICIPALITIES, "identity-providers": {"items": []}}


def registry_lists(request: httpx2.Request) -> httpx2.Response:
    """What `providers` answers for the lists that pages choose from; anything else is not found."""
    found = LISTS.get(request.url.path.rpartition("/")[2])
    return httpx2.Response(200, json=found) if found else problem("not-found", 404)


def answers(*known: tuple[str, str, httpx2.Response], asked: list[httpx2.Request] | None = None) -> Answer:
    """Services that answer to a method and an end of a path, the first that fits; and with the lists of the registry.
    What is asked goes into `asked`."""

    def service(request: httpx2.Request) -> httpx2.Response:
        if asked is not None:
            asked.append(request)
        for method, end, answer in known:
            if request.method == method and request.url.path.endswith(end):
                return answer
        return registry_lists(request)

    return service


def ok(body: object, status: int = 200) -> httpx2.Response:
    """An answer with a body."""
    return httpx2.Response(status, content=json.dumps(body, default=str))


def appointment(**more: object) -> dict[str, object]:
    """A citizen's appointment as booking shows it to them: on 3 March 2126 at 9.00, in Swedish."""
    ids = {name: str(uuid.uuid4()) for name in ("id", "organisation_id", "offering_id", "tutor_id")}
    when = {"start": "2126-03-03T09:00:00+02:00", "end": "2126-03-03T09:30:00+02:00", "state": "booked", "sequence": 1}
    where = {"service_point_id": None, "place": None, "region": "17", "channel": "phone"}
    who = {"tutor_name": "Åsa", "citizen": {"name": "Aili", "phone": "+358401234567", "language": "sv"}}
    return {**ids, **when, **where, **who, "topic": "e-services", "bring": None, "code_word": "koivu", **more}


def slot(id: str = "slot-1") -> dict[str, object]:
    """A free time at a library."""
    place = {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}
    there = {"tutor_id": None, "service_point_id": str(uuid.uuid4()), "place": place}
    what = {"offering_id": str(uuid.uuid4()), "municipality": "305", "channel": "on_site", "tutor_name": "Åsa"}
    return {"id": id, "start": "2126-03-04T10:00:00+02:00", "end": "2126-03-04T10:30:00+02:00", **there, **what}


def agenda(*slots: dict[str, object], **more: object) -> dict[str, object]:
    """What booking answers a search for the next days: these times, on the morning of 4 March 2126."""
    day = {"date": "2126-03-04", "morning": slots, "afternoon": []}
    whole = {"days": [day] if slots else [], "with_room": ["2126-03-04", "2126-03-11"] if slots else []}
    return {**whole, "offerings": {}, "otherwise": None, **more}


AGENDA = ("GET", "/agenda", ok(agenda(slot())))
NO_SLOTS = ("GET", "/slots", ok({"items": []}))
BY_PHONE = ("GET", "/slots", ok({"items": [slot() | {"channel": "phone", "place": None}]}))
HOLD = uuid.UUID(int=77)
FORM = f"/book/{HOLD}/key"


def hold(**more: object) -> dict[str, object]:
    """A time at a library that is kept, on 4 March 2126 at 10.00."""
    ids = {"id": HOLD, "tutor_id": uuid.UUID(int=1), "offering_id": uuid.UUID(int=2)}
    when = {"start": "2126-03-04T10:00:00+02:00", "end": "2126-03-04T10:30:00+02:00"}
    kept = {"state": "held", "expires": "2126-03-01T10:20:00+02:00", "manage_token": "key"}
    place = {"name": {"fi": "Kirjasto"}, "address": "Tie 1"}
    return {
        **ids,
        **when,
        **kept,
        "place": place,
        "topic": "e-services",
        "channel": "on_site",
        "tutor_name": "Åsa",
        "questions": [],
        **more,
    }


KEPT = ("GET", f"/holds/{HOLD}", ok(hold()))
AILI = {"name": "Aili", "phone": "+358401234567", "email": None, "language": "en"}


def entry(state: str = "waiting", **more: object) -> dict[str, object]:
    """An entry of Aili, who reads English, for a time in Kuusamo."""
    known = {"id": str(uuid.uuid4()), "state": state, "topic": "e-services", "municipality": "305", "citizen": AILI}
    return {**known, "until": "2126-04-01", "offered_until": None, **more}


def point(**more: object) -> dict[str, object]:
    """A library, as the registry lists it."""
    ids = {"id": uuid.uuid4(), "organisation_id": uuid.uuid4(), "region": "17", "municipality": "305"}
    return {**ids, "name": {"fi": "Kirjasto"}, "address": "Tie 1", **more}


def problem(slug: str, status: int, **more: object) -> httpx2.Response:
    """A problem as a service answers it."""
    document = {"type": f"urn:vuoro:problem:{slug}", "title": slug, "status": status, **more}
    return httpx2.Response(status, content=json.dumps(document))


def access_token(*roles: str, region: str = "17", bound: bool = False, **of_role: str) -> str:
    """An access token that nobody can verify, which is enough to choose what to show."""
    claims = {"region": region, "roles": [{"role": role, **of_role} for role in roles], "bound": bound}
    return jwt.encode(claims, "a key of this test, and of nobody else", algorithm="HS256")


@asynccontextmanager
async def pages(answer: Answer = registry_lists, **cookies: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of somebody with these cookies, that follows no redirection."""
    app = create_app()
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as services:
        client = ProvidersClient(services, settings_of_app(app).providers_url)
        keep_connections(app, services, Catalogue(client))
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"http://{SITE}") as browser:
            for name, value in cookies.items():  # of the site, so that its answers can take them away
                browser.cookies.set(name, value, domain=SITE)
            yield browser
