"""The pure rules of `providers`: sign-in codes, and what the rows of an imported list mean."""

import datetime as dt
import enum
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

CODE_LIFETIME = dt.timedelta(minutes=10)
MAX_ATTEMPTS = 5
MAX_SIGN_INS = 5
MAX_SIGN_INS_FROM_ADDRESS = 100  # a library's whole staff may come from one
MAX_PROPOSALS_AN_HOUR = 10
SIGN_INS_WITHIN = dt.timedelta(minutes=15)


class Verdict(enum.Enum):
    """What to think of a code that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_LATE = "too late"
    TOO_OFTEN = "too often"
    USED = "used"


def sign_in_code(secret: str, sign_in: UUID) -> str:
    """The six digits of a sign-in, derived from its id as RFC 4226 section 5.3 truncates an HMAC."""
    digest = hmac.new(secret.encode(), sign_in.bytes, hashlib.sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def judge_code(
    typed: str, right: str, *, attempts: int, created_at: dt.datetime, used: bool, now: dt.datetime
) -> Verdict:
    """Whether `typed` opens the sign-in; `attempts` counts the tries before this one."""
    if used:
        return Verdict.USED
    if attempts >= MAX_ATTEMPTS:
        return Verdict.TOO_OFTEN
    if now >= created_at + CODE_LIFETIME:
        return Verdict.TOO_LATE
    digits = re.sub(r"\s", "", typed)
    return Verdict.RIGHT if hmac.compare_digest(digits.encode(), right.encode()) else Verdict.WRONG


def is_within(date: dt.date, first: dt.date | None, last: dt.date | None) -> bool:
    """Whether a date lies in a period, both ends included; None leaves an end open."""
    return (first is None or first <= date) and (last is None or date <= last)


# Where each role is held: what it must name, and what it may name besides.
HELD: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "coordinator": (frozenset(), frozenset()),
    "sub_coordinator": (frozenset({"sub_region"}), frozenset()),
    "manager": (frozenset({"organisation_id"}), frozenset()),
    "staff": (frozenset({"organisation_id"}), frozenset({"service_point_id"})),
    "tutor": (frozenset({"tutor_id"}), frozenset({"organisation_id"})),
}


def wrong_in_role(nth: int, role: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a role, by JSON pointer: where it is held is missing, or it names what does not belong to it
    and would seem to narrow it."""
    needed, besides = HELD[role["role"]]
    named = {name for name, value in role.items() if name != "role" and value is not None}
    missing = {f"/roles/{nth}/{name}": "missing" for name in needed - named}
    return missing | {f"/roles/{nth}/{name}": "extra_forbidden" for name in named - needed - besides}


@dataclass(frozen=True)
class Known:
    """What is known of a service point, as a citizen would ask for it."""

    help: bool
    hours: bool
    contact: bool
    coordinates: bool
    description: bool
    features: bool
    languages: frozenset[str]
    not_done: bool
    url: bool
    named_in: frozenset[str]


def completeness(known: Known, languages: Iterable[str]) -> tuple[int, list[str]]:
    """How complete the description of a service point is, of 100, and what is missing, what matters most first.
    `languages` are those of its municipality, which its name and its help should speak."""
    spoken = set(languages)
    weighed = [
        ("help", 20, known.help),
        ("hours", 20, known.hours),
        ("contact", 15, known.contact),
        ("coordinates", 15, known.coordinates),
        ("description", 10, known.description),
        ("features", 8, known.features),
        ("name", 4, spoken <= known.named_in),
        ("languages", 4, spoken <= known.languages),
        ("not_done", 2, known.not_done),
        ("url", 2, known.url),
    ]
    return sum(weight for _name, weight, there in weighed if there), [name for name, _w, there in weighed if not there]


@dataclass(frozen=True)
class RefusedRow:
    """A row of a list that did not go in: where, what, why."""

    file: str
    line: int
    field: str
    reason: str


@dataclass(frozen=True)
class Difference:
    """A field in which a source and the registry disagree, because somebody has edited it here."""

    source_id: str
    field: str
    ours: Any
    theirs: Any


def merged(
    source_id: str, ours: Mapping[str, Any], said_before: Mapping[str, Any], says: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Difference]]:
    """What an import changes, and what it leaves alone.

    A field follows its source as long as it is as the source left it; one that was never imported follows when it is
    empty. What somebody has edited stays, and is reported as long as the two differ.
    """
    changes, differences = {}, []
    for name, theirs in says.items():
        mine = ours.get(name)
        if mine == theirs:
            continue
        follows = mine == said_before[name] if name in said_before else mine in (None, "", [])
        if follows:
            changes[name] = theirs
        elif not _alike(name, mine, theirs) and (name in said_before or theirs not in (None, "", [])):
            differences.append(Difference(source_id, name, mine, theirs))
    return changes, differences


def _alike(name: str, ours: Any, theirs: Any) -> bool:
    """Whether two sources mean the same: a place within some fifty metres, a number or a text written
    with other spaces and marks."""
    if name in ("lat", "lon") and ours is not None and theirs is not None:
        return bool(abs(ours - theirs) < 0.0005 * (1 if name == "lat" else 2))
    if name == "phone" and ours and theirs:
        mine, other = re.sub(r"\D", "", ours)[-7:], re.sub(r"\D", "", theirs)[-7:]
        return mine == other if mine or other else bool(ours == theirs)  # a text without digits is no number
    if isinstance(ours, str) and isinstance(theirs, str):
        return re.findall(r"\w+", ours.casefold()) == re.findall(r"\w+", theirs.casefold())
    return bool(ours == theirs)


def disagreements(says: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The fields in which sources, the registry among them, do not mean the same: what each says that says anything."""
    found = {}
    for name in dict.fromkeys(name for fields in says.values() for name in fields):
        values = {who: fields[name] for who, fields in says.items() if fields.get(name) not in (None, "", [])}
        first = next(iter(values.values()), None)
        if not all(_alike(name, first, value) for value in values.values()):
            found[name] = values
    return found


@dataclass(frozen=True)
class PointRow:
    """A service point as a list has it."""

    source_id: str
    name: str
    address: str
    municipality: str
    lat: float | None
    lon: float | None
    phone: str | None
    url: str | None


@dataclass(frozen=True)
class HoursRow:
    """What a row says of a service point's hours on a date. No `status` but those of `STATUSES` gets this far."""

    source_id: str
    date: dt.date
    status: str
    opens: dt.time | None
    closes: dt.time | None


@dataclass
class Columns:
    """The documented columns of a list, each with the other headings that are known to mean the same."""

    known: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    found: dict[str, str] = field(default_factory=dict)

    def match(self, headings: Iterable[str]) -> list[str]:
        """Find each column's heading in a file; returns the names of required columns that are not there."""
        lowered = {heading.strip().lower(): heading for heading in headings}
        for name, others in self.known.items():
            heading = next((lowered[known] for known in (name, *others) if known in lowered), None)
            if heading is not None:
                self.found[name] = heading
        return sorted(self.required - self.found.keys())

    def read(self, row: Mapping[str, str | None]) -> dict[str, str]:
        """The row by column name; what is not there is empty."""
        return {name: (row.get(self.found.get(name, "")) or "").strip() for name in self.known}


def point_columns() -> Columns:
    """Columns of a list of service points, and how Kirjastot.fi's lists call them."""
    return Columns(
        known={
            "id": (),
            "name": ("library_branch_name",),
            "address": ("library_address",),
            "municipality": ("city_name",),
            "lat": (),
            "lon": (),
            "phone": ("library_phone",),
            "url": ("library_url",),
        },
        required=frozenset({"id", "name", "address", "municipality"}),
    )


def hours_columns() -> Columns:
    """Columns of a list of dated hours."""
    return Columns(
        known={"service_point": ("library_id",), "date": (), "from": (), "to": (), "status": ()},
        required=frozenset({"service_point", "date", "from", "to", "status"}),
    )


# What each status means for help: only staffed time can carry it.
STATUSES = {
    "staffed": "staffed",
    "open": "staffed",
    "self_service": "self_service",
    "self-service": "self_service",
    "closed": "closed",
    "closed for the whole day": "closed",
    "temporarily closed": "closed",
}


class _Unreadable(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field)
        self.field, self.reason = field, reason


def read_point(
    row: Mapping[str, str], municipalities: Mapping[str, str], *, file: str, line: int
) -> PointRow | RefusedRow:
    """A row of service points; `municipalities` gives the code for every name (casefolded) and code."""
    try:
        for name in ("id", "name", "address", "municipality"):
            if not row[name]:
                raise _Unreadable(name, "is empty")
            if len(row[name]) > 200:
                raise _Unreadable(name, "is longer than 200 characters")
            if not row[name].isprintable():
                raise _Unreadable(name, "holds letters that cannot be shown")
        code = municipalities.get(row["municipality"].casefold())
        if code is None:
            raise _Unreadable("municipality", "is no municipality's name or code")
        return PointRow(
            source_id=row["id"],
            name=row["name"],
            address=row["address"],
            municipality=code,
            lat=_coordinate(row["lat"], "lat", 59, 71),
            lon=_coordinate(row["lon"], "lon", 19, 32),
            phone=row["phone"][:200] or None,
            url=row["url"][:200] or None,
        )
    except _Unreadable as problem:
        return RefusedRow(file, line, problem.field, problem.reason)


def _coordinate(text: str, name: str, least: float, most: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise _Unreadable(name, "is not a number") from None
    if not least <= value <= most:
        raise _Unreadable(name, "is outside Finland (WGS 84 degrees are needed)")
    return round(value, 6)


def read_hours(row: Mapping[str, str], known_points: Iterable[str], *, file: str, line: int) -> HoursRow | RefusedRow:
    """A row of dated hours; `known_points` are the ids in the list of service points."""
    try:
        if row["service_point"] not in known_points:
            raise _Unreadable("service_point", "is no id in the list of service points")
        status = STATUSES.get(row["status"].casefold())
        if status is None:
            raise _Unreadable("status", "tells nothing: staffed, self_service or closed is needed")
        opens, closes = _time(row["from"], "from"), _time(row["to"], "to")
        if status != "closed" and (opens is None or closes is None):
            raise _Unreadable("from" if opens is None else "to", "is empty")
        if opens and closes and closes != dt.time(0) and closes <= opens:
            raise _Unreadable("to", "is not after 'from'")
        return HoursRow(row["service_point"], _date(row["date"]), status, opens, closes)
    except _Unreadable as problem:
        return RefusedRow(file, line, problem.field, problem.reason)


SPREADSHEET_EPOCH = dt.date(1899, 12, 30)  # a date that lost its format is the number of days since then


def _date(text: str) -> dt.date:
    day = re.sub(r"[ T]0?0[:.]00([:.]00)?$", "", text)  # spreadsheets add midnight
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            date = dt.datetime.strptime(day, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
        if 2000 <= date.year <= 2200:
            return date
    if re.fullmatch(r"\d{5}", day) and (date := SPREADSHEET_EPOCH + dt.timedelta(days=int(day))).year >= 2000:
        return date
    raise _Unreadable("date", "is not a date (2027-03-01 or 1.3.2027)")


def _time(text: str, name: str) -> dt.time | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?::00)?", text)
    hour, minute = (int(match[1]), int(match[2])) if match else (99, 0)
    if (hour, minute) == (24, 0):
        return dt.time(0)
    if hour > 23 or minute > 59:
        raise _Unreadable(name, "is not a time of day (10:00)")
    return dt.time(hour, minute)


Minutes = tuple[int, int]


def day_hours(rows: Iterable[HoursRow]) -> list[dict[str, str]]:
    """One date's hours of a point: staffed and self-service intervals in order, less what is closed meanwhile."""
    rows = list(rows)
    closed = [_minutes(row) for row in rows if row.status == "closed" and row.opens and row.closes is not None]
    found = {
        (start, end, row.status)
        for row in rows
        if row.status != "closed"
        for start, end in _without(_minutes(row), closed)
    }
    return [{"from": _clock(start), "to": _clock(end), "kind": kind} for start, end, kind in sorted(found)]


def _minutes(row: HoursRow) -> Minutes:
    opens, closes = row.opens or dt.time(0), row.closes or dt.time(0)
    return opens.hour * 60 + opens.minute, (closes.hour * 60 + closes.minute) or 1440


def _without(interval: Minutes, holes: list[Minutes]) -> list[Minutes]:
    pieces = [interval]
    for start, end in holes:
        pieces = [
            piece
            for low, high in pieces
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1]
        ]
    return pieces


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}:00"
