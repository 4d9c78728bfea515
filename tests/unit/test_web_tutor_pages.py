"""The pages of tutors and service points, with a booking that answers what a test says."""

import datetime as dt
import json
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import ENGLISH, Answer, access_token, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
TUTOR = {ACCESS_COOKIE: access_token("tutor"), REFRESH_COOKIE: "mine"}
COORDINATOR = {ACCESS_COOKIE: access_token("coordinator"), REFRESH_COOKIE: "mine"}
NOTHING = ok({"items": []})
POINT = str(uuid.uuid4())
AWAY = {"from": "2126-07-01", "until": "2126-07-31"}


def with_hours(*known: tuple[str, str, httpx2.Response], asked: list[httpx2.Request] | None = None) -> Answer:
    """A booking in which the tutor has no hours and no absences yet."""
    return answers(*known, ("GET", "/availability", NOTHING), ("GET", "/absences", NOTHING), asked=asked)


async def test_the_day_shows_visits_and_only_who_gives_help_marks_them() -> None:
    day = answers(("GET", "/appointments", ok({"items": [appointment()]})))
    for cookies, marks in ((TUTOR, True), (COORDINATOR, False)):
        async with pages(day, **cookies) as browser:
            page = (await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text
        assert "09:00–09:30, Aili" in page
        assert '<dd lang="sv">svenska</dd>' in page  # the citizen's language, by its own name
        assert ("Cancel this time" in page) == marks
        assert "How did the visit end?" not in page  # it has not begun


async def test_a_citizen_under_non_disclosure_is_opened_apart_and_never_printed() -> None:
    hidden = appointment(citizen=None, code_word="kuikka", non_disclosure=True)
    service = answers(("GET", "/appointments", ok({"items": [hidden]})))
    async with pages(service, **TUTOR) as browser:
        page = (await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text
    assert "kuikka" in page
    assert f'href="/day/{hidden["id"]}"' in page
    opened = answers(("GET", f"/appointments/{hidden['id']}", ok(appointment(non_disclosure=True, channel="home"))))
    async with pages(opened, **TUTOR) as browser:
        page = (await browser.get(f"/day/{hidden['id']}", params=ENGLISH)).text
    assert "Do not print" in page
    assert "The helper sees it on the day" in page
    assert '<div class="unprinted">' in page
    assert "Aili" in page.partition('<div class="unprinted">')[2]
    assert "Aili" not in page.partition('<div class="unprinted">')[0]


async def test_the_outcome_of_a_visit_that_has_begun_is_marked_and_undone() -> None:
    today = dt.datetime.now(dt.UTC).date()
    begun = {"start": f"{today}T00:00:00Z", "end": f"{today}T00:30:00Z"}
    for state, undone in (("booked", False), ("attended", True)):
        day = answers(("GET", "/appointments", ok({"items": [appointment(state=state, **begun)]})))
        async with pages(day, **TUTOR) as browser:
            page = (await browser.get("/day", params={"date": f"{today}", **ENGLISH})).text
        assert "How did the visit end?" in page
        assert ("Undo" in page) == undone
    asked: list[httpx2.Request] = []
    service = answers(("DELETE", "/outcome", ok(appointment())), asked=asked)
    async with pages(service, **TUTOR) as browser:
        done = await browser.post(f"/day/{uuid.uuid4()}/outcome/removal", data={"date": "3.3.2126"})
    assert (done.headers["location"], asked[-1].method) == ("/day?date=2126-03-03", "DELETE")


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"came": "solved"}, {"attended": True, "result": "solved"}),
        ({"came": "handed_on"}, {"attended": True, "result": "handed_on"}),
        ({"came": "partly", "manages_alone": "no"}, {"attended": True, "result": "partly", "manages_alone": False}),
        (
            {"came": "solved", "manages_alone": "yes", "device": "phone", "minutes_helped": "45"},
            {"attended": True, "result": "solved", "manages_alone": True, "device": "phone", "minutes_helped": 45},
        ),
        # The length is ticked beforehand, and a slip of the finger may tick more.
        ({"came": "no_show", "manages_alone": "yes", "device": "phone", "minutes_helped": "30"}, {"attended": False}),
    ],
)
async def test_an_outcome_is_marked(said: dict[str, str], sent: dict[str, object]) -> None:
    asked: list[httpx2.Request] = []
    service = answers(("POST", "/outcome", ok(appointment(state="attended"))), asked=asked)
    async with pages(service, **TUTOR) as browser:
        done = await browser.post(f"/day/{uuid.uuid4()}/outcome", data={**said, "date": "3.3.2126"})
    assert done.headers["location"] == "/day?date=2126-03-03"
    body = {name: value for name, value in json.loads(asked[-1].content).items() if value is not None}
    assert body == sent


@pytest.mark.parametrize("more", [{"came": "perhaps"}, {"device": "abacus"}, {"minutes_helped": "-5"}])
async def test_an_outcome_that_is_none_is_refused(more: dict[str, str]) -> None:
    async with pages(answers(), **TUTOR) as browser:
        said = {"came": "solved", **more}
        assert (await browser.post(f"/day/{uuid.uuid4()}/outcome", data=said)).status_code == 422


async def test_how_a_visit_went_is_ticked_beforehand_and_stands_in_the_list() -> None:
    start = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    when = {"start": start.isoformat(), "end": (start + dt.timedelta(minutes=40)).isoformat()}
    went = {"state": "attended", "result": "solved", "minutes_helped": 25, "manages_alone": False, "device": "tablet"}
    for visit, told in (({}, "40 min"), (went, "came, solved, 25 min, does not manage alone yet")):
        day = answers(("GET", "/appointments", ok({"items": [appointment(**when, **visit)]})))
        async with pages(day, **TUTOR) as browser:
            page = (await browser.get("/day", params={"date": f"{start.date()}", **ENGLISH})).text
        assert told in " ".join(page.split())
        assert page.count(" checked>") == (3 if visit else 1)  # the length that was planned, or all that was said


async def test_hours_are_added_at_places_of_ones_own_region() -> None:
    async with pages(with_hours(("GET", "/service-points", NOTHING)), **TUTOR) as browser:
        page = (await browser.get("/hours", params={"municipality": "305", **ENGLISH})).text
    assert '<option value="305" lang="fi" selected>Kuusamo' in page
    assert "Oulu" in page
    assert "Helsinki" not in page


async def test_hours_that_are_a_slip_are_told_and_not_sent() -> None:
    asked: list[httpx2.Request] = []
    form = {"weekday": "2", "from": "14:00", "to": "10:00", "place": "phone"}
    async with pages(with_hours(asked=asked), **TUTOR) as browser:
        page = await browser.post("/hours", params=ENGLISH, data=form)
    assert page.status_code == 422
    assert "a time that ends after it starts" in page.text
    assert {request.method for request in asked} == {"GET"}


async def test_hours_that_booking_refuses_are_told() -> None:
    refused = problem("outside-hours", 409, detail="Nobody is there then.")
    form = {"weekday": "2", "from": "10:00", "to": "14:00", "place": POINT}
    async with pages(with_hours(("POST", "/availability", refused)), **TUTOR) as browser:
        page = await browser.post("/hours", data=form)
    assert "Nobody is there then." in page.text


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
        page = await browser.post("/hours", data=HOURS_AT_A_POINT)
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
        page = await browser.post("/hours", data=HOURS_AT_A_POINT)
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


async def test_an_absence_in_which_visits_stand_asks_what_becomes_of_them() -> None:
    affected = problem("appointments-affected", 409, appointments=[{"start": "2126-07-02T10:00+03:00"}])
    async with pages(with_hours(("POST", "/absences", affected)), **TUTOR) as browser:
        page = await browser.post("/absences", params=ENGLISH, data=AWAY)
    assert page.status_code == 409
    assert "1 appointment stands in the time" in page.text
    assert "2 July 2126 10:00" in page.text
    assert 'name="from" value="2126-07-01"' in page.text


async def test_an_absence_that_keeps_visits_names_how_many() -> None:
    ids = {"id": str(uuid.uuid4()), "tutor_id": str(uuid.uuid4()), "appointments": [str(uuid.uuid4())]}
    made = {**ids, "from": "2126-07-01T00:00+03:00", "until": "2126-08-01T00:00+03:00"}
    asked: list[httpx2.Request] = []
    async with pages(with_hours(("POST", "/absences", ok(made, 201)), asked=asked), **TUTOR) as browser:
        page = await browser.post("/absences", params=ENGLISH, data={**AWAY, "standing": "keep", "nonce": "n"})
    assert page.status_code == 200
    assert "1 appointment is kept in the time" in page.text
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
