"""The steps of docs/operating.md, "Rotating secrets", on services that run apart: nothing that people hold breaks."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.booking.domain.manage_tokens import manage_token
from tests.e2e.test_outages import Parts
from tests.installation import CODES_ARE_ENOUGH, WITHOUT_LIMITS, eventually
from tests.prepared_home import PreparedHome

pytestmark = pytest.mark.trials

OLD, NEW = "an old secret that is long enough for booking", "a new secret that is long enough for booking"
MINE = "/api/booking/v1/appointments/mine"
SIGN_INS = "/api/providers/v1/sign-ins"


@pytest.fixture
def environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("VUORO_BOOKING_LIMIT_FACTOR", WITHOUT_LIMITS)
        environment.setenv("VUORO_PROVIDERS_STRONG_SIGN_IN", CODES_ARE_ENOUGH)
        yield environment


@pytest.fixture
def parts(
    tmp_path_factory: pytest.TempPathFactory, prepared: PreparedHome, environment: pytest.MonkeyPatch
) -> Iterator[Parts]:
    running = Parts(tmp_path_factory.mktemp("rotation"))
    prepared.copy_to(running.home)
    set_secrets(environment, OLD)
    running.start()
    yield running
    running.stop()


def set_secrets(environment: pytest.MonkeyPatch, current: str, *accepted: str) -> None:
    for service in ("BOOKING", "PROVIDERS"):
        environment.setenv(f"VUORO_{service}_SECRET", current)
        environment.setenv(f"VUORO_{service}_ACCEPTED_SECRETS", ", ".join(accepted))


def restart(parts: Parts) -> None:
    for name in ("providers", "booking", "booking-worker"):
        parts.kill(name)
        parts.revive(name)


def key_of(appointment: dict[str, Any]) -> str:
    return str(appointment["manage_url"].rpartition("/")[2])


def opened(parts: Parts, key: str) -> tuple[int, int]:
    """What a citizen's link answers, on its page and by the API."""
    page, answer = parts.http.get(f"/a/{key}"), parts.http.get(MINE, headers={"Manage-Token": key})
    return page.status_code, answer.status_code


def code_for(parts: Parts, contact: str) -> tuple[str, str]:
    """Ask for a code; the sign-in, and the code that came."""
    known = len(parts.codes(contact))
    asked = parts.http.post(SIGN_INS, json={"contact": contact}).json()["id"]
    return asked, eventually(lambda: parts.codes(contact)[known:])[0]


def trade(parts: Parts, asked: str, code: str) -> httpx2.Response:
    return parts.http.post(f"{SIGN_INS}/{asked}/login", json={"code": code})


def refreshed(parts: Parts, refresh_token: str) -> int:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return parts.http.post("/api/providers/v1/oauth/token", data=form).status_code


def day_page(parts: Parts, refresh_token: str) -> tuple[int, str]:
    """What somebody sees who has the cookie of a login, and the cookie that they have then."""
    with httpx2.Client(base_url=parts.gateway, cookies={"session": refresh_token}) as browser:
        answer = browser.get("/day")
    return answer.status_code, answer.cookies.get("session") or ""


def test_secrets_are_rotated_and_what_people_hold_opens(parts: Parts, environment: pytest.MonkeyPatch) -> None:
    booker, tutor = parts.as_client(), parts.demo()["tutor"]
    booked = parts.book(parts.slots()[0]["id"], booker).json()
    asked, code = code_for(parts, tutor)
    [cookie, unused] = [trade(parts, *code_for(parts, tutor)).json()["refresh_token"] for _ in range(2)]
    assert key_of(booked) == manage_token(OLD, UUID(booked["id"]))

    set_secrets(environment, OLD, NEW)
    restart(parts)
    set_secrets(environment, NEW, OLD)
    restart(parts)
    assert opened(parts, key_of(booked)) == (200, 200)
    shown = parts.http.get(MINE, headers={"Manage-Token": key_of(booked)}).json()
    assert shown["manage_url"] == booked["manage_url"]
    assert trade(parts, asked, code).status_code == 201
    status, cookie = day_page(parts, cookie)
    assert (status, bool(cookie)) == (200, True)
    later = parts.book(parts.slots()[0]["id"], booker).json()
    assert key_of(later) == manage_token(NEW, UUID(later["id"]))

    asked, code = code_for(parts, tutor)
    set_secrets(environment, NEW)
    restart(parts)
    assert opened(parts, key_of(later)) == (200, 200)
    assert trade(parts, asked, code).status_code == 201
    assert day_page(parts, cookie)[0] == 200
    # What the secret of before made opens nothing any more; who is written to again gets a link that does.
    assert opened(parts, key_of(booked)) == (404, 404)
    assert refreshed(parts, unused) == 400
    path = f"/api/booking/v1/appointments/{booked['id']}"
    anew = key_of(parts.http.get(path, headers=parts.as_client()).json())
    assert anew == manage_token(NEW, UUID(booked["id"]))
    eventually(lambda: opened(parts, anew) == (200, 200))
