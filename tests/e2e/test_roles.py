"""Who may do what, route by route: every route of the public API, asked by every kind of caller, against the table
below.

The callers: nobody, a tutor, staff and the manager of the tutor's organisation, the coordinator of its sub-region, the
coordinator of the region, an API client of the organisation and one of the region with all scopes; then a manager of
another organisation, a coordinator of another sub-region and one of another region, who reach none of it.

`+` may; `1` is asked to sign in (401); `3` may not (403); `4` is told that there is no such thing (404).
"""

import datetime as dt
import secrets
import uuid
from typing import Any

import pytest

from deploy.local.openapi import documents
from shared.keys import ISSUER, KeyRing
from shared.roles import as_markdown
from tests.conftest import ROOT
from tests.installation import Installation, eventually

CALLERS = "nobody tutor staff manager sub_coordinator coordinator client regional_client other_manager other_sub abroad"
TABLE = """
providers GET    /organisations                               +++++++++++
providers POST   /organisations                               1333++3+333
providers GET    /organisations/{id}                          +++++++++++
providers PUT    /organisations/{id}                          133+++++333
providers POST   /organisations/registrations                 +++++++++++
providers GET    /service-points                              +++++++++++
providers POST   /service-points                              133+++++333
providers GET    /service-points/{id}/completeness            +++++++++++
providers GET    /reconciliation                              133++++++++
providers GET    /service-points/{id}/provenance              133+++++333
providers GET    /service-points/{id}/ptv                     133+++++333
providers GET    /service-points/{id}                         +++++++++++
providers PUT    /service-points/{id}                         133+++++333
providers GET    /service-points/{id}/hours                   +++++++++++
providers PUT    /service-points/{id}/hours                   13++++++333
providers GET    /service-points/{id}/consents                133+++++333
providers POST   /service-points/{id}/consents                1+3+33++333
providers PUT    /service-points/{id}/consents/{organisation} 133+++++333
providers DELETE /service-points/{id}/consents/{organisation} 133+++++333
providers GET    /tutors                                      +++++++++++
providers POST   /tutors                                      133+++++333
providers GET    /tutors/{id}                                 +++++++++++
providers PUT    /tutors/{id}                                 133+++++333
providers DELETE /tutors/{id}                                 133+++++333
providers GET    /tutors/{id}/details                         133+++++333
providers GET    /tutors/{id}/phone                           1+++++++333
providers PUT    /tutors/{id}/phone                           1+3+++++333
providers GET    /offerings                                   +++++++++++
providers POST   /offerings                                   133+++++333
providers GET    /offerings/{id}                              +++++++++++
providers PUT    /offerings/{id}                              133+++++333
providers GET    /topics                                      +++++++++++
providers PUT    /topics/{code}                               13333+3+33+
providers GET    /municipalities                              +++++++++++
providers GET    /former-municipalities                       +++++++++++
providers GET    /service-points/{id}/schema-org              +++++++++++
providers PUT    /municipalities/{code}                       13333+3+333
providers GET    /people                                      133+++33+++
providers POST   /people                                      133+++33333
providers PUT    /people/{id}                                 133+++33444
providers DELETE /people/{id}                                 133+++33444
providers DELETE /people/{id}/ways-in                         133+++33444
providers GET    /pending-grants                              133+++33+++
providers POST   /pending-grants/{id}/confirmation            1333++33444
providers POST   /pending-grants/{id}/refusal                 133+++33444
providers POST   /api-clients                                 133+++33333
providers GET    /api-clients                                 133+++33+++
providers POST   /api-clients/{id}/secret                     133+++33444
providers DELETE /api-clients/{id}/old-secret                 133+++33444
providers DELETE /api-clients/{id}                            133+++33444
providers GET    /me                                          1++++++++++
providers DELETE /me                                          1+++++33+++
providers GET    /me/data                                     1+++++33++1
providers GET    /logins                                      1+++++33+++
providers DELETE /logins/{id}                                 14444433444
providers GET    /passkeys                                    1+++++33+++
providers POST   /passkeys                                    11111133111
providers POST   /passkeys/challenges                         1+++++33++1
providers DELETE /passkeys/{id}                               14444433444
providers POST   /sign-ins                                    +++++++++++
providers POST   /sign-ins/{id}/login                         11111111111
providers POST   /passkeys/sign-ins                           +++++++++++
providers POST   /passkeys/sign-ins/{id}/login                11111111111
providers GET    /identity-providers                          +++++++++++
providers POST   /single-sign-ons                             44444444444
providers POST   /single-sign-ons/{id}/login                  11111111111
providers POST   /oauth/token                                 +++++++++++
providers POST   /oauth/revoke                                +++++++++++
providers GET    /oauth/metadata                              +++++++++++
providers GET    /jwks.json                                   +++++++++++
providers GET    /audit                                       13333+3333+
providers GET    /audit/mine                                  1++++++++++
providers GET    /open-data/service-points.json               +++++++++++
providers GET    /open-data/service-points.csv                +++++++++++
providers GET    /events                                      13333+++33+
booking   GET    /slots                                       +++++++++++
booking   GET    /days                                        +++++++++++
booking   GET    /places                                      +++++++++++
booking   GET    /agenda                                      +++++++++++
booking   POST   /holds                                       +++333++333
booking   GET    /holds/{id}                                  11111111111
booking   POST   /holds/{id}/extension                        11111111111
booking   DELETE /holds/{id}                                  11111111111
booking   POST   /appointments                                +++333++333
booking   GET    /appointments                                1++++++++++
booking   POST   /series                                      +++333++333
booking   GET    /appointments/mine                           11111111111
booking   GET    /appointments/mine/data                      11111111111
booking   POST   /appointments/{id}/verification              11111111111
booking   POST   /lookups                                     1++333++333
booking   GET    /appointments/{id}                           1++++++4443
booking   GET    /appointments/{id}/history                   1++++++4443
booking   POST   /appointments/{id}/cancellation              1++333+4443
booking   POST   /appointments/{id}/move                      1++333+4443
booking   GET    /appointments/{id}/reassignment              1++333+4443
booking   POST   /appointments/{id}/reassignment              1++333+4443
booking   POST   /appointments/{id}/outcome                   1++333+4443
booking   GET    /calls                                       1++++++++++
booking   POST   /calls/{id}/told                             1++333+4443
booking   DELETE /appointments/{id}/outcome                   1++333+4443
booking   POST   /appointments/{id}/correction                1++333+4443
booking   POST   /appointments/{id}/confirmation              1++333+4443
booking   POST   /appointments/{id}/erasure                   1++333+4443
booking   POST   /waitlist                                    +++333++333
booking   GET    /waitlist/mine                               11111111111
booking   GET    /waitlist/{id}                               11111111111
booking   POST   /waitlist/{id}/acceptance                    11111111111
booking   POST   /waitlist/{id}/correction                    11111111111
booking   POST   /waitlist/{id}/withdrawal                    11111111111
booking   POST   /lost-links                                  +++++++++++
booking   POST   /lost-links/{id}/opening                     +++++++++++
booking   PUT    /appointments/{id}/feedback                  11111111111
booking   GET    /appointments/{id}/feedback                  1++333+4333
booking   GET    /feedback                                    1++333++333
booking   POST   /feedback/{id}/answer                        1++333+4333
booking   GET    /availability                                1+3+33++333
booking   POST   /availability                                1+3+33++333
booking   PUT    /availability/{id}                           1+3+33++333
booking   DELETE /availability/{id}                           1+3+33++333
booking   GET    /availability.ics                            1+3+33++333
booking   PUT    /availability.ics                            1+3+33++333
booking   GET    /extra-time                                  1+3+33++333
booking   POST   /extra-time                                  1+3+33++333
booking   DELETE /extra-time/{id}                             1+3+33++333
booking   GET    /absences                                    1+3+33++333
booking   POST   /absences                                    1+3+33++333
booking   DELETE /absences/{id}                               1+3+33++333
booking   GET    /closings                                    +++++++++++
booking   POST   /closings                                    13++++++333
booking   DELETE /closings/{id}                               13++++++333
booking   GET    /walk-ins                                    1+++++++333
booking   POST   /walk-ins                                    1+++33++333
booking   POST   /called-walk-ins                             1+++33++333
booking   POST   /walk-ins/{id}/outcome                       1+++33++333
booking   DELETE /walk-ins/{id}                               1+++33++333
booking   GET    /queues/{id}                                 +++++++++++
booking   POST   /tutors/{id}/illness                         13++33++433
booking   GET    /tutors/{id}/time                            1+3+33++333
booking   PUT    /tutors/{id}/time                            1+3+33++333
booking   GET    /me/data                                     1+3333++333
booking   GET    /me/new-appointments                         1+333333333
booking   PUT    /me/new-appointments                         1+333333333
booking   GET    /tutors/{id}/calendar                        14343344333
booking   PUT    /tutors/{id}/calendar                        1+3+33++333
booking   DELETE /tutors/{id}/calendar                        1+3+33++333
booking   GET    /tutors/{id}/calendar-subscription           14343343333
booking   POST   /tutors/{id}/calendar-subscription           1+3+33+3333
booking   DELETE /tutors/{id}/calendar-subscription           1+3+33+3333
booking   GET    /calendar-subscriptions/{secret}.ics         44444444444
booking   GET    /audit                                       13333+3333+
booking   GET    /audit/mine                                  1++++++++++
booking   GET    /events                                      13333+++33+
notify    GET    /messages                                    13333+++33+
notify    GET    /audit                                       13333+3333+
notify    GET    /audit/mine                                  1++++++++++
notify    GET    /events                                      13333+++33+
providers GET    /sign-ins/{id}/message                       13333333333
providers GET    /sign-ins/{id}/warning                       13333333333
providers GET    /grant-notices/{id}/message                  13333333333
providers GET    /consent-notices/{id}/message                13333333333
providers GET    /regions/{region}/coordinators               13333333333
booking   GET    /appointments/to-come                        13333333333
booking   GET    /assumed-consents                            13333333333
booking   GET    /appointments/{id}/former-recipient          13333333333
booking   GET    /appointments/{id}/recipient                 13333333333
booking   GET    /waitlist/{id}/recipient                     13333333333
booking   GET    /lost-links/{id}/recipient                   13333333333
booking   GET    /waitlist/{id}/entry-recipient               13333333333
"""
SCOPES = ["registry:write", "availability:write", "appointments:read", "appointments:write", "events:read"]
KUUSAMO, OULU, HELSINKI = ("305", "178", "17"), ("564", "171", "17"), ("091", "011", "01")
TEXT = {"fi": "Koe"}


class Cast:
    """The records that are asked for, and the callers, each with a token."""

    def __init__(self, installation: Installation) -> None:
        self.http, self.confirm = installation.http, installation.confirm
        self.ring = KeyRing(installation.home / "keys" / "issuer")
        self.tokens: dict[str, str | None] = {"nobody": None}
        self.roles: dict[str, dict[str, str]] = {"coordinator": {"role": "coordinator"}}
        self.coordinator = self._person({"role": "coordinator"}, installation.as_coordinator())
        self.tokens["coordinator"] = self.coordinator
        self.organisation = self._organisation(KUUSAMO)
        self.other = self._organisation(OULU)
        self.point, self.offering, self.tutor = self._point(), self._offering(), self._tutor()
        for name, organisation in (("client", self.organisation), ("regional_client", None)):
            made = self.made("/api/providers/v1/api-clients", self._client(organisation))
            installation.confirm()
            form = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["secret"]}
            answer = self.http.post("/api/providers/v1/oauth/token", data=form)
            self.tokens[name] = answer.json()["access_token"]
        own = {"organisation_id": self.organisation}
        for name, role in {
            "tutor": {"role": "tutor", "tutor_id": self.tutor, **own},
            "staff": {"role": "staff", **own},
            "manager": {"role": "manager", **own},
            "sub_coordinator": {"role": "sub_coordinator", "sub_region": KUUSAMO[1]},
            "other_manager": {"role": "manager", "organisation_id": self.other},
            "other_sub": {"role": "sub_coordinator", "sub_region": OULU[1]},
        }.items():
            self.roles[name] = role
            self.tokens[name] = self._person(role)
        self.tokens["abroad"] = self._token(str(uuid.uuid4()), [{"role": "coordinator"}], HELSINKI[2])
        self.hours = self._hours()
        self.appointment = self._booked()["id"]
        self.visited = self._visited(installation)

    def ask(self, caller: str, method: str, path: str, body: Any = None, **how: Any) -> Any:
        token = self.tokens[caller]
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **how.pop("headers", {})}
        return self.http.request(method, path, json=body, headers=headers, **how)

    def made(self, path: str, body: Any) -> dict[str, Any]:
        answer = self.ask("coordinator", "POST", path, body)
        assert answer.status_code in {200, 201}, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _token(self, person: str, roles: list[dict[str, str]], region: str = "17") -> str:
        municipalities = {KUUSAMO[1]: ["305", "832"], OULU[1]: ["564"]}
        reached = [code for role in roles for code in municipalities.get(role.get("sub_region", ""), [])]
        claims = {"kind": "person", "region": region, "roles": roles, "municipalities": reached}
        return self.ring.current().sign(ISSUER, person, dt.timedelta(minutes=10), claims)

    def _person(self, role: dict[str, str], headers: dict[str, str] | None = None) -> str:
        body = {"region": "17", "email": f"{secrets.token_hex(6)}@example.fi", "roles": [role]}
        who = headers or {"Authorization": f"Bearer {self.coordinator}"}
        answer = self.http.post("/api/providers/v1/people", json=body, headers=who)
        assert answer.status_code == 201, answer.text
        self.confirm()  # which takes back the tokens of before
        return self._token(answer.json()["id"], [role])

    def _another(self, caller: str) -> dict[str, str]:
        """The role of somebody who is the same; a tutor has one account."""
        role = self.roles[caller]
        return {**role, "tutor_id": self._tutor()} if "tutor_id" in role else role

    def _organisation(self, place: tuple[str, str, str]) -> str:
        body = {"name": TEXT, "kind": "association", "municipality": place[0]}
        return str(self.made("/api/providers/v1/organisations", body)["id"])

    def point_body(self) -> dict[str, Any]:
        return {"organisation_id": self.organisation, "name": TEXT, "address": "Tie 1", "municipality": KUUSAMO[0]}

    def tutor_body(self) -> dict[str, Any]:
        topics, channels = ["e-services"], ["on_site", "phone"]
        own = {"organisation_id": self.organisation, "display_name": "Aino", "languages": ["fi"]}
        return {**own, "topics": topics, "channels": channels}

    def offering_body(self) -> dict[str, Any]:
        own = {"organisation_id": self.organisation, "name": TEXT, "topics": ["e-services"]}
        return {**own, "channels": ["on_site", "phone"]}

    def _point(self, **more: Any) -> str:
        return str(self.made("/api/providers/v1/service-points", {**self.point_body(), **more})["id"])

    def _tutor(self) -> str:
        return str(self.made("/api/providers/v1/tutors", self.tutor_body())["id"])

    def _offering(self) -> str:
        return str(self.made("/api/providers/v1/offerings", self.offering_body())["id"])

    def _client(self, organisation: str | None) -> dict[str, Any]:
        return {"name": "Koe", "region": "17", "organisation_id": organisation, "scopes": SCOPES}

    def hours_body(self) -> dict[str, Any]:
        point = {"service_point_id": self.point, "tutor_id": self.tutor}
        return {"weekday": 3, "from": "10:00", "to": "12:00", **point}

    def _hours(self) -> str:
        def added() -> dict[str, Any] | None:
            answer = self.ask("regional_client", "POST", "/api/booking/v1/availability", self.hours_body())
            return answer.json() if answer.status_code == 201 else None

        return str(eventually(added)["id"])

    def _slot(self) -> dict[str, Any]:
        def free() -> dict[str, Any] | None:
            query = {"topic": "e-services", "service_point": self.point}
            found = self.http.get("/api/booking/v1/slots", params=query).json()["items"]
            return next(iter(found), None)

        return eventually(free)

    def booking_body(self, slot: str) -> dict[str, Any]:
        return {"slot_id": slot, "topic": "e-services", "citizen": {"name": "Aili", "phone": "040 685 404"}}

    def _booked(self) -> dict[str, Any]:
        body = self.booking_body(self._slot()["id"])
        answer = self.http.post("/api/booking/v1/appointments", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _visited(self, installation: Installation) -> str:
        """A visit that is over, and of which its citizen has said how it went."""
        booked = self._booked()
        installation.begin_visit(booked["id"], ended=True)
        said, key = self.body("PUT /appointments/{id}/feedback"), booked["manage_url"].rpartition("/")[2]
        path, headers = f"/api/booking/v1/appointments/{booked['id']}/feedback", {"Manage-Token": key}
        assert self.http.put(path, json=said, headers=headers).status_code == 200
        return str(booked["id"])

    def record(self, route: str) -> str:
        """The id of the record that a route is asked for: a fresh one, where the route uses it up; of what only its
        owner knows, none."""
        method, _, path = route.partition(" ")
        kind = path.split("/")[1]
        if kind in {"people", "api-clients", "closings"}:
            service = "booking" if kind == "closings" else "providers"
            return str(self.made(f"/api/{service}/v1/{kind}", self.body(f"POST /{kind}"))["id"])
        if kind == "pending-grants":
            given = self.ask("manager", "POST", "/api/providers/v1/people", self.body("POST /people")).json()
            return str(given["pending"][0]["id"])
        if kind == "queues":
            return self.point
        if kind in {"walk-ins", "called-walk-ins"}:
            return self._waiting()
        if kind in {"extra-time", "absences", "availability"}:
            answer = self.ask("regional_client", "POST", f"/api/booking/v1/{kind}", self.body(f"POST /{kind}"))
            return str(answer.json()["id"])
        if "feedback" in path:
            return self.visited
        if method == "DELETE" and path == "/tutors/{id}":
            return self._tutor()
        lasting = {"tutors": self.tutor, "service-points": self.point, "organisations": self.organisation}
        lasting |= {"offerings": self.offering, "appointments": self.appointment, "calls": self.appointment}
        return lasting.get(kind, str(uuid.uuid4()))

    def _waiting(self) -> str:
        """Somebody in the queue."""
        answer = self.ask("staff", "POST", "/api/booking/v1/walk-ins", self.walk_in_body("waiting"))
        return str(answer.json()["id"])

    def walk_in_body(self, state: str) -> dict[str, Any]:
        return {"service_point_id": self.point, "state": state}

    def closing_body(self) -> dict[str, Any]:
        far = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=300)
        return {"service_point_id": self.point, "from": f"{far}", "until": f"{far}"}

    def body(self, route: str) -> Any:
        """What a route is sent."""
        far = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=300)
        starts = f"{far}T10:00:00+02:00"
        staff = {"role": "staff", "organisation_id": self.organisation}
        bodies: dict[str, Any] = {
            "POST /organisations": {"name": TEXT, "kind": "association", "municipality": KUUSAMO[0]},
            "PUT /organisations/{id}": {"name": TEXT, "kind": "association", "municipality": KUUSAMO[0]},
            "POST /organisations/registrations": {
                "name": TEXT,
                "kind": "association",
                "municipality": KUUSAMO[0],
                "email": "koe@example.fi",
            },
            "POST /service-points": self.point_body(),
            "PUT /service-points/{id}": self.point_body(),
            "PUT /service-points/{id}/hours": [],
            "POST /service-points/{id}/consents": {"tutor_id": self.tutor},
            "POST /tutors": self.tutor_body(),
            "PUT /tutors/{id}": self.tutor_body(),
            "PUT /tutors/{id}/phone": {"phone": "040 685 404"},
            "POST /offerings": self.offering_body(),
            "PUT /offerings/{id}": self.offering_body(),
            "PUT /topics/{code}": {"name": TEXT, "rank": 900},
            "PUT /municipalities/{code}": {"name": {"fi": "Kuusamo", "sv": "Kuusamo"}},
            "POST /people": {"region": "17", "email": f"{secrets.token_hex(6)}@example.fi", "roles": [staff]},
            "PUT /people/{id}": {"region": "17", "email": f"{secrets.token_hex(6)}@example.fi", "roles": [staff]},
            "POST /api-clients": self._client(self.organisation),
            "POST /passkeys": {"challenge_id": str(uuid.uuid4()), "name": "Koe", "credential": {}},
            "POST /sign-ins": {"contact": f"{secrets.token_hex(6)}@example.fi"},
            "POST /sign-ins/{id}/login": {"code": "123456"},
            "POST /passkeys/sign-ins/{id}/login": {"credential": {}},
            "POST /single-sign-ons": {"provider": "nobody"},
            "POST /single-sign-ons/{id}/login": {"code": "x", "state": "x"},
            "POST /holds": {"slot_id": self._slot()["id"], "topic": "e-services"} if route == "POST /holds" else None,
            "POST /appointments": self.booking_body(self._slot()["id"]) if route == "POST /appointments" else None,
            "POST /series": {**self.booking_body(self._slot()["id"]), "count": 2} if route == "POST /series" else None,
            "POST /appointments/{id}/move": {"slot_id": "x"},
            "POST /appointments/{id}/outcome": {"attended": False},
            "POST /appointments/{id}/verification": {"code": "123456"},
            "POST /appointments/{id}/correction": {"citizen": self.booking_body("")["citizen"]},
            "POST /lost-links": {"contact": "040 685 404"},
            "POST /lost-links/{id}/opening": {"code": "123456"},
            "PUT /appointments/{id}/feedback": {"met_need": 5, "recommends": True, "words": "Kiitos"},
            "POST /feedback/{id}/answer": {"answer": "Tervetuloa"},
            "POST /lookups": {"words": "Aili"},
            "POST /waitlist/{id}/correction": {"citizen": self.booking_body("")["citizen"]},
            "POST /waitlist": {
                **{name: value for name, value in self.booking_body("").items() if name != "slot_id"},
                "municipality": KUUSAMO[0],
                "until": f"{far}",
            },
            "POST /availability": self.hours_body(),
            "PUT /availability/{id}": {**self.hours_body(), "weekday": 4},
            "POST /extra-time": {
                "tutor_id": self.tutor,
                "service_point_id": self.point,
                "start": starts,
                "end": f"{far}T11:00:00+02:00",
            },
            "POST /absences": {"tutor_id": self.tutor, "from": f"{far}", "until": f"{far}"},
            "POST /closings": self.closing_body(),
            "PUT /me/new-appointments": {"until": starts},
            "POST /walk-ins": self.walk_in_body("helped"),
            "POST /called-walk-ins": {"service_point_id": self.point},
            "POST /walk-ins/{id}/outcome": {"state": "helped"},
            "POST /tutors/{id}/illness": {"date": f"{dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)}"},
            "PUT /tutors/{id}/time": {"zone": "Europe/Helsinki", "holidays": "FI"},
            "PUT /tutors/{id}/calendar": {"url": "http://127.0.0.1/x.ics"},
        }
        return bodies.get(route)

    def query(self, route: str) -> dict[str, str]:
        """What a route is asked for."""
        tutors = (
            "GET /availability",
            "GET /availability.ics",
            "PUT /availability.ics",
            "GET /extra-time",
            "GET /absences",
        )
        queries: dict[str, dict[str, str]] = {
            **{route: {"tutor_id": self.tutor} for route in (*tutors, "GET /absences")},
            "GET /service-points/{id}/ptv": {"organisation": "x", "service": "y"},
            "GET /slots": {"topic": "e-services", "municipality": KUUSAMO[0]},
            "GET /agenda": {"topic": "e-services", "municipality": KUUSAMO[0]},
            "GET /days": {"topic": "e-services", "municipality": KUUSAMO[0], "month": "2027-03"},
            "GET /places": {"topic": "e-services", "municipality": KUUSAMO[0]},
            "GET /appointments": {"date": "2027-03-01"},
            "GET /closings": {"service_point_id": self.point},
            "GET /walk-ins": {"service_point_id": self.point},
            "GET /messages": {"subject": self.appointment},
            "GET /appointments/to-come": {"tutor_id": self.tutor},
        }
        return queries.get(route, {})

    def judged(self, caller: str, service: str, route: str) -> str:
        """How a caller's request for a route ends, as the table has it."""
        method, _, path = route.partition(" ")
        if route == "DELETE /me" and caller not in {"nobody", "abroad"} and "client" not in caller:
            before, self.tokens[caller] = self.tokens[caller], self._person(self._another(caller))
        else:
            before = self.tokens[caller]
        path = path.replace("{id}", self.record(route)).replace("{code}", "koe" if "topics" in path else KUUSAMO[0])
        path = path.replace("{organisation}", self.other)
        how: dict[str, Any] = {"params": self.query(route)}
        if route == "PUT /availability.ics":
            how |= {"content": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x\r\nEND:VCALENDAR\r\n"}
        answer = self.ask(caller, method, f"/api/{service}/v1{path}", self.body(route), **how)
        self.tokens[caller] = before
        assert answer.status_code < 500, (caller, route, answer.text)
        return {401: "1", 403: "3", 404: "4"}.get(answer.status_code, "+")


@pytest.fixture(scope="module")
def cast(installation: Installation) -> Cast:
    return Cast(installation)


def _rows() -> list[tuple[str, str, str]]:
    """Service, route, and what is expected of each caller."""
    rows = []
    for line in TABLE.strip().splitlines():
        service, method, path, expected = line.split()
        rows.append((service, f"{method} {path}", expected))
    return rows


@pytest.mark.parametrize(("service", "route", "expected"), _rows())
def test_every_role_at_every_route(cast: Cast, service: str, route: str, expected: str) -> None:
    found = "".join(cast.judged(caller, service, route) for caller in CALLERS.split())
    assert dict(zip(CALLERS.split(), found, strict=True)) == dict(zip(CALLERS.split(), expected, strict=True))


def test_no_route_is_left_out() -> None:
    described = {
        (service, f"{method.upper()} {path.split('/v1')[1]}")
        for service, document in documents().items()
        for path, methods in document["paths"].items()
        for method in methods
        if "/v1/" in path
    }
    hidden = {
        ("providers", "GET /sign-ins/{id}/message"),
        ("providers", "GET /sign-ins/{id}/warning"),
        ("providers", "GET /grant-notices/{id}/message"),
        ("providers", "GET /consent-notices/{id}/message"),
        ("providers", "GET /regions/{region}/coordinators"),
        ("booking", "GET /appointments/to-come"),
        ("booking", "GET /assumed-consents"),
        ("booking", "GET /appointments/{id}/former-recipient"),
        ("booking", "GET /appointments/{id}/recipient"),
        ("booking", "GET /waitlist/{id}/recipient"),
        ("booking", "GET /lost-links/{id}/recipient"),
        ("booking", "GET /waitlist/{id}/entry-recipient"),
    }
    assert {(service, route) for service, route, _expected in _rows()} == described | hidden


def test_the_docs_show_the_table() -> None:
    assert as_markdown() in (ROOT / "docs" / "roles.md").read_text()


def test_tokens_are_what_the_table_goes_by(cast: Cast, installation: Installation) -> None:
    """A sub-regional coordinator who signs in themselves reaches what the table says."""
    email = f"{secrets.token_hex(6)}@example.fi"
    role = {"role": "sub_coordinator", "sub_region": KUUSAMO[1]}
    cast.made("/api/providers/v1/people", {"region": "17", "email": email, "roles": [role]})
    installation.confirm()
    headers = installation.sign_in(email)
    here = installation.http.get(f"/api/providers/v1/tutors/{cast.tutor}/details", headers=headers)
    assert here.status_code == 200
    body = {"name": TEXT, "kind": "association", "municipality": OULU[0]}
    there = installation.http.post("/api/providers/v1/organisations", json=body, headers=headers)
    assert there.status_code == 403
