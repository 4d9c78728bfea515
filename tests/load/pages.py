"""How fast the citizen's pages are, beside the floor: the route of `web` that does nothing."""

import statistics
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from tests.load import client
from tests.load.context import Context, print_progress
from tests.load.national import PUBLISHED, municipalities

EMPTY = "/healthz"
EACH = 5  # forms, and visits
ROUNDS = 5


@dataclass(frozen=True)
class PageFigures:
    """Medians in milliseconds, by the page, and how many times the floor they are."""

    floor_ms: float
    p50_ms: dict[str, float]
    p50_ratio: dict[str, float]
    codes: dict[int, int]

    @property
    def slowest_ms(self) -> float:
        """The median of the slowest page."""
        return max(self.p50_ms.values())

    @property
    def errors(self) -> int:
        """How many answers were no page."""
        return sum(count for code, count in self.codes.items() if code != 200)


def measure_pages(bench: Context) -> PageFigures:
    """Open each page one by one in some rounds, in each straight after the floor."""
    print_progress("pages")
    asked, many = _requests(bench), bench.many // 10
    rounds = [_round(bench, asked, many) for _ in range(ROUNDS)]
    codes: dict[int, int] = {}
    for each in rounds:
        for timings in each.values():
            codes = {code: codes.get(code, 0) + timings.codes[code] for code in {*codes, *timings.codes}}
    medians = {name: statistics.median(each[name].p50 for each in rounds) for name in rounds[0]}
    ratios = {
        name: statistics.median(each[name].p50 / each[EMPTY].p50 for each in rounds)
        for name in medians
        if name != EMPTY
    }
    return PageFigures(
        floor_ms=round(medians.pop(EMPTY), 3),
        p50_ms={name: round(found, 2) for name, found in medians.items()},
        p50_ratio={name: round(found, 1) for name, found in ratios.items()},
        codes=codes,
    )


Next = Callable[[], str]


def _round(bench: Context, asked: dict[str, Next], many: int) -> dict[str, client.Timings]:
    return {
        name: client.one_by_one(bench.port, [client.get(path()) for _ in range(many)]) for name, path in asked.items()
    }


def _requests(bench: Context) -> dict[str, Next]:
    """Return the floor and the pages, each with what gives the path that the next citizen might open."""
    towns = [town["code"] for town in municipalities()]
    forms, links = [_kept(bench) for _ in range(EACH)], [_booked(bench) for _ in range(EACH)]
    listed = bench.installation.http.get("/api/providers/v1/service-points", params={"limit": 100}).json()["items"]
    points = [f"/points/{each['id']}" for each in listed]
    choose = bench.chance.choice
    return {
        EMPTY: lambda: EMPTY,
        "first": lambda: "/",
        "times": lambda: f"/times?topic={choose(PUBLISHED)}&municipality={choose(towns)}",
        "form": lambda: choose(forms),
        "point": lambda: choose(points),
        "appointment": lambda: choose(links),
    }


def _kept(bench: Context) -> str:
    """Keep a time; return the address of its form."""
    wanted = {"slot_id": _slot(bench), "topic": PUBLISHED[0], "minutes": 20}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = bench.installation.http.post("/api/booking/v1/holds", json=wanted, headers=key)
    assert answer.status_code == 201, answer.text
    hold = answer.json()
    return f"/book/{hold['id']}/{hold['manage_token']}?topic={PUBLISHED[0]}&municipality=305"


def _booked(bench: Context) -> str:
    """Book a time; return the path of its page."""
    answer = bench.installation.book(_slot(bench))
    assert answer.status_code == 201, answer.text
    return f"/a/{str(answer.json()['manage_url']).rpartition('/')[2]}"


def _slot(bench: Context) -> str:
    """Return what is free now: what was taken before has taken the starts around it, too."""
    return str(bench.installation.slots(channel="on_site", drop_in="false", limit=1)[0]["id"])
