"""The pages of tutors and service points, with a booking that answers what a test says."""

import datetime as dt
import json
import uuid

import httpx2
import pytest

from services.booking.domain.illness import AHEAD
from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from services.web.pages.day import ILL_AHEAD
from tests.unit.web_pages import ENGLISH, access_token, answers, appointment, ok, pages, problem

pytestmark = pytest.mark.anyio
TUTOR = {ACCESS_COOKIE: access_token("tutor"), REFRESH_COOKIE: "mine"}
COORDINATOR = {ACCESS_COOKIE: access_token("coordinator"), REFRESH_COOKIE: "mine"}
NOTHING = ok({"items": []})
POINT = str(uuid.uuid4())
SOON = f"{dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)}"
AWAY = {"from": "2126-07-01", "until": "2126-07-31"}


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


VISIT = uuid.UUID(int=7)


def of_visit(said: dict[str, str]) -> dict[str, str]:
    """What is ticked of a visit, in fields of its own."""
    return {name if name == "came" else f"{name}-{VISIT}": value for name, value in said.items()}


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
        done = await browser.post(f"/day/{VISIT}/outcome", data={**of_visit(said), "date": "3.3.2126"})
    assert done.headers["location"] == "/day?date=2126-03-03"
    body = {name: value for name, value in json.loads(asked[-1].content).items() if value is not None}
    assert body == sent


@pytest.mark.parametrize("more", [{"came": "perhaps"}, {"device": "abacus"}, {"minutes_helped": "-5"}])
async def test_an_outcome_that_is_none_is_refused(more: dict[str, str]) -> None:
    async with pages(answers(), **TUTOR) as browser:
        said = {"came": "solved", **more}
        assert (await browser.post(f"/day/{VISIT}/outcome", data=of_visit(said))).status_code == 422


async def test_how_a_visit_went_is_ticked_beforehand_and_stands_in_the_list() -> None:
    start = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    when = {"start": start.isoformat(), "end": (start + dt.timedelta(minutes=40)).isoformat()}
    went = {"state": "attended", "result": "solved", "minutes_helped": 25, "manages_alone": False, "device": "tablet"}
    for visit, told in (({}, "40 min"), (went, "came, solved, 25 min, tablet, does not manage alone yet")):
        day = answers(("GET", "/appointments", ok({"items": [appointment(**when, **visit)]})))
        async with pages(day, **TUTOR) as browser:
            page = (await browser.get("/day", params={"date": f"{start.date()}", **ENGLISH})).text
        assert told in " ".join(page.split())
        assert page.count(" checked>") == (3 if visit else 1)  # the length that was planned, or all that was said


STAFF = {ACCESS_COOKIE: access_token("staff"), REFRESH_COOKIE: "mine"}


async def test_a_desk_hands_over_the_day_of_who_has_fallen_ill_once_it_has_seen_whose_it_is() -> None:
    visit = appointment()
    affected = problem("appointments-affected", 409, appointments=[{"id": visit["id"], "start": visit["start"]}])
    who = ("GET", f"/appointments/{visit['id']}", ok(visit))
    listed = ("GET", "/appointments", ok({"items": [visit]}))
    sent = {"tutor": str(visit["tutor_id"]), "date": SOON, "nonce": "n"}
    async with pages(answers(("POST", "/illness", affected), who, listed), **STAFF) as browser:
        day = (await browser.get("/day", params={"date": SOON, **ENGLISH})).text
        asked = await browser.post("/day/illness", params=ENGLISH, data=sent)
        late = (await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text
    assert "A helper has fallen ill" not in late  # booking takes it for a week
    for text in ("A helper has fallen ill", f'<option value="{visit["tutor_id"]}">Åsa</option>'):
        assert text in day
    assert asked.status_code == 409
    assert "3 March 2126 09:00, Aili" in asked.text
    assert "I will come anyway" not in asked.text
    away = {"id": str(uuid.uuid4()), "tutor_id": sent["tutor"], "from": visit["start"], "until": visit["end"]}
    async with pages(answers(("POST", "/illness", ok(away, 201)), listed), **STAFF) as browser:
        done = await browser.post("/day/illness", data={**sent, "standing": "reassign"})
        told = (await browser.get(f"{done.headers['location']}&lang=en")).text
    assert done.headers["location"] == f"/day?date={SOON}&ill=1"
    assert "what became of each visit" in told


@pytest.mark.parametrize("date", ["", "31.2.2126", "9999-12-31"])
async def test_a_day_that_is_none_is_not_handed_over_as_today(date: str) -> None:
    asked: list[httpx2.Request] = []
    sent = {"tutor": str(uuid.uuid4()), "date": date, "standing": "offer"}
    async with pages(answers(asked=asked), **STAFF) as browser:
        assert (await browser.post("/day/illness", data=sent)).status_code == 422
    assert not any(each.method == "POST" for each in asked)


async def test_a_tutor_is_not_asked_who_is_ill() -> None:
    day = answers(("GET", "/appointments", ok({"items": [appointment()]})))
    async with pages(day, **TUTOR) as browser:
        page = (await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text
    assert "A helper has fallen ill" not in page


async def test_what_is_new_stands_above_the_list_without_names_until_it_is_seen() -> None:
    asked: list[httpx2.Request] = []
    until = "2126-03-01T08:00:00+02:00"
    new = ok({"items": [appointment()], "more": True, "until": until})
    listed = ("GET", "/appointments", ok({"items": [appointment(citizen=None)]}))
    known = answers(
        ("GET", "/me/new-appointments", new), listed, ("PUT", "/me/new-appointments", ok(None)), asked=asked
    )
    async with pages(known, **TUTOR) as browser:
        page = (await browser.get("/day", params={"date": "2126-03-02", **ENGLISH})).text
        done = await browser.post("/day/seen", data={"until": until, "date": "2126-03-02"})
        wrong = await browser.post("/day/seen", data={"until": "soon"})
    for text in ("New bookings", "3 March 2126 09:00–09:30</a>", "There are more"):
        assert text in page
    assert "Aili" not in page
    assert f'name="until" value="{until}"' in page
    assert (done.headers["location"], wrong.status_code) == ("/day?date=2126-03-02", 422)
    [put] = [each for each in asked if each.method == "PUT"]
    assert json.loads(put.content) == {"until": until}


async def test_what_is_new_is_shown_to_tutors_and_the_list_to_all_when_it_is_not_known() -> None:
    new = (
        "GET",
        "/me/new-appointments",
        ok({"items": [appointment()], "more": False, "until": "2126-03-01T08:00:00Z"}),
    )
    listed = ("GET", "/appointments", ok({"items": [appointment()]}))
    for cookies, known, told in (
        (STAFF, (new, listed), False),
        (TUTOR, (listed,), False),
        (TUTOR, (new, listed), True),
    ):
        async with pages(answers(*known), **cookies) as browser:
            page = await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})
        assert (page.status_code, "New bookings" in page.text, "Aili" in page.text) == (200, told, True)


@pytest.mark.parametrize(("channel", "where"), [("phone", "By phone"), ("video", "By video"), ("home", "Home visit")])
async def test_where_help_is_given_that_has_no_place(channel: str, where: str) -> None:
    day = answers(("GET", "/appointments", ok({"items": [appointment(channel=channel, place=None)]})))
    async with pages(day, **TUTOR) as browser:
        page = (await browser.get("/day", params={"date": "2126-03-03", **ENGLISH})).text
    assert f"<dt>Where</dt><dd>{where}</dd>" in page
    assert f"<td>{where}</td>" in page


def test_the_pages_offer_to_close_an_ill_helper_s_day_as_long_as_booking_takes_it() -> None:
    assert ILL_AHEAD == AHEAD
