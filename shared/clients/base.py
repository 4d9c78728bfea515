"""What the clients share: one private call, and how a refusal is raised."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

import httpx2
from pydantic import BaseModel, ValidationError

from shared.keys import SigningKey
from shared.languages import DEFAULT, Language
from shared.problems import Unavailable
from shared.schemas.common import CloudEvent, ProblemDocument

Method = Literal["GET", "POST", "PUT", "DELETE"]
Item = TypeVar("Item", covariant=True)
Read = TypeVar("Read", covariant=True)


class Paged(Protocol[Item]):
    """A part of a list; `next` says where the following one begins."""

    @property
    def items(self) -> Sequence[Item]: ...

    @property
    def next(self) -> object: ...


class Refused(Exception):
    """The other service answered with a problem."""

    def __init__(self, problem: ProblemDocument) -> None:
        super().__init__(problem.type)
        self.problem = problem

    def is_(self, slug: str) -> bool:
        """Whether the problem is the one called `slug`."""
        return self.problem.type.endswith(f":{slug}")


class Client:
    """Calls a service for whoever a token or a key says. Raises Refused with its problem, Unavailable for no answer."""

    _service: str
    """Which one it calls."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        base_url: str,
        *,
        token: str | None = None,
        key: SigningKey | None = None,
        language: Language = DEFAULT,
        address: str | None = None,
    ) -> None:
        self._http, self._base, self._token, self._key, self._language = http, base_url, token, key, language
        self._address = address

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {"Accept-Language": self._language}
        if self._address is not None:  # on whose behalf the pages ask, so that limits and the audit log see them
            headers["X-Forwarded-For"] = self._address
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key.sign_call(self._service)}"
        elif self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    async def _call(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: BaseModel | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        wait_seconds: float = 0,
        patience: float = 10,
    ) -> Any:
        try:
            response = await self._http.request(
                method,
                f"{self._base}{path}",
                params={key: value for key, value in (query or {}).items() if value is not None},
                content=body.model_dump_json(by_alias=True) if body is not None else None,
                data=form,
                headers={
                    **self._headers(),
                    **({"Content-Type": "application/json"} if body is not None else {}),
                    **(headers or {}),
                },
                timeout=httpx2.Timeout(patience + wait_seconds, connect=2),
            )
        except httpx2.HTTPError:
            raise Unavailable from None
        if response.status_code >= 400:
            raise _refusal(response)
        return response.json() if response.content else None

    async def _every(self, path: str, model: "Readable[Paged[Item]]", **query: object) -> list[Item]:
        """Return the items of a list's pages, of all of them."""
        found: list[Item] = []
        after: object = None
        while True:
            page = read(model, await self._call("GET", path, query={**query, "after": after}))
            found += page.items
            if page.next is None:
                return found
            after = page.next


class Readable(Protocol[Read]):
    """A model of an answer."""

    def model_validate(self, obj: Any, *, extra: Literal["ignore"]) -> Read: ...


def read(model: Readable[Read], answer: object) -> Read:
    """Return an answer as far as it is known here: while services are brought up to a version one by one, one of a
    later version may say more."""
    return model.model_validate(answer, extra="ignore")


def if_match(version: int | None) -> dict[str, str]:
    """Return the header of a change that is for that version of a record alone; none for any."""
    return {} if version is None else {"If-Match": f'"{version}"'}


def _refusal(response: httpx2.Response) -> Exception:
    try:
        problem = ProblemDocument.model_validate_json(response.content)
    except ValidationError:
        return Unavailable()
    return Unavailable() if response.status_code >= 500 else Refused(problem)


class FeedClient(Client):
    """Reads a service's feed, whose address is `_events`."""

    _events: str

    async def events(self, last_event_id: uuid.UUID | None, wait_seconds: int) -> list[CloudEvent]:
        """Return the next events after `last_event_id`, waiting up to `wait_seconds` for one."""
        query = {"lastEventId": last_event_id, "timeout": wait_seconds}
        batch = await self._call("GET", self._events, query=query, wait_seconds=wait_seconds)
        return [CloudEvent.model_validate(event) for event in batch]
