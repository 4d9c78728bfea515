"""What somebody looks for, as the addresses of the pages have it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.datastructures import ImmutableMultiDict

from services.web.dates import read_date
from services.web.positions import read_position
from shared.languages import LANGUAGES, Language
from shared.schemas.common import Channel

CHANNELS: tuple[Channel, ...] = get_args(Channel)
NEEDS = ("wheelchair", "hearing-loop", "quiet-room")
KM_AROUND = 50  # how far somebody goes for help who says where they are
Sent = ImmutableMultiDict[str, Any]
LONGEST_CODE = 50  # what is longer is none, and would make an address that no gateway takes


@dataclass(frozen=True)
class Search:
    """A topic, which may be a finer word for one that is booked, and a municipality, how help is wanted, and from which
    day on; with `day`, on that one alone. `near` is where somebody is, to a kilometre, in that municipality."""

    topic: str = ""
    municipality: str = ""
    near: str = ""
    channel: Channel = "on_site"
    language: Language | None = None
    needs: tuple[str, ...] = ()
    date: dt.date | None = None
    day: dt.date | None = None

    @classmethod
    def of(cls, sent: Sent) -> "Search":
        """Return what a link or a form asks for. What is none of ours is left out, as in an old link."""
        channel, language = sent.get("channel"), sent.get("language")
        return cls(
            topic=str(sent.get("topic", ""))[:LONGEST_CODE],
            municipality=str(sent.get("municipality", ""))[:LONGEST_CODE],
            near=read_position(str(sent.get("near", ""))),
            channel=next((each for each in CHANNELS if each == channel), "on_site"),
            language=next((each for each in LANGUAGES if each == language), None),
            needs=tuple(need for need in NEEDS if need in sent.getlist("need")),
            date=read_date(str(sent.get("date", ""))),
            day=read_date(str(sent.get("day", ""))),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than any help of the usual kind."""
        return self.channel != "on_site" or self.language is not None or bool(self.needs or self.near)

    def pairs(self) -> list[tuple[str, str]]:
        """Return what it asks for, as fields of a form; what is usual is left out."""
        said: Mapping[str, object] = {
            "topic": self.topic,
            "municipality": self.municipality,
            "near": self.near,
            "channel": self.channel if self.channel != "on_site" else None,
            "language": self.language,
            "date": self.date,
            "day": self.day,
        }
        pairs = [(name, str(value)) for name, value in said.items() if value]
        return [*pairs, *(("need", need) for need in self.needs)]

    def place_pairs(self) -> list[tuple[str, str]]:
        """Return what with and where, for a form that asks for all else anew."""
        return replace(self, channel="on_site", language=None, needs=(), date=None, day=None).pairs()

    def address(self, path: str = "/times", **changes: Any) -> str:
        """Return the address of a page for this search, or for one that differs in something."""
        return f"{path}?{urlencode(replace(self, **changes).pairs())}"

    def with_slot(self, slot: str, **changes: Any) -> str:
        """Return what goes along with a time that is kept: what was looked for, or what differs in something, and which
        slot it was, should it lapse."""
        return urlencode([*replace(self, **changes).pairs(), ("slot", slot)])

    def query(self) -> dict[str, object]:
        """Return what booking is asked, but for the days. Places are near, and have what is needed; other help needs
        no place."""
        asked: dict[str, object] = {"topic": self.topic, "municipality": self.municipality, "channel": self.channel}
        if self.channel == "on_site" and self.needs:
            asked["feature"] = list(self.needs)
        if self.channel == "on_site" and self.near:
            asked |= {"near": self.near, "radius": KM_AROUND}
        return {**asked, "language": self.language}
