"""A walk through states of pages: how each is reached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, Request, Response

from shared.languages import Language
from tests.browser.made import Made
from tests.installation import Installation

WIDTHS = (360, 1280)
SEND = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}"""


@dataclass(frozen=True)
class State:
    """A page in a state: its address, or where a form is sent, with what is made for it in braces (`Made`)."""

    name: str
    path: str
    sent: Mapping[str, str] | None = None
    who: str = ""
    """Who is signed in: a name that the demonstration gives somebody."""
    status: int = 200
    needs: str = ""
    """What must have been made, when the address does not name it."""


@dataclass
class Shown:
    """A state as the browser shows it, and as it was sent."""

    state: State
    page: Page
    source: str


@dataclass
class Walk:
    """A walk through states in one language, each who is signed in in a window of their own."""

    browser: Browser
    installation: Installation
    made: Made
    language: Language
    states: list[State]
    strangers: list[str] = field(default_factory=list)
    """Addresses elsewhere that were asked for."""
    _pages: dict[str, Page] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Shown]:
        for state in self.states:
            try:
                yield self.to(state)
            except Exception as error:
                error.add_note(f"in the state {state.name} ({self.language})")
                raise
        self.close()

    def close(self) -> None:
        """Close its windows."""
        for page in self._pages.values():
            page.context.close()
        self._pages.clear()

    def to(self, state: State) -> Shown:
        """Go to a state, at the width of a phone."""
        if state.needs:
            assert self.made[state.needs]
        page = self._pages.get(state.who) or self._open(state.who)
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        path = state.path.format_map(self.made)
        answer = page.goto(path) if state.sent is None else self._send(page, path, state.sent)
        assert answer is not None
        assert answer.status == state.status, f"{answer.status} and not {state.status}"
        return Shown(state, page, answer.text())

    def _send(self, page: Page, path: str, fields: Mapping[str, str]) -> Response | None:
        origin = "/".join(path.split("/")[:3]) if path.startswith("http") else self.installation.gateway
        if not page.url.startswith(f"{origin}/"):
            page.goto(f"{origin}/accessibility")  # a form is sent from a page of the same site
        filled = {name: value.format_map(self.made) for name, value in fields.items()}
        with page.expect_navigation() as gone:
            page.evaluate(SEND, [path, filled])
        return gone.value

    def _open(self, who: str) -> Page:
        base = self.installation.gateway
        context = self.browser.new_context(base_url=base, locale=f"{self.language}-FI", bypass_csp=True)
        cookies = {"language": self.language} | (self.made.login(who) if who else {})
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        context.on("request", self._note)
        self._pages[who] = context.new_page()
        return self._pages[who]

    def _note(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "blob:", "data:")):
            self.strangers.append(request.url)
