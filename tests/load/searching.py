"""How fast a search is, beside its floor: the route that does nothing and the SQL alone."""

import statistics
from dataclasses import dataclass

from tests.load import client, floor, national
from tests.load.context import Context, empty_requests, print_progress
from tests.load.statements import search_script, search_values

REGIONS = ("17", "01", "06", "02", "13", "19", "11")


@dataclass(frozen=True)
class SearchFigures:
    """Milliseconds, and how many times the floor."""

    p50_ms: float
    floor_ms: dict[str, float]
    p50_ratio: float
    p50_ratio_of_rounds: list[float]
    p99_ms: float
    steady_per_second: int
    at_16_clients_per_second: int
    codes: dict[int, int]


def search_request(bench: Context) -> bytes:
    """Return a request as the next citizen might make it."""
    region, topic = bench.chance.choice(REGIONS), bench.chance.choice(national.TOPICS)
    return client.get(f"/api/booking/v1/slots?topic={topic}&region={region}&limit=20")


def search_p50(bench: Context) -> float:
    """Return the median of the least disturbed of ten rounds: steps are minutes apart, and a machine has its moods."""
    print_progress("searching, to see the growth")
    rounds = [[search_request(bench) for _ in range(bench.many // 5)] for _ in range(10)]
    return min(client.one_by_one(bench.port, requests).p50 for requests in rounds)


def measure_search(bench: Context) -> SearchFigures:
    """Search alone beside the floor, then at a steady rate, then as fast as 16 clients can."""
    print_progress("searching")
    rounds = [_beside_its_floor(bench, bench.many // 10) for _ in range(10)]
    asked, empty, plain = (statistics.median(each[n] for each in rounds) for n in range(3))
    rate, seconds = (50, 4) if bench.smoke else (300, 20)
    steady = client.steadily(bench.port, rate, [search_request(bench) for _ in range(rate * seconds)])
    full = client.together(bench.port, 16, [search_request(bench) for _ in range(bench.many)])
    ratios = sorted(search / (route + sql) for search, route, sql in rounds)
    return SearchFigures(
        p50_ms=round(asked, 3),
        floor_ms={"empty_route": round(empty, 3), "pgbench": round(plain, 3)},
        p50_ratio=round(statistics.median(ratios), 2),
        p50_ratio_of_rounds=[round(ratio, 2) for ratio in ratios],
        p99_ms=round(steady.p99, 2),
        steady_per_second=rate,
        at_16_clients_per_second=round(full.per_second),
        codes=dict(steady.codes),
    )


def _beside_its_floor(bench: Context, many: int) -> tuple[float, float, float]:
    """Medians in milliseconds, one straight after the other: a search, the empty route, and the SQL alone."""
    empty = client.one_by_one(bench.port, empty_requests(many))
    asked = client.one_by_one(bench.port, [search_request(bench) for _ in range(many)])
    lines = ["\\set topic_n random(10, 19)", search_script()]
    plain = floor.measure(bench.booking_url, lines, search_values(bench.now), clients=1, transactions=many)
    return asked.p50, empty.p50, plain.p50
