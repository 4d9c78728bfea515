"""The first page: a trouble in anybody's words, and a place as anybody writes it, lead to the times."""

import httpx2
import pytest

from services.web.places import MOST_CHOICES
from tests.unit.web_pages import ENGLISH, KELA, MUNICIPALITIES, ok, pages, point, problem, registry_lists

pytestmark = pytest.mark.anyio
TIMES = "/times?topic=e-services&municipality="
KUUSAMO, HELSINKI, OULU = MUNICIPALITIES["items"]
NAMED = {"kuusamo": [KUUSAMO], "kirkonkylä": [KUUSAMO, OULU]}
CODES = {"93600": [KUUSAMO]}


POINTS = [
    point(name={"fi": "Rajalan kirjasto"}),
    point(name={"fi": "Rajalan koulu"}, address="Tie 2", municipality="564"),
]


class Registry:
    """A registry that knows a few names, codes and places; what it is asked is kept."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        query = request.url.params
        if "named" in query:
            return ok({"items": NAMED.get(query["named"].casefold(), []), "next": None})
        if "postal_code" in query:
            return ok({"items": CODES.get(query["postal_code"], []), "next": None})
        if "q" in query and request.url.path.endswith("/topics"):
            return ok({"items": [KELA] if query["q"] == "kela" else [], "next": None})
        if "q" in query:
            return ok({**self.search(query["q"]), "next": None})
        return registry_lists(request)

    def search(self, words: str) -> dict[str, object]:
        understood: dict[str, object] = {"topics": ["kela"]} if words == "kela" else {"words": words.split()}
        if words == "Oulussa":
            return {"items": [], "understood": {"municipality": "564"}}
        if words == "kaikkialla":
            many = [point(name={"fi": "Kaikkialla"}, municipality=f"{code:03}") for code in range(MOST_CHOICES + 1)]
            return {"items": many, "understood": understood}
        found = POINTS if words.startswith("Rajala") else []
        return {"items": POINTS if words == "kela" else found, "understood": understood}


async def test_another_language_keeps_own_words_and_the_place() -> None:
    sent = {"words": "kissa", "place": "Ei mikään", "topic": "e-services"}
    async with pages(Registry()) as browser:
        page = (await browser.post("/find", params=ENGLISH, data=sent)).text
        assert 'name="do" value="language" formaction="/find?lang=sv"' in page
        again = await browser.post("/find", params={"lang": "sv"}, data={**sent, "do": "language"})
    assert (again.status_code, 'lang="sv"' in again.text) == (200, True)
    for kept in ('value="kissa"', 'value="Ei mikään"', 'value="e-services" checked'):
        assert kept in again.text
    assert 'role="alert"' not in again.text


async def test_own_words_and_a_place_lead_to_the_times_and_stand_in_no_address() -> None:
    async with pages(Registry()) as browser:
        found = await browser.post("/find", data={"words": "kela", "place": "Kuusamo"})
    assert found.headers["location"] == "/times?topic=kela&municipality=305"


@pytest.mark.parametrize(
    ("chosen", "topic"), [("", "kela"), ("e-services", "kela"), ("smart-devices", "smart-devices")]
)
async def test_a_finer_word_says_more_than_what_is_chosen_and_never_something_else(chosen: str, topic: str) -> None:
    async with pages(Registry()) as browser:
        form = {"topic": chosen, "words": "kela", "municipality": "305"}
        found = await browser.post("/find", data=form)
        missing = await browser.post("/find", data=form | {"municipality": ""})
    assert found.headers["location"] == f"/times?topic={topic}&municipality=305"
    assert ('value="e-services" checked' in missing.text) is (topic == "kela")
    assert "Kelan asiat" not in missing.text  # what is chosen from is few


@pytest.mark.parametrize(
    ("form", "municipality"),
    [
        ({"place": "kuusamo"}, "305"),
        ({"place": " 936 00 "}, "305"),
        ({"place": "Kitkantie 5, 93600 Kuusamo"}, "305"),
        ({"place": "Kitkantie 5, Kuusamo"}, "305"),
        ({"place": "Oulussa"}, "564"),
        ({"place": "Rajalan kirjasto"}, "305"),  # another place is nearly called so
        ({"place": "tie 2, rajala", "municipality": "091"}, "091"),  # nothing is called so, and something is chosen
        ({"place": "Kirkonkylä", "municipality": "564"}, "564"),
        ({"place": "Kirkonkylä", "meant": "305"}, "305"),
        ({"place": "Kuusamo", "near": "60.17,24.94"}, "305"),
        ({"postal_code": "93600"}, "305"),  # what other sites may still send
    ],
)
async def test_a_place_is_understood_however_it_is_written(form: dict[str, str], municipality: str) -> None:
    async with pages(Registry()) as browser:
        found = await browser.post("/find", data={"topic": "e-services", **form})
    assert found.headers["location"] == TIMES + municipality


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, ["Choose what you need help with", "Write where you need help, or choose the municipality."]),
        ({"words": "xyz", "municipality": "305"}, ["We did not understand these words."]),
        ({"topic": "e-services", "place": "00001"}, ["We do not know this postal code."]),
        ({"topic": "e-services", "place": "Atlantis"}, ["We do not know this place."]),
        ({"topic": "e-services", "place": "kela"}, ["We do not know this place."]),  # a trouble, and no place
        ({"topic": "e-services", "place": "x"}, ["We do not know this place."]),
        ({"topic": "e-services", "place": "kaikkialla"}, ["Many places are called this."]),
        ({"topic": "e-services", "place": "Kirkonkylä"}, ["Which place do you mean?", 'name="meant" value="564"']),
        ({"topic": "e-services", "place": "Kuusamo", "municipality": "091"}, ['name="meant" value="091"']),
    ],
)
async def test_what_is_missing_on_the_first_page_is_told_and_nothing_is_lost(
    form: dict[str, str], says: list[str]
) -> None:
    async with pages(Registry()) as browser:
        page = await browser.post("/find", params=ENGLISH, data=form)
    assert page.status_code == 422
    for text in says:
        assert text in page.text
    for value in form.values():
        assert f'value="{value}"' in page.text


async def test_a_place_that_cannot_be_looked_up_can_still_be_chosen() -> None:
    def registry(request: httpx2.Request) -> httpx2.Response:
        return registry_lists(request) if not request.url.params.get("named") else problem("unavailable", 503)

    async with pages(registry) as browser:
        page = await browser.post("/find", params=ENGLISH, data={"topic": "e-services", "place": "Kuusamo"})
        chosen = await browser.post("/find", data={"topic": "e-services", "place": "Kuusamo", "municipality": "305"})
    assert "We cannot look up places right now. Choose the municipality from the list." in page.text
    assert chosen.headers["location"] == TIMES + "305"


async def test_an_old_link_with_a_postal_code_has_it_written_already() -> None:
    async with pages(Registry()) as browser:
        page = (await browser.get("/", params={"postal_code": "93600"})).text
    assert 'name="place" maxlength="100" autocomplete="off" value="93600"' in page
