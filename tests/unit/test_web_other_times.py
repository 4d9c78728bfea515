"""Another time for who has chosen one already, with all that they have typed."""

import uuid

import httpx2
import pytest

from tests.unit.web_pages import (
    AGENDA,
    BY_PHONE,
    ENGLISH,
    FORM,
    HOLD,
    KEPT,
    WHERE,
    answers,
    hold,
    ok,
    pages,
    problem,
    slot,
)

pytestmark = pytest.mark.anyio
WHO = {"name": "Aili", "phone": "040 123 4567"}
GIVEN_BACK = (("GET", f"/holds/{HOLD}", problem("wrong-state", 409)), ("GET", "/mine", problem("not-found", 404)))
TYPED = {**WHO, "nonce": "n", "note": "Kela", "for_other": "yes"}


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
    assert "Your earlier time is no longer kept for you." in times
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


@pytest.mark.parametrize(
    "before", [problem("wrong-state", 409, detail="Over."), ok(hold(expires="2020-03-01T10:20:00+02:00"))]
)
@pytest.mark.parametrize(
    ("path", "known"), [("/times", ()), (FORM, (KEPT, ("DELETE", f"/holds/{HOLD}", httpx2.Response(204))))]
)
async def test_a_time_that_was_given_back_or_has_lapsed_can_be_chosen_again(
    path: str, known: tuple[tuple[str, str, httpx2.Response], ...], before: httpx2.Response
) -> None:
    """The same key keeps the same: what was kept under it before, and is kept no longer."""
    keys: list[str] = []
    others = answers(*known, AGENDA, BY_PHONE)

    def service(request: httpx2.Request) -> httpx2.Response:
        if (request.method, request.url.path.rpartition("/")[2]) != ("POST", "holds"):
            return others(request)
        keys.append(request.headers["idempotency-key"])
        return before if keys[-1] == keys[0] else ok(hold(id=uuid.UUID(int=78), manage_token="new"), 201)

    async with pages(service) as browser:
        page = await browser.post(path, params=WHERE, data={**WHERE, **TYPED, "slot": "slot-1"})
    assert (page.status_code, len(keys)) == (303 if path == "/times" else 200, 2)
    assert f"/book/{uuid.UUID(int=78)}/new" in page.headers.get("location", page.text)
