"""The page of a waitlist entry, which the link in the citizen's message opens."""

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import local_today
from services.web.spoken import spoken_by
from services.web.state import catalogue_of, settings_of
from shared import contacts
from shared.clients import Refused

AT_HOME = frozenset({"FI"})  # of whose mobile numbers SMS go to, unless the installation says otherwise


async def entry_page(request: Request, token: str, refused: Refused | None = None, *, left: bool = False) -> Response:
    """Return the page of an entry as it stands, with what was `refused` of it; a page of its own for a key that opens
    none."""
    try:
        entry = await booking(request).my_entry(token)
    except Refused as none:
        if not none.is_("not-found"):
            raise
        return view.page(request, "waitlist_gone.html", none.problem.status)
    catalogue = catalogue_of(request)
    number = entry.citizen.phone if entry.citizen else None
    return view.page(
        request,
        "waitlist_entry.html",
        refused.problem.status if refused else 200,
        spoken=spoken_by(request, entry.citizen),
        here=f"/w/{token}",
        entry=entry,
        token=token,
        error=refused.problem.detail if refused else None,
        topic=await catalogue.topic(entry.topic),
        municipality=await catalogue.municipality(entry.municipality or ""),
        number=number,
        gets_sms=_gets_sms(number),
        email=entry.citizen.email if entry.citizen else None,
        left=left,
        is_over=entry.until < local_today(settings_of(request)),
    )


def _gets_sms(number: str | None) -> bool:
    return number is not None and contacts.is_mobile(number, AT_HOME)
