"""The citizen's pages, with a booking that answers what a test says."""

import json
import re
import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import (
    HOLD,
    MUNICIPALITIES,
    access_token,
    agenda,
    answers,
    appointment,
    hold,
    ok,
    pages,
    problem,
    registry_lists,
    slot,
)

pytestmark = pytest.mark.anyio
WHERE = {"topic": "e-services", "municipality": "305"}
WHO = {"name": "Aili", "phone": "040 123 4567"}
SLOTS = ("GET", "/slots", ok({"items": [slot()]}))
NO_SLOTS = ("GET", "/slots", ok({"items": []}))
BY_PHONE = ("GET", "/slots", ok({"items": [slot() | {"channel": "phone", "place": None}]}))
AGENDA = ("GET", "/agenda", ok(agenda(slot())))
MINE = ("GET", "/mine", ok(appointment()))
ENGLISH = {"lang": "en"}


def entry(state: str = "waiting", **more: object) -> dict[str, object]:
    known = {"id": str(uuid.uuid4()), "state": state, "topic": "e-services", "until": "2126-04-01"}
    return {**known, "offered_until": None, **more}


@pytest.mark.parametrize("path", ["/times", "/wait"])
@pytest.mark.parametrize(
    ("where", "says", "chosen"),
    [
        ({**WHERE, "topic": "x"}, "This link is old. Choose again what you need help with.", " selected>Kuusamo"),
        ({**WHERE, "municipality": "999"}, "This link is old. Choose the municipality again.", "checked"),
        ({"topic": "e-services"}, "Write where you need help, or choose the municipality.", "checked"),
    ],
)
async def test_a_link_whose_topic_or_place_is_none_says_so_and_keeps_the_other(
    path: str, where: dict[str, str], says: str, chosen: str
) -> None:
    async with pages(answers(AGENDA, NO_SLOTS)) as browser:
        page = await browser.get(path, params={**where, **ENGLISH})
        assert (await browser.get(path)).headers["location"] == "/"  # it names nothing
    assert page.status_code == 404
    for text in (says, chosen, 'href="/points"'):
        assert text in page.text
    assert page.text.count("This link is old") <= 1


async def test_a_finer_topic_is_named_and_what_is_booked_is_its_parent() -> None:
    asked: list[httpx2.Request] = []
    finer = {**WHERE, "topic": "kela"}
    known = answers(AGENDA, NO_SLOTS, ("POST", "/holds", ok(hold(), 201)), asked=asked)
    async with pages(known) as browser:
        times = (await browser.get("/times", params={**finer, **ENGLISH})).text
        kept = await browser.post("/times", data={**finer, "slot": "slot-1", "nonce": "n"})
        wait = (await browser.get("/wait", params={**finer, **ENGLISH})).text
        await browser.post("/wait", data={**finer, **WHO, "nonce": "n"})
    assert "Kela matters" in times
    assert "Kela matters" in wait
    assert kept.headers["location"].endswith("?topic=kela&municipality=305&slot=slot-1")
    of_booking = [each for each in asked if "/booking/" in each.url.path]
    searched = {each.url.params["topic"] for each in of_booking if each.method == "GET"}
    sent = {json.loads(each.content)["topic"] for each in of_booking if each.method == "POST"}
    assert searched == sent == {"e-services"}


async def test_the_times_page_shows_days_with_their_times_and_what_else_there_is() -> None:
    group = slot("slot-2") | {"seats_left": 3}
    async with pages(answers(("GET", "/agenda", ok(agenda(slot(), group))), BY_PHONE)) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert 'name="slot" value="slot-1"' in page
    assert '<span class="unseen">Monday 4 March 2126 </span><strong>10:00–10:30</strong>' in page
    assert "in a group, 3 places left" in page
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;day=2126-03-04"' in page
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;date=2126-03-11"' in page  # later days
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;channel=phone"' in page
    assert 'name="nonce" value=""' not in page


async def test_two_kinds_of_help_at_one_time_look_different() -> None:
    offerings = {str(uuid.UUID(int=number)): {"fi": name} for number, name in ((1, "Lyhyt"), (2, "Ryhmä"))}
    slots = [slot(f"slot-{number}") | {"offering_id": str(uuid.UUID(int=number))} for number in (1, 2)]
    for known, told in ((offerings, True), ({}, False)):
        async with pages(answers(("GET", "/agenda", ok(agenda(*slots, offerings=known))), NO_SLOTS)) as browser:
            page = (await browser.get("/times", params=WHERE)).text
        assert ("Lyhyt" in page and "Ryhmä" in page) is told


async def test_a_drop_in_is_among_the_times_and_is_no_button() -> None:
    open_door = slot() | {"id": None, "offering_id": None, "drop_in": True}
    async with pages(answers(("GET", "/agenda", ok(agenda(open_door))), NO_SLOTS)) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert "Without booking: just come" in page
    assert 'name="slot"' not in page


async def test_a_choice_is_shown_and_can_be_taken_away() -> None:
    async with pages(answers(AGENDA, NO_SLOTS)) as browser:
        page = (await browser.get("/times", params={**WHERE, "language": "sv", "need": "quiet-room", **ENGLISH})).text
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;language=sv">a quiet room' in page
    assert 'href="/times?topic=e-services&amp;municipality=305&amp;need=quiet-room"><span lang="sv">svenska' in page


async def test_where_nothing_is_found_somebody_can_be_phoned() -> None:
    points = {"items": [point(phone="+358401234567"), point()], "next": None}
    known = answers(("GET", "/agenda", ok(agenda())), NO_SLOTS, ("GET", "/service-points", ok(points)))
    async with pages(known) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert 'href="tel:+358401234567"' in page
    assert 'href="/wait?topic=e-services&amp;municipality=305"' in page


def point(**more: object) -> dict[str, object]:
    ids = {"id": uuid.uuid4(), "organisation_id": uuid.uuid4(), "region": "17", "municipality": "305"}
    return {**ids, "name": {"fi": "Kirjasto"}, "address": "Tie 1", **more}


@pytest.mark.parametrize("whose", ["point", "organisation"])
async def test_where_no_place_has_a_number_the_nearest_that_has_one_is_named(whose: str) -> None:
    near = point(phone="+358401234567" if whose == "point" else None)

    def known(request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if path.endswith("/municipalities"):
            return ok({"items": [MUNICIPALITIES["items"][0] | {"lat": 65.96, "lon": 29.18}]})
        if path.endswith("/service-points"):
            is_near = request.url.params.get("near") == "65.9600,29.1800"
            return ok({"items": [near] if is_near else [], "next": None})
        if path.endswith(f"/organisations/{near['organisation_id']}"):
            organisation = {"id": near["organisation_id"], "name": {"fi": "Kunta"}, "kind": "municipality"}
            return ok({**organisation, "region": "17", "municipality": "305", "phone": "+358401234567"})
        return answers(("GET", "/agenda", ok(agenda())), NO_SLOTS)(request)

    async with pages(known) as browser:
        page = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
    assert "tel:+358401234567" in page


async def test_a_day_that_is_full_does_not_say_that_no_week_has_a_time() -> None:
    """Other choices may have some, and nobody need wait for one."""
    async with pages(answers(("GET", "/agenda", ok(agenda())), NO_SLOTS)) as browser:
        whole = (await browser.get("/times", params={**WHERE, **ENGLISH})).text
        for narrow in ({"day": "2126-03-04"}, {"date": "2126-03-04"}, {"language": "sv"}):
            page = (await browser.get("/times", params={**WHERE, **narrow, **ENGLISH})).text
            assert "No free times with these choices" in page
            assert "in the coming weeks" not in page
            assert "/wait?" not in page
    assert "There are no free times in the coming weeks." in whole
    assert "/wait?" in whole


async def test_what_somebody_sees_first_of_a_search_is_counted_once_and_what_nobody_sees_is_not() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(AGENDA, NO_SLOTS, asked=asked)) as browser:
        for nth, headers in enumerate(({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "ABot/2.1"})):
            await browser.get("/times", params=WHERE, headers=headers)
            assert counted(asked) == 1, nth
        await browser.head("/times", params=WHERE)
        for more in ({"date": "2126-03-04"}, {"day": "2126-03-04"}):
            await browser.get("/times", params={**WHERE, **more})
        await browser.post("/times", data=WHERE)
    assert counted(asked) == 1


def counted(asked: list[httpx2.Request]) -> int:
    """How many searches booking counts as demand."""
    searches = [each for each in asked if each.url.path.endswith(("/agenda", "/slots"))]
    return sum("vuoro-counted" not in each.headers for each in searches)


async def test_a_time_that_is_chosen_is_kept_and_leads_to_the_form() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(("POST", "/holds", ok(hold(), 201)), asked=asked)) as browser:
        for _ in range(2):
            done = await browser.post("/times", data={**WHERE, "slot": "slot-1", "nonce": "n"})
    assert done.headers["location"] == f"/book/{HOLD}/key?topic=e-services&municipality=305&slot=slot-1"
    sent = [request for request in asked if request.method == "POST"]
    assert len({request.headers["idempotency-key"] for request in sent}) == 1
    assert "authorization" not in sent[-1].headers
    assert sent[-1].headers["x-forwarded-for"] == "127.0.0.1"  # or all who book here would be limited as one


async def test_a_time_that_somebody_else_took_is_told_beside_the_others() -> None:
    taken = problem("slot-taken", 409, detail="Choose another.", alternatives=[])
    async with pages(answers(("POST", "/holds", taken), AGENDA, NO_SLOTS)) as browser:
        page = await browser.post("/times", data={**WHERE, "slot": "slot-1"})
    assert page.status_code == 409
    assert "slot-taken. Choose another." in page.text
    assert 'value="slot-1"' in page.text


FORM = f"/book/{HOLD}/key"
KEPT = ("GET", f"/holds/{HOLD}", ok(hold()))


async def test_the_form_shows_what_is_kept_and_until_when() -> None:
    async with pages(answers(KEPT)) as browser:
        page = (await browser.get(FORM, params=ENGLISH)).text
    for text in ("Monday 4 March 2126", "Kirjasto", "Åsa", "We keep this time for you until 10:20."):
        assert text in page


@pytest.mark.parametrize(("languages", "told"), [(["fi"], True), (["fi", "en"], False), ([], False)])
async def test_the_form_says_in_which_languages_help_is_and_leads_to_others(languages: list[str], told: bool) -> None:
    kept = answers(("GET", f"/holds/{HOLD}", ok(hold(languages=languages))))
    async with pages(kept) as browser:
        page = (await browser.get(f"/book/{HOLD}/key", params={**WHERE, "date": "2126-03-04", **ENGLISH})).text
    assert ("Finnish" in page) == bool(languages)
    assert ("The helper does not speak your language." in page) == told
    there = f'/book/{HOLD}/key/release?topic=e-services&amp;municipality=305&amp;language=en"'
    assert (there in page) == told


async def test_what_is_missing_is_told_and_nothing_is_asked_to_be_booked() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(KEPT, asked=asked)) as browser:
        page = await browser.post(FORM, params=ENGLISH, data={"note": "Kela", "for_other": "yes", "interpreter": "yes"})
    assert page.status_code == 422
    for text in ("Write your name.", "Give a phone number or an e-mail address", ">Kela</textarea>"):
        assert text in page.text
    assert 'name="for_other" value="yes" checked' in page.text
    assert 'name="for_other" value="" >' in page.text
    assert re.search(r'name="interpreter"[^>]* checked', page.text)
    assert {request.method for request in asked} == {"GET"}


@pytest.mark.parametrize("do", ["longer", "language"])
async def test_more_time_and_another_language_lose_nothing_that_is_typed(do: str) -> None:
    longer = ("POST", "/extension", ok(hold(expires="2126-03-01T10:30:00+02:00")))
    async with pages(answers(KEPT, longer)) as browser:
        page = await browser.post(FORM, params=ENGLISH, data={**WHO, "note": "Kela", "do": do})
    assert page.status_code == 200
    for text in ('value="Aili"', ">Kela</textarea>", f"until {'10:30' if do == 'longer' else '10:20'}"):
        assert text in page.text


@pytest.mark.parametrize(("roles", "at_desk"), [((), False), (("coordinator",), False), (("staff",), True)])
async def test_only_staff_and_tutors_book_in_their_own_name(roles: tuple[str, ...], at_desk: bool) -> None:
    asked: list[httpx2.Request] = []
    made = ok(appointment(manage_url="https://vuoro.test/a/key"), 201)
    service = answers(KEPT, ("POST", "/appointments", made), asked=asked)
    async with pages(service, **{ACCESS_COOKIE: access_token(*roles), REFRESH_COOKIE: "mine"}) as browser:
        done = await browser.post(FORM, data=WHO)
    assert (done.status_code, done.headers["location"]) == (303, "/a/key?booked=1")
    assert ("authorization" in asked[-1].headers) == at_desk
    sent = json.loads(asked[-1].content)
    assert (sent["citizen"]["language"], sent["hold_id"], asked[-1].headers["manage-token"]) == ("fi", str(HOLD), "key")


async def test_who_was_signed_in_never_books_as_a_citizen_without_knowing_it() -> None:
    """Their access token has run out: it is renewed, or they sign in again."""
    made = ok(appointment(manage_url="https://vuoro.test/a/key"), 201)
    token = {"access_token": access_token("staff"), "token_type": "Bearer", "expires_in": 600, "refresh_token": "next"}
    for answer, leads_to in ((ok(token), "/a/key?booked=1"), (problem("invalid-grant", 400), "/sign-in")):
        known = answers(KEPT, ("POST", "/oauth/token", answer), ("POST", "/appointments", made))
        async with pages(known, **{REFRESH_COOKIE: "mine"}) as browser:
            assert (await browser.post(FORM, data=WHO)).headers["location"] == leads_to


async def test_a_time_that_was_kept_too_long_is_booked_all_the_same_when_nobody_has_it() -> None:
    asked: list[httpx2.Request] = []
    lapsed = problem("hold-lapsed", 409, alternatives=[])
    made = httpx2.Response(201, json=json.loads(ok(appointment(manage_url="https://vuoro.test/a/key")).content))

    def service(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if request.method == "GET":
            lapsed_hold = ok(hold(expires="2020-03-01T10:20:00+02:00"))
            return lapsed_hold if "/holds/" in request.url.path else registry_lists(request)
        return lapsed if json.loads(request.content).get("hold_id") else made

    async with pages(service) as browser:
        page = (await browser.get(FORM, params={"slot": "slot-1", **ENGLISH})).text
        done = await browser.post(FORM, params={"slot": "slot-1"}, data=WHO)
    assert "The time is not kept any more." in page
    assert done.headers["location"] == "/a/key?booked=1"
    assert json.loads(asked[-1].content)["slot_id"] == "slot-1"


async def test_a_time_that_is_gone_is_changed_for_another_with_nothing_lost() -> None:
    gone = problem("slot-taken", 409, detail="Choose another.", alternatives=[slot("slot-9")])
    other = uuid.UUID(int=78)
    kept = ("POST", "/holds", ok(hold(id=other, manage_token="new"), 201))
    async with pages(answers(KEPT, ("POST", "/appointments", gone), kept)) as browser:
        page = await browser.post(FORM, data={**WHO, "note": "Kela"})
        assert (page.status_code, 'name="slot" value="slot-9"' in page.text) == (409, True)
        page = await browser.post(FORM, data={**WHO, "note": "Kela", "slot": "slot-9"})
    assert f'action="/book/{other}/new?slot=slot-9"' in page.text
    for text in ('value="Aili"', ">Kela</textarea>"):
        assert text in page.text


async def test_when_nobody_answers_the_page_does_not_know_yet_and_the_same_form_finds_out() -> None:
    """A slow service answered "no connection" while the booking had been made."""
    async with pages(answers(KEPT, ("POST", "/appointments", httpx2.Response(503)))) as browser:
        page = await browser.post(FORM, params={"slot": "slot-1"}, data={**WHO, "nonce": "n", "note": "Kela"})
    assert page.status_code == 503
    assert f'action="{FORM}?slot=slot-1"' in page.text
    for name, value in {**WHO, "nonce": "n", "note": "Kela"}.items():
        assert f'name="{name}" value="{value}"' in page.text


async def test_while_booking_is_away_there_is_a_number_to_call() -> None:
    """Also where nobody knows yet whether a time was booked."""
    points = ("GET", "/service-points", ok({"items": [point(phone="+358401234567")], "next": None}))
    away = problem("unavailable", 503)
    known = answers(
        points, KEPT, *((method, end, away) for method, end in (("GET", "/agenda"), ("POST", "/appointments")))
    )
    async with pages(known) as browser:
        times = await browser.get("/times", params={**WHERE, **ENGLISH})
        unsure = await browser.post(FORM, params={**WHERE, **ENGLISH}, data={**WHO, "nonce": "n"})
    for page in (times, unsure):
        assert page.status_code == 503
        assert 'href="tel:+358401234567"' in page.text


async def test_nothing_typed_is_lost_when_nobody_says_whether_the_time_is_still_kept() -> None:
    async with pages(answers(("GET", f"/holds/{HOLD}", httpx2.Response(503)))) as browser:
        page = await browser.post(FORM, data={**WHO, "nonce": "n", "note": "Kela"})
    assert page.status_code == 503
    for name, value in {**WHO, "nonce": "n", "note": "Kela"}.items():
        assert f'name="{name}" value="{value}"' in page.text


async def test_going_back_after_booking_leads_to_the_booking_and_books_nothing() -> None:
    asked: list[httpx2.Request] = []
    booked = ("GET", f"/holds/{HOLD}", problem("wrong-state", 409))
    async with pages(answers(booked, MINE, asked=asked)) as browser:
        for answer in (await browser.get(FORM), await browser.post(FORM, data=WHO)):
            assert answer.headers["location"] == "/a/key?booked=1"
    assert {request.method for request in asked} == {"GET"}


GIVEN_BACK = (("GET", f"/holds/{HOLD}", problem("wrong-state", 409)), ("GET", "/mine", problem("not-found", 404)))


async def test_a_time_that_was_given_back_leads_to_others() -> None:
    released = ("DELETE", f"/holds/{HOLD}", httpx2.Response(204))
    async with pages(answers(*GIVEN_BACK, released)) as browser:
        back = await browser.post(f"{FORM}/release", params=WHERE)
        again = await browser.get(FORM, params=WHERE)
    assert [answer.headers["location"] for answer in (back, again)] == ["/times?topic=e-services&municipality=305"] * 2


TYPED = {**WHO, "nonce": "n", "note": "Kela", "for_other": "yes"}


async def test_another_time_is_chosen_with_all_that_was_typed_and_the_first_is_given_back_then() -> None:
    asked: list[httpx2.Request] = []
    other = uuid.UUID(int=78)
    kept = ("POST", "/holds", ok(hold(id=other, manage_token="new"), 201))
    released = ("DELETE", f"/holds/{HOLD}", httpx2.Response(204))
    where = {**WHERE, "slot": "slot-0", **ENGLISH}
    async with pages(answers(KEPT, kept, released, AGENDA, BY_PHONE, asked=asked)) as browser:
        times = (await browser.post(FORM, params=where, data={**TYPED, "do": "other"})).text
        assert {request.method for request in asked} == {"GET"}  # a time that is only looked at is not given away
        form = (await browser.post(FORM, params=where, data={**TYPED, "slot": "slot-1"})).text
        back = (await browser.post(FORM, params=where, data={**TYPED, "do": "back"})).text
    for name, value in TYPED.items():
        assert f'type="hidden" name="{name}" value="{value}"' in times
    for text in ("We keep this time for you", 'name="slot" value="slot-1"', "Later days", "All times on this day"):
        assert text in times
    assert [request.method for request in asked if request.method != "GET"] == ["POST", "DELETE"]
    assert f'action="/book/{other}/new?topic=e-services&amp;municipality=305&amp;slot=slot-1"' in form
    for page in (form, back):
        for text in ('value="Aili"', ">Kela</textarea>", 'name="for_other" value="yes" checked'):
            assert text in page


async def test_nothing_typed_is_lost_in_a_form_whose_time_was_given_back() -> None:
    other = ("POST", "/holds", ok(hold(id=uuid.UUID(int=78), manage_token="new"), 201))
    where = {**WHERE, "slot": "slot-0", **ENGLISH}
    async with pages(answers(*GIVEN_BACK, other, AGENDA, BY_PHONE)) as browser:
        times = (await browser.post(FORM, params=where, data=TYPED)).text
        form = (await browser.post(FORM, params=where, data={**TYPED, "slot": "slot-1"})).text
    assert "We do not keep your earlier time any more." in times
    for name, value in TYPED.items():
        assert f'type="hidden" name="{name}" value="{value}"' in times
    assert ">Kela</textarea>" in form


async def test_another_time_that_somebody_took_meanwhile_is_told_with_nothing_lost() -> None:
    taken = ("POST", "/holds", problem("slot-taken", 409, detail="Choose another.", alternatives=[slot("slot-9")]))
    where = {**WHERE, **ENGLISH}
    for known, then in ((GIVEN_BACK, 'name="note" value="Kela"'), ((KEPT,), ">Kela</textarea>")):
        async with pages(answers(*known, taken, AGENDA, BY_PHONE)) as browser:
            page = await browser.post(FORM, params=where, data={**TYPED, "slot": "slot-1"})
        assert page.status_code == 409
        assert "Choose another." in page.text
        assert then in page.text


@pytest.mark.parametrize("do", ["other", "longer"])
async def test_nothing_typed_is_lost_when_nobody_answers_to_a_button(do: str) -> None:
    away = [(method, end, problem("unavailable", 503)) for method, end in (("GET", "/agenda"), ("POST", "/extension"))]
    async with pages(answers(KEPT, *away)) as browser:
        page = await browser.post(FORM, params=WHERE, data={**TYPED, "do": do})
    assert page.status_code == 503
    assert 'name="note" value="Kela"' in page.text


async def test_a_visit_at_home_asks_where_that_is() -> None:
    asked: list[httpx2.Request] = []
    needed = {"pointer": "/address", "detail": "Say where."}
    refused = problem("invalid-input", 422, errors=[needed])
    kept = ("GET", f"/holds/{HOLD}", ok(hold(channel="home", place=None)))
    async with pages(answers(kept, ("POST", "/appointments", refused), asked=asked)) as browser:
        page = await browser.post(FORM, params=ENGLISH, data={**WHO, "address": "Kotitie 1"})
    assert 'value="Kotitie 1"' in page.text
    assert 'id="address-error">Say where.' in page.text
    [sent] = [each for each in asked if each.method == "POST"]
    assert json.loads(sent.content)["address"] == "Kotitie 1"


async def test_an_appointment_is_shown_in_the_language_that_it_was_booked_in() -> None:
    async with pages(answers(MINE)) as browser:
        assert (await browser.get("/a/key")).headers["content-language"] == "sv"
        assert (await browser.get("/a/key", params=ENGLISH)).headers["content-language"] == "en"


HELD = {"state": "held", "expires": "2126-03-01T10:30:00+02:00"}


async def test_a_booking_that_is_to_be_verified_leads_to_the_page_that_asks_for_the_code() -> None:
    made = ok(appointment(manage_url="https://vuoro.test/a/key", **HELD), 201)
    async with pages(answers(KEPT, ("POST", "/appointments", made))) as browser:
        done = await browser.post(FORM, data=WHO)
    assert done.headers["location"] == "/a/key"
    async with pages(answers(("GET", "/mine", ok(appointment(**HELD))))) as browser:
        page = (await browser.get("/a/key", params=ENGLISH)).text
    assert "We keep your time until 10:30" in page
    assert 'action="/a/key/verification"' in page
    assert "koivu" not in page  # the code word is for what is booked


@pytest.mark.parametrize("typed", ["123 456", ""])
async def test_a_wrong_code_is_told_and_the_right_one_leads_to_the_appointment(typed: str) -> None:
    asked: list[httpx2.Request] = []
    held = ("GET", "/mine", ok(appointment(**HELD)))
    wrong = problem("wrong-code", 403, detail="Look once more.")
    async with pages(answers(held, ("POST", "/verification", wrong), asked=asked)) as browser:
        page = await browser.post("/a/key/verification", data={"code": typed}, params=ENGLISH)
    assert (page.status_code, "Look once more." in page.text) == (403, True)
    of_booking = [request for request in asked if "/booking/" in request.url.path]
    assert [request.headers["manage-token"] for request in of_booking] == ["key"] * len(of_booking)
    async with pages(answers(held, ("POST", "/verification", ok(appointment())))) as browser:
        done = await browser.post("/a/key/verification", data={"code": typed})
    assert done.headers["location"] == "/a/key?booked=1"


async def test_a_time_that_was_not_verified_in_time_is_told_with_a_way_on() -> None:
    async with pages(answers(("GET", "/mine", ok(appointment(state="lapsed"))))) as browser:
        page = (await browser.get("/a/key", params=ENGLISH)).text
    assert "We no longer keep this time for you" in page
    assert 'href="/?topic=e-services"' in page


async def test_a_key_that_opens_nothing_is_told() -> None:
    async with pages(answers(("GET", "/mine", problem("not-found", 404)))) as browser:
        assert (await browser.get("/a/key")).status_code == 404


async def test_other_times_are_shown_as_times_are_and_asked_for_from_a_day_on() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(MINE, AGENDA, asked=asked)) as browser:
        page = await browser.get("/a/key/move", params={"date": "4.3.2126", **ENGLISH})
    assert page.status_code == 200
    assert asked[-1].url.params["from"] == "2126-03-04T00:00:00+02:00"
    for part in (
        '<h2 class="day">Monday 4 March 2126</h2>',
        "<h3>Morning</h3>",
        '<button class="time" name="slot" value="slot-1">',
        'href="/a/key/move?day=2126-03-04"',
        'href="/a/key/move?date=2126-03-11"',  # later days
    ):
        assert part in page.text


async def test_all_other_times_of_one_day_are_shown() -> None:
    asked: list[httpx2.Request] = []
    async with pages(answers(MINE, SLOTS, asked=asked)) as browser:
        page = (await browser.get("/a/key/move", params={"day": "2126-03-04", **ENGLISH})).text
    assert asked[-1].url.params["to"] == "2126-03-05T00:00:00+02:00"
    assert 'value="slot-1"' in page
    assert 'href="/a/key/move"' in page


async def test_where_no_other_time_is_found_there_are_the_earliest_and_a_number() -> None:
    phoned = ("GET", "/mine", ok(appointment(phone="+358401112223")))
    async with pages(answers(phoned, NO_SLOTS)) as browser:
        page = (await browser.get("/a/key/move", params={"day": "2126-03-04", **ENGLISH})).text
    assert 'href="/a/key/move"' in page
    assert "tel:+358401112223" in page


@pytest.mark.parametrize("state", ["cancelled", "attended", "no_show"])
async def test_what_is_over_cannot_be_moved(state: str) -> None:
    async with pages(answers(("GET", "/mine", ok(appointment(state=state))))) as browser:
        assert (await browser.get("/a/key/move")).headers["location"] == "/a/key"


async def test_a_move_needs_a_time_and_says_why_it_is_refused() -> None:
    taken = problem("slot-taken", 409, detail="Choose another.")
    async with pages(answers(MINE, AGENDA, ("POST", "/reschedule", taken), ("POST", "/move", taken))) as browser:
        none = await browser.post("/a/key/move", params=ENGLISH)
        refused = await browser.post("/a/key/move", data={"slot": "slot-1"})
    assert none.status_code == 422
    assert "Choose a time." in none.text
    assert refused.status_code == 409
    assert "slot-taken. Choose another." in refused.text


@pytest.mark.parametrize(
    ("refusal", "status", "shown"),
    [
        (problem("there-is-time", 409), 409, "There is a free time now"),
        (
            problem("invalid-input", 422, errors=[{"pointer": "/citizen/phone", "detail": "No number."}]),
            422,
            "No number.",
        ),
        (problem("too-many-requests", 429, detail="Wait a little."), 429, "Wait a little."),
    ],
)
async def test_a_refused_entry_says_why(refusal: httpx2.Response, status: int, shown: str) -> None:
    async with pages(answers(("POST", "/waiting", refusal), ("POST", "/waitlist", refusal))) as browser:
        answer = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO})
    assert answer.status_code == status
    assert shown in answer.text
    assert status == 409 or 'value="Aili"' in answer.text


async def test_a_name_that_cannot_be_sent_on_is_asked_for_again() -> None:
    async with pages() as browser:
        page = await browser.post("/wait", params=ENGLISH, data={**WHERE, **WHO, "name": "a" * 300})
    assert page.status_code == 422
    assert "Write your name." in page.text


async def test_taking_an_offer_leads_to_the_appointment() -> None:
    taken = entry("booked", appointment=appointment(manage_url="https://vuoro.test/a/key"))
    async with pages(answers(("GET", "/mine", ok(entry("offered"))), ("POST", "/acceptance", ok(taken)))) as browser:
        assert (await browser.post("/w/mine/take")).headers["location"] == "/a/key?booked=1"
    hidden = entry("booked", appointment=appointment())
    async with pages(answers(("GET", "/mine", ok(entry("offered"))), ("POST", "/acceptance", ok(hidden)))) as browser:
        assert (await browser.post("/w/mine/take")).headers["location"] == "/w/mine"


async def test_an_offer_that_has_to_be_verified_leads_to_where_the_code_is_written() -> None:
    """Taking it again would send one more."""
    held = appointment(state="held", manage_url="https://vuoro.test/a/key")
    taken = entry("offered", offered_until="2027-03-01T12:00:00+02:00", appointment=held)
    async with pages(answers(("GET", "/mine", ok(taken)))) as browser:
        page = await browser.get("/w/mine", params=ENGLISH)
    assert 'href="https://vuoro.test/a/key">Write the code' in page.text
    assert "/w/mine/take" not in page.text


@pytest.mark.parametrize(("button", "end"), [("take", "/acceptance"), ("leave", "/withdrawal")])
async def test_an_answer_that_comes_too_late_is_told(button: str, end: str) -> None:
    over = problem("offer-over", 409, detail="It went to the next.")
    async with pages(answers(("GET", "/mine", ok(entry())), ("POST", end, over))) as browser:
        page = await browser.post(f"/w/mine/{button}")
    assert page.status_code == 409
    assert "It went to the next." in page.text
