"""What several records have in common."""

from typing import Literal

from shared.schemas.common import Wire

Status = Literal["planned", "active", "ended"]


class Page(Wire):
    """A page of a list; `next` goes into `after` for the following one."""

    next: str | None = None
