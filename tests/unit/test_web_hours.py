"""A tutor's own time on the pages: weekly hours, time on one day, absences and calendars."""

import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from services.web.pages.hours import SAVED
from tests.unit.web_pages import ENGLISH, Answer, access_token, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
TUTOR = {ACCESS_COOKIE: access_token("tutor"), REFRESH_COOKIE: "mine"}
NOTHING = ok({"items": []})
POINT = str(uuid.UUID(int=5))
AWAY = {"from": "2126-07-01", "until": "2126-07-31"}


def with_hours(*known: tuple[str, str, httpx2.Response], asked: list[httpx2.Request] | None = None) -> Answer:
    """A booking in which the tutor has no time of their own yet."""
    empty = [("GET", f"/{name}", NOTHING) for name in ("availability", "absences", "extra-time")]
    return answers(*known, *empty, asked=asked)


TUESDAYS = {
    "id": str(uuid.uuid4()),
    "tutor_id": str(uuid.uuid4()),
    "service_point_id": POINT,
    "place": {"name": {"fi": "Kirjasto"}, "address": "Tie 1"},
    "weekday": 2,
    "from": "10:00",
    "to": "14:00",
    "zone": "Europe/Helsinki",
    "every_weeks": 1,
    "version": 3,
    "valid_from": "2126-03-05",
    "valid_until": "2126-06-30",
    "recurrence": "RRULE:FREQ=WEEKLY",
    "channels": ["on_site"],
}


async def test_a_place_is_chosen_on_purpose_where_none_is_known_yet() -> None:
    """Who overlooks the municipality would help by phone without a word."""
    async with pages(with_hours(), **TUTOR) as browser:
        page = (await browser.get("/hours/weekly", params=ENGLISH)).text
        sent = {"weekday": "2", "from": "10:00", "to": "14:00", "place": "", "nonce": "n"}
        assert (await browser.post("/hours/weekly", data=sent)).status_code == 422
    assert '<option value="">Choose the place</option>' in page


async def test_who_has_no_hours_is_led_to_tell_them() -> None:
    async with pages(with_hours(("GET", "/appointments", NOTHING)), **TUTOR) as browser:
        for path in ("/hours", "/day"):
            assert "Tell when and where you help" in (await browser.get(path, params=ENGLISH)).text


OWNER = {
    "id": POINT,
    "name": {"fi": "Digikerho"},
    "kind": "association",
    "region": "17",
    "municipality": "305",
    "phone": "08 123 4567",
    "email": "kerho@example.fi",
    "status": "active",
}
MINE = {
    "account": {"id": POINT, "region": "17", "language": "fi", "roles": [], "email": None, "phone": "+358401234567"},
    "tutor": [
        {
            "id": POINT,
            "organisation_id": POINT,
            "region": "17",
            "display_name": "Aino",
            "languages": ["fi", "sv"],
            "topics": ["e-services", "gone"],
            "channels": ["on_site", "home"],
            "status": "active",
            "full_name": "Aino Aho",
            "training": [],
        }
    ],
    "logins": [],
    "passkeys": [],
    "identities": [],
    "done": [],
}


async def test_at_the_first_visit_one_sees_who_one_is_and_whom_to_ask() -> None:
    held, theirs = ("GET", "/me/data", ok(MINE)), ("GET", f"/organisations/{POINT}", ok(OWNER))
    async with pages(with_hours(held, theirs), **TUTOR) as browser:
        page = (await browser.get("/hours", params=ENGLISH)).text
    for text in (
        "Aino",
        '<span lang="sv">svenska</span>',
        "E-services",
        "in person, at people",
        "Digikerho",
        "040 1234567",
    ):
        assert text in page
    assert ("Aino Aho" in page, 'href="mailto:kerho@example.fi"' in page) == (False, True)
    for known in ((held,), ()):  # while the registry is away
        async with pages(with_hours(*known), **TUTOR) as browser:
            page = (await browser.get("/hours", params=ENGLISH)).text
        assert ("Tell when and where you help" in page, "Aino" in page) == (True, bool(known))
    async with pages(with_hours(held, ("GET", "/availability", ok({"items": [TUESDAYS]}))), **TUTOR) as browser:
        assert "Aino" not in (await browser.get("/hours", params=ENGLISH)).text


async def test_a_week_stands_there_as_a_picture_and_as_a_list() -> None:
    extra = {"id": str(uuid.uuid4()), "from": "2126-03-06T10:00:00+02:00", "until": "2126-03-06T12:00:00+02:00"}
    once = {**extra, "tutor_id": TUESDAYS["tutor_id"], "service_point_id": None, "channels": ["phone"]}
    known = (("GET", "/availability", ok({"items": [TUESDAYS]})), ("GET", "/extra-time", ok({"items": [once]})))
    async with pages(with_hours(*known), **TUTOR) as browser:
        page = (await browser.get("/hours", params=ENGLISH)).text
        told = (await browser.get(f"{SAVED}&lang=en")).text
    assert ("Your change is saved." in page, "Your change is saved." in told) == (False, True)
    assert '<rect x="180" y="0" width="240" height="10"/>' in page  # the picture begins at seven
    for text in ("Tuesday 10:00–14:00", "until Sunday 30 June 2126", "6 March 2126 10:00–12:00"):
        assert text in page


async def test_hours_are_changed_if_nobody_else_has_changed_them() -> None:
    asked: list[httpx2.Request] = []
    there = ("GET", "/availability", ok({"items": [TUESDAYS]}))
    changed = ("PUT", f"/availability/{TUESDAYS['id']}", ok({**TUESDAYS, "to": "15:00"}))
    path = f"/hours/weekly/{TUESDAYS['id']}"
    sent = {"weekday": "2", "from": "10:00", "to": "15:00", "place": POINT, "version": "3"}
    async with pages(with_hours(there, changed, asked=asked), **TUTOR) as browser:
        form = (await browser.get(path, params=ENGLISH)).text
        done = await browser.post(path, data=sent)
        slip = await browser.post(path, params=ENGLISH, data={**sent, "to": "9:00"})
        others = await browser.get(f"/hours/weekly/{uuid.uuid4()}")
    for text in ('value="10:00"', 'value="2" checked', f'value="{POINT}" lang="fi" selected', 'value="2126-06-30"'):
        assert text in form
    assert done.headers["location"] == SAVED
    [put] = [each for each in asked if each.method == "PUT"]
    assert put.headers["if-match"] == '"3"'
    assert (slip.status_code, others.status_code) == (422, 404)


async def test_what_the_form_does_not_ask_stays_as_it_was() -> None:
    """At homes, or by video, and for some offerings only: a later end is no other help."""
    asked: list[httpx2.Request] = []
    at_homes = {**TUESDAYS, "service_point_id": None, "place": None, "channels": ["home"], "offerings": [POINT]}
    known = (
        ("GET", "/availability", ok({"items": [at_homes]})),
        ("PUT", f"/availability/{TUESDAYS['id']}", ok(at_homes)),
    )
    path = f"/hours/weekly/{TUESDAYS['id']}"
    sent = {"weekday": "2", "from": "10:00", "to": "15:00", "place": "phone", "version": "3"}
    async with pages(with_hours(*known, asked=asked), **TUTOR) as browser:
        form = (await browser.get(path, params=ENGLISH)).text
        await browser.post(path, data=sent)
    assert '<option value="phone" selected>At people' in form
    body = json.loads(next(each for each in asked if each.method == "PUT").content)
    assert (body["channels"], body["offerings"], body["to"]) == (["home"], [POINT], "15:00:00")


async def test_several_weekdays_are_told_at_once() -> None:
    asked: list[httpx2.Request] = []
    sent = {"weekday": ["2", "4"], "from": "10:00", "to": "14:00", "place": "phone", "nonce": "n"}
    async with pages(with_hours(("POST", "/availability", ok(TUESDAYS, 201)), asked=asked), **TUTOR) as browser:
        done = await browser.post("/hours/weekly", data=sent)
    assert done.headers["location"] == SAVED
    posted = [each for each in asked if each.method == "POST"]
    assert [json.loads(each.content)["weekday"] for each in posted] == [2, 4]
    assert len({each.headers["idempotency-key"] for each in posted}) == 2


OWN_HOURS = ("GET", "/availability", ok({"items": [{**TUESDAYS, "id": POINT}]}))
VISIT = str(uuid.UUID(int=6))
AFFECTED = problem("appointments-affected", 409, appointments=[{"id": VISIT, "start": "2126-07-02T10:00:00+03:00"}])
WHO_COMES = ("GET", f"/appointments/{VISIT}", ok(appointment(id=VISIT)))


@pytest.mark.parametrize(
    ("method", "end", "path", "sent"),
    [
        ("POST", "/absences", "/absences", AWAY),
        ("PUT", f"/availability/{POINT}", f"/hours/weekly/{POINT}", {"weekday": "2", "place": "phone", "version": "3"}),
        ("DELETE", f"/availability/{POINT}", f"/hours/weekly/{POINT}/remove", {}),
        ("DELETE", f"/extra-time/{POINT}", f"/hours/once/{POINT}/remove", {}),
    ],
)
async def test_what_takes_visits_their_time_says_whose_and_asks_before_it_is_saved(
    method: str, end: str, path: str, sent: dict[str, str]
) -> None:
    asked: list[httpx2.Request] = []
    async with pages(with_hours((method, end, AFFECTED), WHO_COMES, OWN_HOURS, asked=asked), **TUTOR) as browser:
        page = await browser.post(path, params=ENGLISH, data=sent)
        await browser.post(path, data={**sent, "standing": "offer"})
        assert (await browser.post(path, data={**sent, "standing": "burn"})).status_code == 422
    assert page.status_code == 409
    for text in ("1 visit stands in this time", "2 July 2126 10:00, Aili", 'href="tel:', "Change nothing"):
        assert text in page.text
    for name, value in sent.items():
        assert f'name="{name}" value="{value}"' in page.text
    decided = [each for each in asked if each.method == method][-1]
    assert "offer" in f"{decided.url} {decided.content.decode()}"


async def test_whose_details_may_not_be_disclosed_is_not_named_among_those_whose_time_is_taken() -> None:
    hidden = ("GET", f"/appointments/{VISIT}", ok(appointment(id=VISIT, non_disclosure=True)))
    async with pages(with_hours(("POST", "/absences", AFFECTED), hidden, OWN_HOURS), **TUTOR) as browser:
        page = (await browser.post("/absences", params=ENGLISH, data=AWAY)).text
    for text in ("2 July 2126 10:00. The details", f'<a href="/day/{VISIT}">Open them, 10:00</a>'):
        assert text in page
    assert not any(told in page for told in ("Aili", "tel:"))


async def test_time_on_one_day_is_told_on_the_wall_clock() -> None:
    asked: list[httpx2.Request] = []
    sent = {"date": "28.3.2127", "from": "10:00", "to": "14:00", "place": POINT, "nonce": "n"}
    made = {"id": POINT, "tutor_id": POINT, "service_point_id": POINT, "channels": ["on_site"]}
    when = {"from": "2127-03-28T10:00:00+02:00", "until": "2127-03-28T14:00:00+02:00"}
    async with pages(with_hours(("POST", "/extra-time", ok({**made, **when}, 201)), asked=asked), **TUTOR) as browser:
        done = await browser.post("/hours/once", data=sent)
        slip = await browser.post("/hours/once", params=ENGLISH, data={**sent, "date": "some day"})
    assert done.headers["location"] == SAVED
    [posted] = [each for each in asked if each.method == "POST"]
    assert json.loads(posted.content)["from"].startswith("2127-03-28T10:00:00")
    assert (slip.status_code, 'value="some day"' in slip.text) == (422, True)


CALENDARS = (
    ("GET", "/calendar", problem("not-found", 404)),
    ("GET", "/calendar-subscription", problem("not-found", 404)),
)
ONES_OWN = {ACCESS_COOKIE: access_token("tutor", tutor_id=POINT), REFRESH_COOKIE: "mine"}


async def test_the_secret_address_of_ones_visits_is_shown_once() -> None:
    made = {"since": "2126-03-05T10:00:00+02:00", "language": "fi", "code_words": True, "url": "https://v/s.ics"}
    known = answers(("POST", "/calendar-subscription", ok(made, 201)), *CALENDARS)
    async with pages(known, **ONES_OWN) as browser:
        before = (await browser.get("/hours/calendars", params=ENGLISH)).text
        page = await browser.post("/hours/calendars/subscription", params=ENGLISH, data={"nonce": "n"})
    assert "Make an address" in before
    assert 'value="https://v/s.ics" readonly' in page.text
    assert "no-store" in page.headers["cache-control"]


async def test_ones_own_calendar_is_given_by_its_address_and_forgotten() -> None:
    asked: list[httpx2.Request] = []
    refused = problem("invalid-input", 422, errors=[{"pointer": "/url", "detail": "Not an address."}])
    known = answers(
        ("PUT", "/calendar", refused), ("DELETE", "/calendar", httpx2.Response(204)), *CALENDARS, asked=asked
    )
    async with pages(known, **ONES_OWN) as browser:
        short = await browser.post("/hours/calendars/own", params=ENGLISH, data={"url": "x"})
        wrong = await browser.post("/hours/calendars/own", data={"url": "https://elsewhere"})
        gone = await browser.post("/hours/calendars/own/remove")
    assert "It begins with https." in short.text
    assert (wrong.status_code, "Not an address." in wrong.text) == (422, True)
    assert gone.headers["location"] == "/hours/calendars"


async def test_who_is_no_tutor_has_no_calendars() -> None:
    async with pages(answers(*CALENDARS), **TUTOR | {ACCESS_COOKIE: access_token("staff")}) as browser:
        assert (await browser.get("/hours/calendars")).status_code == 404


async def test_hours_are_added_at_places_of_ones_own_region() -> None:
    async with pages(with_hours(("GET", "/service-points", NOTHING)), **TUTOR) as browser:
        page = (await browser.get("/hours/weekly", params={"municipality": "305", **ENGLISH})).text
    assert '<option value="305" lang="fi" selected>Kuusamo' in page
    assert "Oulu" in page
    assert "Helsinki" not in page


async def test_hours_that_are_a_slip_are_told_and_not_sent() -> None:
    asked: list[httpx2.Request] = []
    form = {"weekday": "2", "from": "14:00", "to": "10:00", "place": "phone"}
    async with pages(with_hours(asked=asked), **TUTOR) as browser:
        page = await browser.post("/hours/weekly", params=ENGLISH, data=form)
    assert page.status_code == 422
    assert "a time that ends after it starts" in page.text
    assert {request.method for request in asked} == {"GET"}


async def test_hours_that_booking_refuses_are_told() -> None:
    refused = problem("outside-hours", 409, detail="Nobody is there then.")
    form = {"weekday": "2", "from": "10:00", "to": "14:00", "place": POINT}
    async with pages(with_hours(("POST", "/availability", refused)), **TUTOR) as browser:
        page = await browser.post("/hours/weekly", data=form)
    assert "Nobody is there then." in page.text


async def test_hours_without_a_weekday_are_asked_for_one() -> None:
    form = {"from": "10:00", "to": "15:00", "place": "phone"}
    for path in ("/hours/weekly", f"/hours/weekly/{POINT}"):
        async with pages(with_hours(OWN_HOURS), **TUTOR) as browser:
            answer = await browser.post(path, data={**form, "version": "3"}, params=ENGLISH)
        assert answer.status_code == 422
        assert "Choose a day, a place" in answer.text
        assert 'value="15:00"' in answer.text


ORGANISATION = str(uuid.uuid4())
HOURS_AT_A_POINT = {"weekday": "2", "from": "10:00", "to": "14:00", "place": POINT}
NEEDED = problem("consent-needed", 409, detail="Ask it first.", service_point_id=POINT, organisation_id=ORGANISATION)
LIBRARY = {"name": {"fi": "Kirjasto"}, "municipality": "305", "region": "17"}


@pytest.mark.parametrize(
    ("own", "shown"),
    [({"phone": "08 123 45"}, "tel:+358812345"), ({}, "tel:0899"), ({"email": "a@b.fi"}, "mailto:a@b.fi")],
)
async def test_hours_that_a_place_has_to_allow_are_told_with_whom_to_ask(own: dict[str, str], shown: str) -> None:
    """Its organisation, or, where this has said no number, the place."""
    organisation = {**LIBRARY, "id": ORGANISATION, "kind": "library", "name": {"fi": "Kaupunki"}, **own}
    point = {**LIBRARY, "id": POINT, "organisation_id": ORGANISATION, "address": "Tie 1", "phone": "08 99"}
    service = with_hours(
        ("POST", "/availability", NEEDED),
        ("GET", f"/organisations/{ORGANISATION}", ok(organisation)),
        ("GET", f"/service-points/{POINT}", ok(point)),
    )
    async with pages(service, **TUTOR) as browser:
        page = await browser.post("/hours/weekly", data=HOURS_AT_A_POINT)
    assert page.status_code == 422
    alert = page.text.partition('role="alert"')[2].partition("</div>")[0]
    for part in ("Ask it first.", "Kaupunki", shown, f'name="point" value="{POINT}"'):
        assert part in alert


@pytest.mark.parametrize(
    ("status", "said"), [("asked", "has been asked"), ("allowed", "may help there"), ("withdrawn", "has said no")]
)
async def test_a_place_is_asked_for_its_consent(status: str, said: str) -> None:
    asked: list[httpx2.Request] = []
    ids = {"id": str(uuid.uuid4()), "service_point_id": POINT, "organisation_id": ORGANISATION}
    service = with_hours(("POST", f"/service-points/{POINT}/consents", ok({**ids, "status": status}, 201)), asked=asked)
    async with pages(service, **TUTOR) as browser:
        page = await browser.post("/hours/consents", params=ENGLISH, data={"point": POINT, "nonce": "n"})
    assert (page.status_code, said in page.text) == (200, True)
    assert len({request.headers["Idempotency-Key"] for request in asked if request.method == "POST"}) == 1


async def test_hours_that_a_place_has_to_allow_are_told_while_the_registry_is_away() -> None:
    async with pages(with_hours(("POST", "/availability", NEEDED)), **TUTOR) as browser:
        page = await browser.post("/hours/weekly", data=HOURS_AT_A_POINT)
    assert (page.status_code, "Ask it first." in page.text) == (422, True)


@pytest.mark.parametrize("offered", [True, False])
async def test_hours_that_a_place_does_not_allow_any_more_say_so(offered: bool) -> None:
    ids = {name: str(uuid.uuid4()) for name in ("id", "tutor_id", "service_point_id")}
    when = {"weekday": 2, "from": "10:00", "to": "14:00", "zone": "Europe/Helsinki", "every_weeks": 1, "version": 0}
    since = {
        "valid_from": "2126-03-05",
        "valid_until": None,
        "recurrence": "RRULE:FREQ=WEEKLY",
        "channels": ["on_site"],
    }
    there = ok({"items": [{**ids, **when, **since, "offered": offered}]})
    async with pages(with_hours(("GET", "/availability", there)), **TUTOR) as browser:
        page = (await browser.get("/hours", params=ENGLISH)).text
    assert ("The place does not allow these hours any more" in page) != offered


async def test_an_absence_that_keeps_visits_names_how_many() -> None:
    ids = {"id": str(uuid.uuid4()), "tutor_id": str(uuid.uuid4()), "appointments": [str(uuid.uuid4())]}
    made = {**ids, "from": "2126-07-01T00:00+03:00", "until": "2126-08-01T00:00+03:00"}
    asked: list[httpx2.Request] = []
    async with pages(with_hours(("POST", "/absences", ok(made, 201)), asked=asked), **TUTOR) as browser:
        page = await browser.post("/absences", params=ENGLISH, data={**AWAY, "standing": "keep", "nonce": "n"})
        told = (await browser.get(f"{page.headers['location']}&lang=en")).text
    assert page.headers["location"] == "/hours?kept=1"
    assert "1 appointment is kept in the time" in told
    sent = next(request for request in asked if request.method == "POST")
    assert "idempotency-key" in sent.headers


@pytest.mark.parametrize(
    ("form", "refusal", "shown"),
    [
        ({"from": "never"}, None, "Choose the first and the last day."),
        (AWAY, problem("invalid-input", 422, errors=[{"pointer": "/until", "detail": "Too long."}]), "Too long."),
        (AWAY, problem("conflict", 409, detail="Not now."), "Not now."),
    ],
)
async def test_an_absence_that_cannot_be_is_told(
    form: dict[str, str], refusal: httpx2.Response | None, shown: str
) -> None:
    known = [("POST", "/absences", refusal)] if refusal else []
    async with pages(with_hours(*known), **TUTOR) as browser:
        page = await browser.post("/absences", params=ENGLISH, data=form)
    assert page.status_code == 422
    assert shown in page.text
