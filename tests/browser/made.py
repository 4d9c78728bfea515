"""What there must be in an installation so that each state of its pages can be seen."""

import secrets
import subprocess
import sys
from functools import cached_property
from typing import Any

import httpx2

from deploy.local.home import free_ports
from tests.browser.visits import B, P, Visits
from tests.installation import ROOT, Installation, eventually

NOBODY_LISTENS = "http://127.0.0.1:1"


class Made(Visits):
    """Each thing by its name, as addresses name it in braces."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation)
        self._logins: dict[str, str] = {}
        self._alone: subprocess.Popen[bytes] | None = None

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name))

    def close(self) -> None:
        """End the process that was started, if one was."""
        if self._alone is not None:
            self._alone.terminate()
            self._alone.wait(20)

    def login(self, who: str) -> dict[str, str]:
        """The cookies of somebody who is signed in, by the name that the demonstration has for them."""
        if who not in self._logins:
            ways = {"tutor": lambda: self.tutor, "newcomer": self._newcomer}
            bearer = ways[who]() if who in ways else self._in.sign_in(self._in.demo()[who])
            self._logins[who] = bearer["Authorization"].removeprefix("Bearer ")
        return {"access": self._logins[who], "session": "-"}

    def _newcomer(self) -> dict[str, str]:
        """The headers of a tutor who has said nothing of their hours yet."""
        email = "uusi@vuoro.example"
        self._in.make_place("630", "Digikahvila (esimerkki)", email=email)
        self._in.confirm()
        headers = self._in.sign_in(email)
        eventually(lambda: self._http.get(f"{B}/availability", headers=headers).status_code == 200)
        return headers

    @cached_property
    def _points(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get(f"{P}/service-points", params={"limit": 100}).json()["items"]
        return found

    @property
    def point(self) -> str:
        return next(str(each["id"]) for each in self._points if each["municipality"] == "305")

    @property
    def point_of_others(self) -> str:
        """Where the tutor may not help unless its organisation consents."""
        return next(str(each["id"]) for each in self._points if each["municipality"] == "564")

    @cached_property
    def queue(self) -> str:
        """A service point where somebody was helped, one is called and two wait."""
        staff, walk_ins = self._in.sign_in(self._in.demo()["staff"]), f"{B}/walk-ins"
        here = {"service_point_id": self.point}
        for state in ("helped", "waiting", "waiting", "waiting"):
            self._post(walk_ins, {**here, "state": state}, staff)
        self._post("/api/booking/v1/called-walk-ins", here, staff)
        return self.point

    @cached_property
    def called(self) -> str:
        """The number at which the tutor is called."""
        path, number = f"{P}/tutors/{self.tutor_id}/phone", {"phone": "040 123 4567"}
        return str(self._http.put(path, json=number, headers=self.tutor).json()["phone"])

    @cached_property
    def grant(self) -> str:
        """Something that the second coordinator has to confirm."""
        role = {"role": "staff", "organisation_id": self._points[0]["organisation_id"]}
        body = {"region": "17", "email": f"tiski-{secrets.token_hex(4)}@vuoro.example", "roles": [role]}
        return str(self._post(f"{P}/people", body, self._in.as_coordinator())["id"])

    @cached_property
    def sign_in(self) -> str:
        """Where a code is asked for."""
        return str(self._http.post(f"{P}/sign-ins", json={"contact": "ei-ole@vuoro.example"}).json()["id"])

    @cached_property
    def alone(self) -> str:
        """The address of pages whose booking service is away."""
        port = free_ports(["web"])["web"]
        environment = self._in.service_environment("web") | {"VUORO_BOOKING_URL": NOBODY_LISTENS}
        environment |= {"VUORO_LISTEN_PORT": str(port)}
        command = [sys.executable, "-m", "services.web", "api"]
        self._alone = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        eventually(lambda: is_ready(address))
        return address


def is_ready(address: str) -> bool:
    """Whether a process answers there."""
    try:
        return httpx2.get(f"{address}/readyz").status_code == 200
    except httpx2.TransportError:
        return False
