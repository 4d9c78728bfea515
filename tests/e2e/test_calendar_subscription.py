"""A tutor's visits at a secret address, as a calendar program reads them through the gateway."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from icalendar import Calendar

from tests.contract.caldav_reader import has_to_be_mended, read_by_caldav
from tests.installation import Installation

FINNISH = {"Accept-Language": "fi"}


@pytest.fixture(scope="module")
def tutor(installation: Installation) -> dict[str, str]:
    return installation.sign_in(installation.demo()["tutor"])


@pytest.fixture(scope="module")
def subscription(installation: Installation, tutor: dict[str, str]) -> Iterator[str]:
    me = installation.tutor_of(tutor)
    path = f"/api/booking/v1/tutors/{me}/calendar-subscription"
    yield path
    assert installation.http.delete(path, headers=tutor).status_code == 204


@pytest.fixture(scope="module")
def address(installation: Installation, tutor: dict[str, str], subscription: str) -> str:
    """Made by a request that was sent twice: the answer is the same."""
    headers = {**tutor, "Idempotency-Key": str(uuid.uuid4())}
    first, second = (installation.http.post(subscription, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    url: str = first.json()["url"]
    assert url.startswith(installation.gateway)
    return url.removeprefix(installation.gateway)


def test_a_program_reads_the_visits_and_asks_again_whether_they_changed(
    installation: Installation, subscription: str, address: str
) -> None:
    me = subscription.split("/")[-2]
    booked = installation.book(installation.slots(tutor=me)[0]["id"]).json()
    read = installation.http.get(address)
    assert read.headers["Content-Type"].startswith("text/calendar")
    assert read.headers["Cache-Control"] == "private, no-cache"
    assert read.headers["Referrer-Policy"] == "no-referrer"
    uids = [event["UID"] for event in Calendar.from_ical(read.content).walk("VEVENT")]
    assert f"{booked['id']}@vuoro" in uids
    assert "Mäkelä" not in read.text.replace("\r\n ", "")
    known = {"If-None-Match": read.headers["ETag"]}
    assert installation.http.get(address, headers=known).status_code == 304
    key = {"Manage-Token": booked["manage_url"].rpartition("/")[2]}
    installation.http.post(f"/api/booking/v1/appointments/{booked['id']}/cancellation", headers=key)
    assert installation.http.get(address, headers=known).status_code == 200


def test_the_reader_of_caldav_server_tester_takes_it_as_it_is(
    installation: Installation, subscription: str, address: str
) -> None:
    """caldav-server-tester itself asks a CalDAV server and reads no subscription; what it is answered, it reads with
    `caldav`, which mends what others write against the standard."""
    me = subscription.split("/")[-2]
    booked = [installation.book(slot["id"]).json() for slot in installation.slots(tutor=me)[::4][:3]]
    read = installation.http.get(address).content
    assert not has_to_be_mended(read)
    calendar = read_by_caldav(read)
    assert not calendar.errors
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    for visit in booked:
        event = events[f"{visit['id']}@vuoro"]
        assert not event.errors
        assert [str(event.decoded(name)) for name in ("DTSTART", "DTEND")] == [
            str(dt.datetime.fromisoformat(visit[name])) for name in ("start", "end")
        ]


@pytest.mark.parametrize("secret", ["x", "x" * 32, "..", "ä", "{secret}"])
def test_a_wrong_secret_opens_nothing_and_says_nothing(installation: Installation, address: str, secret: str) -> None:
    answer = installation.http.get(f"{address.rpartition('/')[0]}/{secret}.ics", headers=FINNISH)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert f"{secret}.ics" not in answer.text


def test_the_secret_is_in_no_log(installation: Installation, address: str) -> None:
    secret = address.rpartition("/")[2].removesuffix(".ics")
    assert installation.http.get(address).status_code == 200
    files = list((installation.home / "log").glob("*.log"))
    assert any("calendar-subscriptions/{secret}.ics" in file.read_text(errors="replace") for file in files)
    assert not [file.name for file in files if secret in file.read_text(errors="replace")]


def test_a_renewed_address_is_another(
    installation: Installation, tutor: dict[str, str], subscription: str, address: str
) -> None:
    renewed = installation.http.post(subscription, headers=tutor, json={"language": "sv"}).json()
    assert renewed["url"] != installation.gateway + address
    assert installation.http.get(address).status_code == 404
    told = installation.http.get(subscription, headers=tutor).json()
    assert "url" not in told
    assert told["language"] == "sv"
