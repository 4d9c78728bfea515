"""What waits for a second person, with a registry that answers what a test says."""

import uuid

import httpx2
import pytest

from services.web.login import ACCESS_COOKIE, REFRESH_COOKIE
from tests.unit.web_pages import ENGLISH, Answer, access_token, answers, ok, pages, problem

pytestmark = pytest.mark.anyio
MANAGER = {ACCESS_COOKIE: access_token("manager"), REFRESH_COOKIE: "mine"}
GRANT = str(uuid.uuid4())
DONE = httpx2.Response(204)
TOKEN = {"access_token": access_token("manager"), "token_type": "Bearer", "expires_in": 600, "refresh_token": "next"}


def grant(**more: object) -> dict[str, object]:
    """A role of staff at a library, given on 3 March 2126."""
    role = {"role": "staff", "organisation_id": str(uuid.uuid4())}
    whose = {"person_id": str(uuid.uuid4()), "role": role, "client_id": None, "scope": None}
    when = {"given_at": "2126-03-03T07:00:00Z", "ends_at": "2126-03-17T07:00:00Z"}
    where = {"organisation": {"fi": "Kuusamon digituki"}, "place": {"fi": "Kirjasto"}}
    who = {"account": "tiski@example.fi", "giver": "+358401234567", "given_by": f"person:{uuid.uuid4()}"}
    return {"id": GRANT, **whose, **when, **where, **who, **more}


def of_client() -> dict[str, object]:
    """A scope of an API client that nobody can be asked about."""
    nobody = {"person_id": None, "role": None, "place": None, "giver": None}
    return grant(**nobody, client_id=str(uuid.uuid4()), scope="appointments:read", account="Asiointi")


def waiting(
    *grants: dict[str, object], answer: httpx2.Response = DONE, asked: list[httpx2.Request] | None = None
) -> Answer:
    """A registry in which these wait, and that answers `answer` to a confirmation or a refusal."""
    listed = ("GET", "/pending-grants", ok({"items": grants}))
    return answers(listed, ("POST", "/confirmation", answer), ("POST", "/refusal", answer), asked=asked)


async def test_what_waits_is_shown_with_whose_it_is_where_and_who_gave_it() -> None:
    async with pages(waiting(grant()), **MANAGER) as browser:
        page = await browser.get("/grants", params=ENGLISH)
    assert page.status_code == 200
    for part in (
        "tiski@example.fi",
        "service-point staff",
        '<span lang="fi">Kuusamon digituki</span>, <span lang="fi">Kirjasto</span>',
        "3 March 2126 09:00",
        "040 1234567",
        "17 March 2126 09:00",
        f'action="/grants/{GRANT}/confirmation"',
        f'action="/grants/{GRANT}/refusal"',
    ):
        assert part in page.text


async def test_a_system_is_shown_by_its_name() -> None:
    async with pages(waiting(of_client()), **MANAGER) as browser:
        page = (await browser.get("/grants", params=ENGLISH)).text
    assert "Asiointi" in page
    assert "system that reads appointments" in page
    assert "Given by" not in page
    assert "Kuusamon digituki</span></dd>" in page


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fi", "Itse antamasi ei näy tässä"),
        ("sv", "Det som du själv har gett visas inte här"),
        ("en", "What you gave yourself is not shown here"),
    ],
)
async def test_where_nothing_waits_that_is_said_and_what_is_not_shown(language: str, says: str) -> None:
    async with pages(waiting(), **MANAGER) as browser:
        page = (await browser.get("/grants", params={"lang": language})).text
    assert says in page
    assert "/confirmation" not in page


@pytest.mark.parametrize(
    ("answer", "says"), [("confirmation", "Confirmed. It is valid now."), ("refusal", "Refused. Nothing was given.")]
)
async def test_what_is_answered_is_answered_once_and_said(answer: str, says: str) -> None:
    asked: list[httpx2.Request] = []
    async with pages(waiting(grant(), asked=asked), **MANAGER) as browser:
        form = {"nonce": str(uuid.uuid4())}
        for _ in range(2):
            done = await browser.post(f"/grants/{GRANT}/{answer}", data=form)
        page = await browser.get(f"{done.headers['location']}&lang=en")
    assert (done.status_code, done.headers["location"]) == (303, f"/grants?answered={answer}")
    assert says in page.text
    sent = [request for request in asked if request.method == "POST"]
    assert [request.url.path.rpartition("/pending-grants/")[2] for request in sent] == [f"{GRANT}/{answer}"] * 2
    assert len({request.headers["idempotency-key"] for request in sent}) == 1


async def test_each_answer_to_each_grant_is_an_intention_of_its_own() -> None:
    """One page has one nonce for all its forms, and a key that was used for another request is refused."""
    asked: list[httpx2.Request] = []
    async with pages(waiting(asked=asked), **MANAGER) as browser:
        for path in (f"{GRANT}/confirmation", f"{GRANT}/refusal", f"{uuid.uuid4()}/refusal"):
            await browser.post(f"/grants/{path}", data={"nonce": "one"})
        for _ in range(2):
            await browser.post(f"/grants/{GRANT}/confirmation")
    assert len({request.headers["idempotency-key"] for request in asked if request.method == "POST"}) == 5


@pytest.mark.parametrize(
    ("refusal", "status", "says"),
    [
        (problem("not-found", 404), 404, "This is no longer waiting."),
        (problem("second-person-needed", 403, detail="Ask somebody else."), 403, "Ask somebody else."),
    ],
)
async def test_what_cannot_be_answered_is_told_beside_what_else_waits(
    refusal: httpx2.Response, status: int, says: str
) -> None:
    async with pages(waiting(of_client(), answer=refusal), **MANAGER) as browser:
        page = await browser.post(f"/grants/{GRANT}/confirmation", params=ENGLISH)
    assert page.status_code == status
    assert says in page.text
    assert 'role="alert"' in page.text
    assert "Asiointi" in page.text


async def test_who_may_confirm_nothing_is_told_so() -> None:
    refused = problem("forbidden", 403, detail="This is not yours.")
    async with pages(answers(("GET", "/pending-grants", refused)), **MANAGER) as browser:
        page = await browser.get("/grants")
    assert (page.status_code, "This is not yours." in page.text) == (403, True)


@pytest.mark.parametrize(
    ("cookies", "leads_to"),
    [
        ({}, "/sign-in"),
        ({ACCESS_COOKIE: access_token(bound=True), REFRESH_COOKIE: "mine"}, "/account/passkey"),
    ],
)
async def test_who_is_not_signed_in_with_all_that_it_takes_answers_nothing(
    cookies: dict[str, str], leads_to: str
) -> None:
    asked: list[httpx2.Request] = []
    async with pages(waiting(grant(), asked=asked), **cookies) as browser:
        shown, done = await browser.get("/grants"), await browser.post(f"/grants/{GRANT}/confirmation")
    assert [answer.headers["location"] for answer in (shown, done)] == [leads_to] * 2
    assert asked == []


async def test_another_sites_form_answers_nothing_and_there_is_no_third_answer() -> None:
    asked: list[httpx2.Request] = []
    async with pages(waiting(grant(), asked=asked), **MANAGER) as browser:
        foreign = await browser.post(f"/grants/{GRANT}/confirmation", headers={"Origin": "https://evil.example"})
        third = await browser.post(f"/grants/{GRANT}/perhaps")
        none = await browser.post("/grants/none/refusal")
    assert [answer.status_code for answer in (foreign, third, none)] == [403, 404, 404]
    assert asked == []


@pytest.mark.parametrize(
    ("role", "confirms", "books"),
    [
        ("coordinator", True, False),
        ("sub_coordinator", True, False),
        ("manager", True, False),
        ("staff", False, True),
        ("tutor", False, True),
    ],
)
@pytest.mark.parametrize("renewed", [False, True])
async def test_the_menu_shows_what_a_role_may_do(role: str, confirms: bool, books: bool, renewed: bool) -> None:
    """An access token that this very request has renewed says it, too."""
    token = access_token(role)
    tokens = ("POST", "/oauth/token", ok(TOKEN | {"access_token": token}))
    cookies = {REFRESH_COOKIE: "mine"} if renewed else {ACCESS_COOKIE: token, REFRESH_COOKIE: "mine"}
    async with pages(answers(tokens, ("GET", "/appointments", ok({"items": []}))), **cookies) as browser:
        page = (await browser.get("/day", params=ENGLISH)).text
    assert ("Waiting for you to confirm" in page, "Book for somebody" in page) == (confirms, books)
