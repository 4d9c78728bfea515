"""The list of a day that a tutor keeps on their phone: which days, and when their browser has to erase it."""

import datetime as dt
import uuid

from fastapi import Request, Response

from services.web.access_token import own_tutor
from services.web.cookies import delete_cookie, read_cookie, set_cookie

DAY = dt.timedelta(days=1)
AHEAD = 7 * DAY
KEEPER_COOKIE, KEEPER_SECONDS = "keeper", (AHEAD + DAY) // dt.timedelta(seconds=1)  # to the end of the last day
EVERYTHING = '"cache", "storage"'  # but the cookies


def may_be_kept(date: dt.date, today: dt.date) -> bool:
    """Return whether a tutor may keep the list of a day."""
    return today <= date <= today + AHEAD


def note_keeper(request: Request, response: Response, tutor: uuid.UUID) -> None:
    """Remember in the browser who keeps something there."""
    set_cookie(request, response, KEEPER_COOKIE, str(tutor), max_age=KEEPER_SECONDS)


def erase_what_is_kept(request: Request, response: Response) -> None:
    """Have the browser erase it, with all that scripts have kept there."""
    response.headers["Clear-Site-Data"] = EVERYTHING
    delete_cookie(request, response, KEEPER_COOKIE)


def erase_what_another_keeps(request: Request, response: Response, access_token: str) -> None:
    """Have it erased when it is not of who has signed in: before any page of theirs is asked for, since without network
    the next one would come from what is kept."""
    keeper = read_cookie(request, KEEPER_COOKIE)
    if keeper is not None and keeper != str(own_tutor(access_token)):
        erase_what_is_kept(request, response)
