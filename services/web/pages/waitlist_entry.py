"""The page of a waitlist entry, which the link in the citizen's message opens."""

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking
from services.web.dates import local_today
from services.web.forms.search import Search
from services.web.sent_to import SentTo, sent_to
from services.web.spoken import spoken_by
from services.web.state import catalogue_of, settings_of
from shared.clients import Refused
from shared.schemas.booking import WaitlistEntry


async def reached(request: Request, entry: WaitlistEntry) -> SentTo:
    """Return where messages about an entry go."""
    if entry.citizen is None:
        return SentTo()
    municipality = await catalogue_of(request).municipality(entry.municipality or "")
    return sent_to(entry.citizen, municipality.region if municipality else "", settings_of(request))


async def entry_page(request: Request, token: str, refused: Refused | None = None, *, left: bool = False) -> Response:
    """Return the page of an entry as it stands, with what was `refused` of it; raises Refused for a key that opens
    none."""
    entry = await booking(request).my_entry(token)
    catalogue = catalogue_of(request)
    return view.page(
        request,
        "waitlist_entry.html",
        refused.problem.status if refused else 200,
        spoken=spoken_by(request, entry.citizen),
        here=f"/w/{token}",
        entry=entry,
        search=Search(entry.topic, entry.municipality or ""),
        token=token,
        error=refused.problem.detail if refused else None,
        topic=await catalogue.topic(entry.topic),
        municipality=await catalogue.municipality(entry.municipality or ""),
        sent_to=await reached(request, entry),
        left=left,
        is_over=entry.until < local_today(settings_of(request)),
    )
