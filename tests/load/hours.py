"""How long a change of one tutor's weekly hours takes, with its free times for 56 days."""

import statistics
import time

from tests.load.context import Context, print_progress

CHANGES = 20


def measure_change_of_hours(bench: Context) -> float:
    """Return the median in milliseconds: the demonstration tutor's hours, as their own API client changes them."""
    print_progress("changing hours")
    headers = bench.installation.as_client()
    tutor = bench.installation.slots()[0]["tutor_id"]
    return round(statistics.median(_add(bench, headers, tutor, minute) for minute in range(CHANGES)), 1)


def _add(bench: Context, headers: dict[str, str], tutor: str, minute: int) -> float:
    """Add hours and take them away again; return the milliseconds of the adding."""
    body = {"tutor_id": tutor, "weekday": 6, "from": f"10:{minute:02}", "to": "12:00", "channels": ["phone"]}
    http = bench.installation.http
    began = time.perf_counter()
    made = http.post("/api/booking/v1/availability", json=body, headers=headers)
    took = (time.perf_counter() - began) * 1000
    http.delete(f"/api/booking/v1/availability/{made.json()['id']}", headers=headers).raise_for_status()
    return took
