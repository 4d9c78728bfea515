"""Visits and places on the waitlist, in each of their states."""

import datetime as dt
import re
import secrets
from functools import cached_property
from typing import Any

import psycopg

from deploy.local.home import Home
from shared.clock import FINLAND
from shared.languages import Language
from tests.installation import Installation, Place, eventually

AILI = {"name": "Aili Mäkelä", "phone": "040 685 404"}
B, P = "/api/booking/v1", "/api/providers/v1"
UTAJARVI = "889"
CODE = re.compile(r": (\d{6})\.")
EARLY, LATE, LATEST = dt.timedelta(days=1), dt.timedelta(days=20), dt.timedelta(days=26)


class Visits:
    """Each is made when it is first asked for. Most are the keys of citizens, as their links have them."""

    def __init__(self, installation: Installation) -> None:
        self._in, self._http = installation, installation.http
        self.lost = ""
        """The e-mail address of who has lost their link last."""

    @cached_property
    def tutor(self) -> dict[str, str]:
        """The headers of the tutor to whom all these visits come."""
        return self._in.sign_in(self._in.demo()["tutor"])

    @cached_property
    def tutor_id(self) -> str:
        return self._in.tutor_of(self.tutor)

    def _slots(self, ahead: dt.timedelta = EARLY) -> list[dict[str, Any]]:
        start = (dt.datetime.now(dt.UTC) + ahead).isoformat()
        return self._in.slots(tutor=self.tutor_id, channel="on_site", drop_in="false", **{"from": start})

    @cached_property
    def slot_of_others(self) -> str:
        """A time that somebody has taken."""
        slot = str(self._slots()[0]["id"])
        self._post(f"{B}/appointments", {"slot_id": slot, "topic": "e-services", "citizen": AILI})
        return slot

    @cached_property
    def kept(self) -> str:
        """A time that is kept while its form is filled in."""
        return self._keep()

    @cached_property
    def given_back(self) -> str:
        """A time that was kept, and given back."""
        kept = self._keep()
        self._http.post(f"/book/{kept}/release", headers={"Origin": self._in.gateway})
        return kept

    def _keep(self, slot: str = "") -> str:
        wanted = {"slot_id": slot or self._slots()[0]["id"], "topic": "e-services", "minutes": 20}
        hold = self._post(f"{B}/holds", wanted)
        return f"{hold['id']}/{hold['manage_token']}"

    @cached_property
    def kept_for_two(self) -> str:
        """A time that is kept, with a place beside it for who comes along."""
        email, rules = "esimerkkikerho@example.fi", {"capacity": 2, "duration_minutes": 60, "grid_minutes": 60}
        self._in.open_place(self._in.make_place(UTAJARVI, "Digikerho (esimerkki)", email=email, **rules), email)
        return self._keep(eventually(self._seat_for_two))

    def _seat_for_two(self) -> str | None:
        found = self._in.slots(municipality=UTAJARVI)
        return next((str(slot["id"]) for slot in found if slot["seats_left"] == 2), None)

    @cached_property
    def together(self) -> str:
        """The page that shows the first of two who come together what is booked."""
        assert self.kept_for_two
        kept = self._keep(self._seat_for_two() or "")
        hold, key = kept.split("/")
        beside = self._http.get(f"{B}/holds/{hold}", headers={"Manage-Token": key}).json()["seat_beside"]
        sent = AILI | {"second_name": "Eino Mäkelä", "beside": beside}
        answer = self._http.post(f"/book/{kept}", data=sent, headers={"Origin": self._in.gateway})
        return str(answer.headers["location"])

    def _book(self, ahead: dt.timedelta = EARLY, **citizen: Any) -> dict[str, Any]:
        wanted = {"slot_id": self._slots(ahead)[0]["id"], "topic": "e-services", "note": "Kelan hakemus\nja salasana"}
        return self._post(f"{B}/appointments", {**wanted, "citizen": AILI | citizen})

    def _post(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        answer = self._http.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201, 202), answer.text
        found: dict[str, Any] = answer.json()
        return found

    @cached_property
    def _visit(self) -> dict[str, Any]:
        return self._book()

    @property
    def booked(self) -> str:
        return key_of(self._visit)

    @cached_property
    def own_time(self) -> str:
        """A day on which the tutor helps once more, and one on which they do not."""
        day = (dt.datetime.now(dt.UTC) + LATEST).date()
        when = {"from": f"{day}T16:00:00+02:00", "until": f"{day}T18:00:00+02:00"}
        extra = self._post(f"{B}/extra-time", {**when, "channels": ["phone"]}, self.tutor)
        self._post(f"{B}/absences", {"from": "2199-07-01", "until": "2199-07-31"}, self.tutor)
        return str(extra["id"])

    @property
    def own_hours(self) -> str:
        """The tutor's first weekly hours."""
        return str(self._http.get(f"{B}/availability", headers=self.tutor).json()["items"][0]["id"])

    @property
    def nonce(self) -> str:
        """What a form holds that was just drawn."""
        return secrets.token_hex(8)

    @property
    def visit_day(self) -> str:
        """The day of what is booked."""
        return str(self._visit["start"][:10])

    @cached_property
    def cancelled(self) -> str:
        visit = self._book()
        self._post(f"{B}/appointments/{visit['id']}/cancellation", headers={"Manage-Token": key_of(visit)})
        return key_of(visit)

    @cached_property
    def untold(self) -> str:
        """What was cancelled for somebody who gets no messages."""
        visit = self._book(name="Eino Lanka", phone="08 1234 567")
        self._post(f"{B}/appointments/{visit['id']}/cancellation", headers=self.tutor)
        return key_of(visit)

    @cached_property
    def on_landline(self) -> str:
        """The visit of somebody who gets no messages, by its id."""
        return str(self._book(name="Eino Lanka", phone="08 1234 567")["id"])

    @cached_property
    def displaced(self) -> str:
        """What its tutor cannot come to, far from all other visits."""
        visit = self._book(LATE)
        day = visit["start"][:10]
        away = self._post(f"{B}/absences", {"from": day, "until": day, "appointments": "offer"}, self.tutor)
        self._http.delete(f"{B}/absences/{away['id']}", headers=self.tutor)
        return key_of(visit)

    @cached_property
    def held(self) -> str:
        """What its citizen has to verify; nobody books so often here that they have to."""
        visit = self._book()
        self._set(visit, "state = 'held', expires = now() + interval '30 minutes'")
        return key_of(visit)

    @cached_property
    def lapsed(self) -> str:
        """What was not verified in time, at a time that nobody else here takes."""
        visit = self._book(LATEST)
        self._set(visit, "state = 'lapsed'")
        return key_of(visit)

    def _set(self, visit: dict[str, Any], change: str) -> None:
        with psycopg.connect(Home(self._in.home, self._in.port).database_url("booking")) as connection:
            connection.execute(f"UPDATE appointment SET {change} WHERE id = %s".encode(), [visit["id"]])

    @property
    def lost_asked(self) -> str:
        """The wish of somebody who has lost their link to have it sent again: of another one each time, since a code is
        good once."""
        self.lost = f"kadonnut-{secrets.token_hex(4)}@vuoro.example"
        self._book(email=self.lost)
        return str(self._post(f"{B}/lost-links", {"contact": self.lost})["id"])

    @property
    def lost_code(self) -> str:
        """The code that they were sent then."""

        def sent() -> str | None:
            found = (CODE.search(mail["text"]) for mail in self._in.mails(self.lost))
            return next((code[1] for code in found if code), None)

        return eventually(sent)

    @cached_property
    def past(self) -> str:
        """A visit that took place a moment ago; it stands on today's list."""
        return self._take_place()

    @cached_property
    def praised(self) -> str:
        """Another one, whose citizen has said how it went."""
        key = self._take_place("Kaisa Halonen")
        self._http.post(f"/a/{key}/feedback", data={"met_need": "5", "recommends": "yes", "words": "Kiitos"})
        return key

    def _take_place(self, name: str = AILI["name"]) -> str:
        visit = self._book(name=name)
        self._in.begin_visit(visit["id"])
        self._post(f"{B}/appointments/{visit['id']}/outcome", {"attended": True, "result": "solved"}, self.tutor)
        self._set(visit, "starts = starts - interval '1 hour', ends = now() - interval '1 minute'")
        return key_of(visit)

    @cached_property
    def begun(self) -> str:
        """A visit of somebody else that goes on, likewise."""
        visit = self._book(name="Pekka Öhman")
        self._in.begin_visit(visit["id"])
        return key_of(visit)

    @property
    def today(self) -> str:
        """Of which the list is kept."""
        return str(dt.datetime.now(FINLAND).date())

    @cached_property
    def unreachable(self) -> str:
        """The visit of somebody who has neither a phone number nor an e-mail address."""
        return key_of(self._book(name="Tyyne Aho", phone=None, unreachable=True))

    @property
    def visit(self) -> str:
        """What is booked, by its id."""
        return str(self._visit["id"])

    @cached_property
    def hidden(self) -> str:
        """The visit of somebody who is on no list, by its id."""
        return str(self._book(non_disclosure=True)["id"])

    @cached_property
    def shared(self) -> str:
        """A visit at a time at which a colleague is free as well, by its id."""
        slot = self._slots(LATE)[0]
        place = Place(slot["service_point_id"], slot["offering_id"], self.tutor_id)
        colleague = self._in.make_colleague(place, "Leena (esimerkki)", f"leena-{secrets.token_hex(4)}@vuoro.example")
        there = {"tutor_id": colleague, "service_point_id": place.point, "from": slot["start"], "until": slot["end"]}
        path, client = f"{B}/extra-time", self._in.as_client()
        eventually(lambda: self._http.post(path, json=there, headers=client).status_code == 201)
        made = {"slot_id": slot["id"], "topic": "e-services", "citizen": AILI}
        return str(self._post(f"{B}/appointments", made)["id"])

    def _wait(self, **wish: Any) -> str:
        until = (dt.datetime.now(dt.UTC) + 2 * LATE).date().isoformat()
        wanted = {"topic": "e-services", "municipality": "305", "until": until, "citizen": AILI, **wish}
        return str(self._post(f"{B}/waitlist", wanted)["manage_token"])

    @cached_property
    def waiting(self) -> str:
        """Who waits for a Sunday, on which nobody helps."""
        return self._wait(weekday=[7])

    @cached_property
    def landline(self) -> str:
        """Who waits and can be sent no message."""
        return self._wait(weekday=[7], citizen={"name": "Aili Mäkelä", "phone": "08 8851 1234"})

    @property
    def waitable(self) -> str:
        """A municipality in which somebody helps who has not said yet when."""
        self._in.let_wait_in("832")
        return "832"

    @cached_property
    def offered(self) -> str:
        return self.offer()

    @cached_property
    def taken(self) -> str:
        key = self.offer()
        self._http.post(f"/w/{key}/take")
        return key

    @cached_property
    def left(self) -> str:
        key = self._wait(weekday=[7])
        self._http.post(f"/w/{key}/leave")
        return key

    def offer(self, language: Language = "fi") -> str:
        """Book one of a day's first times, let somebody who reads that language wait for it, and cancel it."""
        visit = self._book(LATE)
        day, start, end = visit["start"][:10], visit["start"][11:16], visit["end"][11:16]
        wish = {"from": day, "until": day, "from_time": start, "to_time": end, "tutor": self.tutor_id}
        key = self._wait(**wish, channel="on_site", citizen={**AILI, "language": language})
        self._post(f"{B}/appointments/{visit['id']}/cancellation", headers={"Manage-Token": key_of(visit)})
        return key


def key_of(visit: dict[str, Any]) -> str:
    """The key at the end of a citizen's link."""
    return str(visit["manage_url"]).rpartition("/")[2]
