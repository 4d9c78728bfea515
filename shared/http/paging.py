"""The next page of a list, as a link (RFC 8288), beside its `next` in the body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Request, Response


class Page(Protocol):
    """A part of a list, and where the next part begins."""

    next: str | None


Listed = TypeVar("Listed", bound=Page)


def next_link(request: Request, **following: str | None) -> Mapping[str, str]:
    """Return the header that leads on from a request: to its own address, with the parameters of `following`; none
    when there is nothing to go on with."""
    if None in following.values():
        return {}
    url = request.url.include_query_params(**following)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}


@dataclass(frozen=True)
class Linker:
    """Puts the link on the answer of a request."""

    request: Request
    response: Response

    def __call__(self, page: Listed) -> Listed:
        """Return a page of a list. Its answer has the link, unless it is the last one."""
        self.response.headers.update(next_link(self.request, after=page.next))
        return page


async def _linker(request: Request, response: Response) -> Linker:
    return Linker(request, response)


Linked = Annotated[Linker, Depends(_linker)]
