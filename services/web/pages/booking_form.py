"""The form that books a time that is kept, as it is shown: filled in so far, and with what it says of that."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.forms.booking import Details
from services.web.forms.findings import is_gone, refused_fields
from services.web.forms.search import Search
from services.web.forms.typed import AskedBack
from services.web.language import page_language
from services.web.pages.earlier_times import EarlierTime
from services.web.spoken import is_at_desk
from services.web.state import catalogue_of
from shared.clients import Refused
from shared.clients.base import read
from shared.schemas import booking as wire

NOTHING_ASKED = AskedBack()
# Of a hold that is one no more: it has been booked, or given back.
NO_HOLD = "wrong-state"


@dataclass(frozen=True)
class Said:
    """What the form says to what was sent: what is wrong, by fields, and its HTTP status; other times where this one is
    gone; what is asked back; and a time that the same person has already."""

    errors: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    others: Sequence[wire.Slot] = ()
    asked: AskedBack = NOTHING_ASKED
    earlier: EarlierTime | None = None

    @classmethod
    def of(cls, refused: Refused) -> "Said":
        """Return what is said when booking refused."""
        status = refused.problem.status
        if not is_gone(refused):
            return cls(refused_fields(refused), status)
        offered = [read(wire.Slot, each) for each in (refused.problem.model_extra or {})["alternatives"]]
        return cls({"form": view.in_one_line(refused.problem)}, status, others=offered)


NOTHING = Said()


def is_kept(kept: wire.Hold) -> bool:
    """Whether a time is still nobody else's."""
    return kept.expires is None or kept.expires > dt.datetime.now(dt.UTC)


def form_path(kept: wire.Hold) -> str:
    """Return the path of the form that books a time that is kept."""
    return f"/book/{kept.id}/{kept.manage_token}"


async def form_page(
    request: Request, kept: wire.Hold, details: Details, said: Said = NOTHING, *, slot: str | None = None
) -> Response:
    """Return the form; `slot` is what is kept when that is another than the address says."""
    search = Search.of(request.query_params)
    query = search.with_slot(slot or request.query_params.get("slot", ""))
    action = form_path(kept)
    return view.page(
        request,
        "book.html",
        said.status,
        here=f"{action}?{query}",
        kept=kept,
        topic=await catalogue_of(request).topic(kept.topic),
        action=action,
        query=query,
        details=details,
        said=said,
        speaks=is_at_desk(request) or not kept.languages or page_language(request) in kept.languages,
        in_my_language=urlencode(replace(search, language=page_language(request), date=None, day=None).pairs()),
        is_kept=is_kept(kept),
    )
