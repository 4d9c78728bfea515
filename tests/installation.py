"""A whole installation for tests: `python -m vuoro run` in a home and on a port of its own."""

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import psutil
import psycopg

from deploy.local.home import Home, free_ports
from deploy.local.parts import APIS
from shared.keys import ISSUER, KeyRing

ROOT = Path(__file__).parent.parent
Found = TypeVar("Found")
START_SECONDS = 60
CODES_ARE_ENOUGH = '{"17": []}'  # in the demonstration region, whose people have no passkeys here
COORDINATOR = {"role": "coordinator"}
WITHOUT_LIMITS = "1000000"  # what they are multiplied by: tests book from one address, and for few people


def eventually(find: Callable[[], Found | None], seconds: float = 20) -> Found:
    """What `find` finds, as soon as it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


@dataclass(frozen=True)
class Place:
    """A service point, and its tutor and offering, by their ids."""

    point: str
    offering: str
    tutor: str


class Installation:
    """`make run`, without make."""

    command: tuple[str, ...] = ("vuoro", "run")
    """What follows after `python -m`."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.port = free_ports(["gateway"])["gateway"]
        ours = {"VUORO_HOME": str(home), "VUORO_PORT": str(self.port), "VUORO_BOOKING_LIMIT_FACTOR": WITHOUT_LIMITS}
        ours |= {"VUORO_PROVIDERS_STRONG_SIGN_IN": CODES_ARE_ENOUGH}
        self.environment = {**os.environ, **ours, **environment}
        self.output = home.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None
        self.http = self._client()
        self.refresh_token: str | None = None
        self.second: str | None = None

    def _client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.gateway, timeout=30)

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        """Start it, without waiting."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        self.launch()
        eventually(lambda: "Vuoro is ready" in self.told() or self.ended(), START_SECONDS)
        assert "Vuoro is ready" in self.told(), self.told()

    def told(self) -> str:
        """What it has printed."""
        return self.output.read_text()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        self.http.close()
        self.http = self._client()
        return code

    def child(self, name: str) -> psutil.Process:
        """The process of a part, by what stands in its command line."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            if name in " ".join(child.cmdline()):
                return child
        raise AssertionError(f"no child {name}")

    def service_environment(self, service: str) -> dict[str, str]:
        """The environment of one more process of a service, which finds the others behind the gateway."""
        ports = dict.fromkeys([*APIS, "mailbox", "smtp"], self.port)
        return Home(self.home, self.port).environment(ports, service)

    def demo(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.home / "demo.json").read_text())
        return found

    def client_token(self, **form: str) -> str:
        """A token of the demonstration client."""
        demo = self.demo()
        asked = {"grant_type": "client_credentials", **form}
        basic = (demo["client_id"], demo["client_secret"])
        answer = self.http.post("/api/providers/v1/oauth/token", data=asked, auth=basic)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def as_client(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.client_token()}"}

    def mails(self, to: str) -> list[dict[str, Any]]:
        """What the mailbox has received for somebody, newest first."""
        answer = self.http.get("/dev/mailbox", params={"to": to}, headers={"Accept": "application/json"})
        found: list[dict[str, Any]] = answer.json()
        return found

    def codes(self, to: str) -> list[str]:
        """The sign-in codes that somebody has received, oldest first."""
        found = [re.match(r"\d{6}\b", mail["text"]) for mail in reversed(self.mails(to))]
        return [code[0] for code in found if code]

    def sign_in(self, contact: str) -> dict[str, str]:
        """The headers of somebody who has signed in with the code from the mailbox."""
        self.let_ask_again()
        known = len(self.codes(contact))
        asked = self.http.post("/api/providers/v1/sign-ins", json={"contact": contact}).json()
        code = eventually(lambda: self.codes(contact)[known:])[0]
        answer = self.http.post(f"/api/providers/v1/sign-ins/{asked['id']}/login", json={"code": code})
        assert answer.status_code == 201, answer.text
        if contact == self.demo()["coordinator"]:
            self.refresh_token = answer.json()["refresh_token"]
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def let_ask_again(self) -> None:
        """Make the sign-ins so far an hour older: nobody may ask more than five times within a quarter of an hour, and
        which files of tests share an installation is chance."""
        with psycopg.connect(Home(self.home, self.port).database_url("providers"), autocommit=True) as connection:
            connection.execute("UPDATE sign_in SET created_at = created_at - interval '1 hour'")

    def tutor_of(self, headers: dict[str, str]) -> str:
        """The id of the tutor who has signed in."""
        roles = self.http.get("/api/providers/v1/me", headers=headers).json()["roles"]
        return next(str(role["tutor_id"]) for role in roles if role["role"] == "tutor")

    def begin_visit(self, appointment: str, *, ended: bool = False) -> None:
        """Let the time of a visit come, as a day would, or have it over."""
        begun = "now() - (ends - starts)" if ended else "now()"
        with psycopg.connect(Home(self.home, self.port).database_url("booking")) as connection:
            connection.execute(
                f"UPDATE appointment SET ends = {begun} + (ends - starts), starts = {begun} WHERE id = %s",
                [appointment],
            )

    def as_coordinator(self) -> dict[str, str]:
        """The headers of the demonstration's coordinator, who signs in once, since codes are few."""
        if self.refresh_token is None:
            self.sign_in(self.demo()["coordinator"])
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token or ""}
        answer = self.http.post("/api/providers/v1/oauth/token", data=form)
        assert answer.status_code == 200, answer.text
        self.refresh_token = answer.json()["refresh_token"]
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def as_second(self) -> dict[str, str]:
        """The headers of the second coordinator, who confirms what the first has given. Their token is signed here,
        since codes are few."""
        if self.second is None:
            people = self.http.get("/api/providers/v1/people", params={"limit": 500}, headers=self.as_coordinator())
            ids = {person["email"]: str(person["id"]) for person in people.json()["items"]}
            self.second = ids[self.demo()["second_coordinator"]]
        claims = {"kind": "person", "region": "17", "roles": [COORDINATOR]}
        keys = KeyRing(self.home / "keys" / "issuer")
        token = keys.current().sign(ISSUER, self.second, dt.timedelta(minutes=5), claims)
        return {"Authorization": f"Bearer {token}"}

    def confirm(self) -> None:
        """Let the second coordinator confirm all that waits for them."""
        headers, path = self.as_second(), "/api/providers/v1/pending-grants"
        for grant in self.http.get(path, params={"limit": 500}, headers=headers).json()["items"]:
            answer = self.http.post(f"{path}/{grant['id']}/confirmation", headers=headers)
            assert answer.status_code == 204, answer.text

    def slots(self, **query: str | int) -> list[dict[str, Any]]:
        """Free times for e-services in Kuusamo, unless asked otherwise; none so near as to pass meanwhile."""
        soon = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)).isoformat()
        asked = {"topic": "e-services", "municipality": "305", "limit": 20, "from": soon, **query}
        found: list[dict[str, Any]] = self.http.get("/api/booking/v1/slots", params=asked).json()["items"]
        return found

    def let_wait_in(self, municipality: str) -> None:
        """Let somebody help in a municipality of the region who has not said yet when, once: they can be waited for."""
        search = {"topic": "e-services", "municipality": municipality, "channel": "on_site"}

        def is_heard() -> bool:
            found = self.http.get("/api/booking/v1/slots", params=search, headers={"Vuoro-Counted": "?0"}).json()
            return bool(found["otherwise"]["waitlist"])

        if not is_heard():
            self.make_place(municipality, "Digiapu (esimerkki)")
            eventually(is_heard)

    def make_place(self, municipality: str, name: str, *, email: str | None = None, **offering: Any) -> Place:
        """A service point of an organisation of its own, with a tutor who gives one offering there."""
        called, gives = {"fi": name}, {"topics": ["e-services"], "channels": ["on_site"]}
        made = {"name": called, "kind": "association", "municipality": municipality}
        own = {"organisation_id": self._make("organisations", made)}
        there = {**own, "name": called, "municipality": municipality, "address": "Tie 1"}
        tutor = {**own, "display_name": "Kyllikki", "languages": ["fi"], "email": email}
        return Place(
            point=self._make("service-points", there),
            offering=self._make("offerings", {**own, "name": called, **gives, **offering}),
            tutor=self._make("tutors", {**tutor, **gives}),
        )

    def make_colleague(self, place: Place, name: str, email: str) -> str:
        """Another tutor of the organisation of a place, who gives its offering; their id."""
        tutor = {**self._owner(place), "display_name": name, "languages": ["fi"], "email": email}
        return self._make("tutors", {**tutor, "topics": ["e-services"], "channels": ["on_site"]})

    def make_other_point(self, place: Place, municipality: str, name: str) -> str:
        """Another service point of the organisation of a place; its id."""
        there = {"name": {"fi": name}, "municipality": municipality, "address": "Tie 2"}
        return self._make("service-points", {**self._owner(place), **there})

    def _owner(self, place: Place) -> dict[str, str]:
        offering = self.http.get(f"/api/providers/v1/offerings/{place.offering}").json()
        return {"organisation_id": offering["organisation_id"]}

    def open_place(self, place: Place, email: str) -> dict[str, str]:
        """Let its tutor help there on Tuesdays, once booking has heard of the place; the headers of who is signed in as
        them."""
        self.confirm()
        headers = self.sign_in(email)
        week = {"weekday": 2, "from": "10:00", "to": "14:00", "service_point_id": place.point}
        path = "/api/booking/v1/availability"
        eventually(lambda: self.http.post(path, json=week, headers=headers).status_code == 201)
        return headers

    def _make(self, kind: str, body: dict[str, Any]) -> str:
        """A new record of the registry; its id."""
        answer = self.http.post(f"/api/providers/v1/{kind}", json=body, headers=self.as_client())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def book(self, slot: str, headers: dict[str, str] | None = None, **citizen: str) -> httpx2.Response:
        """Book a slot for somebody."""
        who = {"name": "Aili Mäkelä", "phone": "040 685 404", **citizen}
        body = {"slot_id": slot, "topic": "e-services", "citizen": who}
        return self.http.post("/api/booking/v1/appointments", json=body, headers=headers or {})
