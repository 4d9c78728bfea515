"""What a citizen sees: choose, book, change. Three pages, no account, no script."""

import datetime as dt
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response
from pydantic import ValidationError

from services.web import view
from services.web.catalogue import Catalogue
from services.web.claims import roles
from services.web.session import booking
from services.web.settings import Settings
from shared.clients import BookingClient, Refused
from shared.languages import Language
from shared.schemas import booking as wire
from shared.schemas.providers import Municipality, Question
from shared.texts import marked

routes = APIRouter()
ON_SITE, BY_PHONE, DAYS_SHOWN = 6, 3, 12
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
ASKED, ANSWER = "asked-", "answer-"
FIRST = "first"  # an empty value of a button would be none at all
ONE_CONTACT = marked("Give a phone number or an e-mail address, so that the confirmation can reach you.")
NAME_NEEDED = marked("Write your name.")
TIME_NEEDED = marked("Choose a time.")


@routes.get("/")
async def start(request: Request, topic: str | None = None, municipality: str | None = None) -> Response:
    """What is the trouble with, and where?"""
    catalogue: Catalogue = request.app.state.catalogue
    regions = groupby(
        sorted(await catalogue.municipalities.get(), key=lambda row: (row.region, _name(request, row))),
        key=lambda row: row.region_name,
    )
    return view.page(
        request,
        "start.html",
        topics=sorted(await catalogue.topics.get(), key=lambda topic: (topic.rank, topic.code)),
        regions=[(name, list(rows)) for name, rows in regions],
        chosen_topic=topic,
        chosen_municipality=municipality,
    )


def _name(request: Request, municipality: Municipality) -> str:
    return municipality.name.best(view.language(request))


@dataclass
class Wish:
    """What the citizen looks for, and what they have filled in so far."""

    topic: str
    municipality: str
    start: dt.date | None = None
    after: str | None = None
    slot: str | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    nonce: str = field(default_factory=lambda: str(uuid.uuid4()))


@routes.get("/times")
async def times(request: Request, topic: str = "", municipality: str = "", date: str | None = None) -> Response:
    """The earliest times that somebody is really there, and the form that books one."""
    return await _times_page(request, Wish(topic, municipality, start=view.date(date)))


async def _times_page(
    request: Request, wish: Wish, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    catalogue: Catalogue = request.app.state.catalogue
    settings: Settings = request.app.state.settings
    topics = {topic.code: topic for topic in await catalogue.topics.get()}
    municipalities = {row.code: row for row in await catalogue.municipalities.get()}
    if wish.topic not in topics or wish.municipality not in municipalities:
        return view.redirect("/")
    query: dict[str, Any] = {"topic": wish.topic, "municipality": wish.municipality}
    if wish.start is not None:
        query["from"] = _midnight(wish.start, settings)
    client = booking(request)
    found = await client.slots(
        **query, limit=ON_SITE, after=wish.after or None, channel="on_site", tutors="any", drop_in="false"
    )
    phone = await client.slots(**query, limit=BY_PHONE, channel="phone", tutors="any")
    drop_in = await client.slots(**query, limit=3, channel="on_site", drop_in="true")
    area = {"topic": wish.topic, "municipality": wish.municipality, "channel": "on_site", "drop_in": "false"}
    return view.page(
        request,
        "times.html",
        status,
        here="/times?" + urlencode({"topic": wish.topic, "municipality": wish.municipality}),
        wish=wish,
        topic=topics[wish.topic],
        municipality=municipalities[wish.municipality],
        on_site=_by_day(found.items),
        phone=_by_day(phone.items),
        more=found.next,
        otherwise=found.otherwise,
        asked=Asked.by(found, phone),
        drop_in=drop_in.items,
        days=await _days_with_room(client, area, view.today(settings)) if found.items else [],
        errors=errors or {},
        today=view.today(settings),
    )


@dataclass(frozen=True)
class Asked:
    """What the offerings of the times shown ask: each question once, by a key of its own, and which go with each time.
    Two organisations may ask different things by the same code."""

    questions: dict[str, Question]
    of_times: list[tuple[str, str]]

    @classmethod
    def by(cls, *found: wire.Slots) -> "Asked":
        """What goes with these times."""
        keys = {
            offering: [_key(question) for question in questions]
            for slots in found
            for offering, questions in slots.questions.items()
        }
        asked = [each for slots in found for questions in slots.questions.values() for each in questions]
        times = [slot for slots in found for slot in slots.items if slot.id and slot.offering_id in keys]
        of_times = [(slot.id or "", " ".join(keys[slot.offering_id])) for slot in times if slot.offering_id]
        return cls({_key(question): question for question in asked}, of_times)


def _key(question: Question) -> str:
    return f"{question.code}.{zlib.crc32(question.model_dump_json().encode()):x}"


async def _days_with_room(client: BookingClient, area: Mapping[str, str], today: dt.date) -> list[dt.date]:
    """The next days that have room: of this month and the following."""
    following = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    months = [await client.days(**area, month=f"{first:%Y-%m}") for first in (today, following)]
    return [day for month in months for day in month][:DAYS_SHOWN]


def _midnight(date: dt.date, settings: Settings) -> str:
    return dt.datetime.combine(date, dt.time(0), ZoneInfo(settings.zone)).isoformat()


def _by_day(slots: list[Any]) -> list[tuple[dt.date, list[wire.ExpandedSlot]]]:
    return [(day, list(rows)) for day, rows in groupby(slots, key=lambda slot: slot.start.date())]


@dataclass
class TimesForm:
    """The form of the page of times. `show` is the button that was pressed: other times, or none to book."""

    topic: Annotated[str, Form()] = ""
    municipality: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = ""
    date: Annotated[str, Form()] = ""
    show: Annotated[str | None, Form()] = None
    shown: Annotated[str, Form()] = ""
    slot: Annotated[str, Form()] = ""
    name: Annotated[str, Form()] = ""
    phone: Annotated[str, Form()] = ""
    email: Annotated[str, Form()] = ""
    note: Annotated[str, Form()] = ""


@routes.post("/times")
async def book(request: Request, form: Annotated[TimesForm, Depends()]) -> Response:
    """Book, and go on to the appointment's own page; or show other times, or say what is missing, with nothing lost."""
    wish = Wish(
        form.topic,
        form.municipality,
        start=view.date(form.date),
        after=form.shown if form.show is None else "" if form.show == FIRST else form.show,
        slot=form.slot,
        name=form.name,
        phone=form.phone,
        email=form.email,
        note=form.note,
        answers=await _answers(request),
        asked=await _asked_of(request, form.slot),
        nonce=form.nonce,
    )
    if form.show is not None:
        return await _times_page(request, wish)
    errors = _missing(request, wish)
    if errors:
        return await _times_page(request, wish, errors, 422)
    try:
        wanted = _wanted(request, wish)
        # The same form sent twice books once; another name in the same form is another booking.
        key = uuid.uuid5(uuid.NAMESPACE_OID, wish.nonce + wanted.model_dump_json())
        made = await booking(request, _helper(request)).book(wanted, str(key))
    except ValidationError as error:
        findings = {f"/{'/'.join(map(str, finding['loc']))}": _advice(request) for finding in error.errors()}
        return await _times_page(request, wish, _by_field(findings, wish), 422)
    except Refused as refused:
        return await _times_page(request, wish, _explained(refused, wish), refused.problem.status)
    token = (made.manage_url or "").rpartition("/")[2]
    return view.redirect(f"/a/{token}?booked=1")


async def _answers(request: Request) -> dict[str, str]:
    """What was answered to the offerings' questions, by their keys."""
    form = await request.form()
    said = {name.removeprefix(ANSWER): str(form[name]).strip() for name in form if name.startswith(ANSWER)}
    return {key: answer for key, answer in said.items() if answer}


async def _asked_of(request: Request, slot: str) -> list[str]:
    """The keys of the questions that go with the chosen time; what another offering asks is not answered here."""
    return str((await request.form()).get(ASKED + slot, "")).split()


def _helper(request: Request) -> str | None:
    """The token of a service point or a tutor who books for the person before them; None for a citizen."""
    token = request.cookies.get("access")
    return token if token and token.isascii() and roles(token) & {"staff", "tutor"} else None


def _missing(request: Request, wish: Wish) -> dict[str, str]:
    errors = {}
    if not wish.slot:
        errors["slot"] = view.say(request, TIME_NEEDED)
    if not wish.name.strip():
        errors["name"] = view.say(request, NAME_NEEDED)
    if not (wish.phone.strip() or wish.email.strip()):
        errors["phone"] = view.say(request, ONE_CONTACT)
    return errors


def _advice(request: Request) -> str:
    return view.say(request, marked("This is too long, or holds letters that cannot be used."))


def _wanted(request: Request, wish: Wish) -> wire.AppointmentInput:
    return wire.AppointmentInput(
        slot_id=wish.slot or "",
        topic=wish.topic,
        note=wish.note or None,
        answers={key.partition(".")[0]: answer for key, answer in wish.answers.items() if key in wish.asked},
        citizen=wire.Citizen(
            name=wish.name,
            phone=wish.phone.strip() or None,
            email=wish.email.strip() or None,
            language=view.language(request),
        ),
    )


FIELDS = ("name", "phone", "email", "note", "slot")


def _by_field(findings: Mapping[str, str], wish: Wish) -> dict[str, str]:
    """Findings by the form's fields; what belongs to none of them stands above the form."""
    asked = {key.partition(".")[0]: key for key in wish.asked}
    shown = {}
    for pointer, detail in findings.items():
        before, _, last = pointer.rpartition("/")
        name = ANSWER + asked.get(last, "") if before == "/answers" else last if last in FIELDS else "form"
        shown[name] = detail
    return shown


def _explained(refused: Refused, wish: Wish) -> dict[str, str]:
    problem = refused.problem
    if problem.errors:
        return _by_field({error.pointer: error.detail for error in problem.errors}, wish)
    where = "slot" if "alternatives" in (problem.model_extra or {}) else "form"
    if refused.is_("sensitive-text"):
        where = "note"
    return {where: f"{problem.title}. {problem.detail or ''}"}


@routes.get("/a/{token}")
async def appointment(request: Request, token: Key, booked: bool = False, moved: bool = False) -> Response:
    """The appointment that the link opens: when, where, with whom, what to bring, and the code word."""
    found = await booking(request).mine(token)
    return view.page(
        request,
        "appointment.html",
        spoken=_spoken(request, found),
        appointment=found,
        token=token,
        happened="booked" if booked else "moved" if moved else None,
        is_reminded=found.start - dt.datetime.now(dt.UTC) > dt.timedelta(hours=24),
    )


def _spoken(request: Request, appointment: wire.Appointment) -> Language | None:
    """The language that the citizen booked in, unless another one was chosen."""
    return appointment.citizen.language if appointment.citizen and not view.is_chosen(request) else None


@routes.post("/a/{token}/cancel")
async def cancel(request: Request, token: Key) -> Response:
    """Cancel."""
    client = booking(request)
    await client.cancel((await client.mine(token)).id, token)
    return view.redirect(f"/a/{token}")


@routes.get("/a/{token}/move")
async def choose_new_time(request: Request, token: Key, date: str | None = None, after: str | None = None) -> Response:
    """Other times for the same trouble."""
    return await _move_page(request, token, view.date(date), after)


async def _move_page(
    request: Request,
    token: str,
    start: dt.date | None,
    after: str | None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    client = booking(request)
    settings: Settings = request.app.state.settings
    found = await client.mine(token)
    if found.state not in ("booked", "displaced"):
        return view.redirect(f"/a/{token}")
    query: dict[str, Any] = {"topic": found.topic, "limit": ON_SITE, "after": after}
    if found.service_point_id is not None:
        query["service_point"] = found.service_point_id
    else:
        query |= {"tutor": found.tutor_id, "channel": found.channel}
    query["drop_in"] = "false"
    if start is not None:
        query["from"] = _midnight(start, settings)
    slots = await client.slots(**query)
    return view.page(
        request,
        "move.html",
        status,
        spoken=_spoken(request, found),
        here=f"/a/{token}/move",
        appointment=found,
        token=token,
        on_site=_by_day(slots.items),
        more=slots.next,
        error=error,
        start=start,
        today=view.today(settings),
    )


@routes.post("/a/{token}/move")
async def move(request: Request, token: Key, slot: Annotated[str, Form()] = "") -> Response:
    """Move to the chosen time."""
    if not slot:
        return await _move_page(request, token, None, None, view.say(request, TIME_NEEDED), 422)
    client = booking(request)
    try:
        await client.move((await client.mine(token)).id, slot, token)
    except Refused as refused:
        detail = f"{refused.problem.title}. {refused.problem.detail or ''}"
        return await _move_page(request, token, None, None, detail, refused.problem.status)
    return view.redirect(f"/a/{token}?moved=1")


@routes.get("/accessibility")
async def accessibility(request: Request) -> Response:
    """The accessibility statement that law 306/2019 asks for."""
    return view.page(request, "accessibility.html")
