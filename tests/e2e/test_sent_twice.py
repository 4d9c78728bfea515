"""A form of the pages that is sent twice, by a double tap or a reload, acts once."""

import re
import secrets

import httpx2
import pytest

from tests.installation import Installation, eventually

TAIVALKOSKI = "832"


def field_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def slots_of(page: str) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', page)


@pytest.fixture
def who() -> dict[str, str]:
    return {"name": f"Aili {secrets.token_hex(4)}", "phone": "040 685 404"}


def book(http: httpx2.Client, who: dict[str, str]) -> str:
    """The address of a new appointment."""
    where = {"topic": "e-services", "municipality": "305"}
    page = http.get("/times", params=where).text
    chosen = {**where, "nonce": field_of(page, "nonce"), "slot": slots_of(page)[3]}
    address = sent_twice(http, "/times", chosen)  # the time is kept once
    form = {**who, "nonce": field_of(http.get(address).text, "nonce")}
    return sent_twice(http, address, form).partition("?")[0]


def sent_twice(http: httpx2.Client, path: str, form: dict[str, str]) -> str:
    """Where both answers to a form lead."""
    first, second = http.post(path, data=form), http.post(path, data=form)
    assert first.status_code == 303, first.text
    assert first.headers["location"] == second.headers["location"]
    return str(first.headers["location"])


def test_a_booking(installation: Installation, who: dict[str, str]) -> None:
    book(installation.http, who)


def test_a_form_without_its_nonce_is_an_intention_of_its_own(installation: Installation, who: dict[str, str]) -> None:
    """Whoever sends another person's name and number without a nonce must not be led to that person's entry."""
    installation.let_wait_in(TAIVALKOSKI)
    form = {"topic": "e-services", "municipality": TAIVALKOSKI, **who}
    first, second = (installation.http.post("/wait", data=form) for _ in range(2))
    assert first.status_code == second.status_code == 303, (first.text, second.text)
    assert first.headers["location"] != second.headers["location"]


def test_an_entry_of_the_waitlist(installation: Installation, who: dict[str, str]) -> None:
    installation.let_wait_in(TAIVALKOSKI)
    where = {"topic": "e-services", "municipality": TAIVALKOSKI}
    page = installation.http.get("/wait", params=where).text
    form = {**where, **who, "nonce": field_of(page, "nonce")}
    first, second = (installation.http.post("/wait", data=form) for _ in range(2))
    assert first.status_code == 303, first.text
    assert first.headers["location"] == second.headers["location"]


def test_a_move(installation: Installation, who: dict[str, str]) -> None:
    """It carries no nonce: moving to where it is already changes nothing."""
    http = installation.http
    address = book(http, who)
    form = {"slot": slots_of(http.get(f"{address}/move").text)[-1]}
    first, second = (http.post(f"{address}/move", data=form) for _ in range(2))
    assert (first.status_code, first.headers.get("location")) == (303, f"{address}?moved=1")
    assert (second.status_code, second.headers.get("location")) == (303, f"{address}?moved=1")


def test_a_cancellation(installation: Installation, who: dict[str, str]) -> None:
    address = book(installation.http, who)
    answers = [installation.http.post(f"{address}/cancel") for _ in range(2)]
    assert [(each.status_code, each.headers["location"]) for each in answers] == [(303, address)] * 2


def test_a_code_that_signs_in(installation: Installation) -> None:
    """A double tap, or an answer that was lost: the same login, and no code that "was used already"."""
    contact, http = "asa@vuoro.example", installation.http
    installation.let_ask_again()
    known = len(installation.mails(contact))
    asked = {"contact": contact, "nonce": field_of(http.get("/sign-in").text, "nonce")}
    page, again = (http.post("/sign-in", data=asked).text for _ in range(2))
    address, other = (re.search(r'action="(/sign-in/[^"]+)"', each) for each in (page, again))
    mail = eventually(lambda: installation.mails(contact) if len(installation.mails(contact)) > known else None)[0]
    code = re.search(r"\d{6}", mail["text"])
    assert address
    assert other
    assert code
    assert address[1] == other[1]
    form = {"code": code[0], "nonce": field_of(page, "nonce")}
    with httpx2.Client(base_url=installation.gateway, timeout=30) as browser:
        answers = [browser.post(address[1], data=form) for _ in range(2)]
        assert [(each.status_code, each.headers.get("location")) for each in answers] == [(303, "/day")] * 2
        assert browser.post(address[1], data={**form, "nonce": "another"}).status_code == 401


@pytest.fixture
def tutor(installation: Installation) -> httpx2.Client:
    """A tutor's browser."""
    access = installation.sign_in("asa@vuoro.example")["Authorization"].removeprefix("Bearer ")
    return httpx2.Client(base_url=installation.gateway, cookies={"access": access, "session": "-"}, timeout=30)


def remove_after(browser: httpx2.Client, page: str, shown: str) -> None:
    """Press the button that removes what is shown, twice; so other tests find what this one did."""
    remove = re.search(r'action="([^"]+/remove)"', page.partition(shown)[2])
    assert remove
    assert [browser.post(remove[1]).status_code for _ in range(2)] == [303, 303]


def test_weekly_hours(tutor: httpx2.Client) -> None:
    with tutor:
        nonce = field_of(tutor.get("/hours/weekly").text, "nonce")
        form = {"weekday": "7", "from": "06:00", "to": "07:00", "place": "phone", "nonce": nonce}
        assert [tutor.post("/hours/weekly", data=form).status_code for _ in range(2)] == [303, 303]
        page = tutor.get("/hours", params={"lang": "en"}).text
        assert page.count("Sunday 06:00–07:00</strong>") == 1
        remove_after(tutor, page, "Sunday 06:00–07:00</strong>")


def test_an_absence(tutor: httpx2.Client) -> None:
    with tutor:
        nonce = field_of(tutor.get("/absences").text, "nonce")
        form = {"from": "2027-12-24", "until": "2027-12-26", "nonce": nonce}
        assert [tutor.post("/absences", data=form).status_code for _ in range(2)] == [303, 303]
        page = tutor.get("/hours", params={"lang": "en"}).text
        assert len(re.findall(r"<p>[^<]*24 December 2027[^<]*</p>", page)) == 1
        remove_after(tutor, page, "24 December 2027")
