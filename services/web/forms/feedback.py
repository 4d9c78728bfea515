"""The form by which a citizen says how their visit went."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from pydantic import ValidationError

from services.web.forms.findings import UNUSABLE
from services.web.language import translate
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.texts import marked

YES, NO = "yes", "no"
# From the best to the worst, as people read them.
MET_NEED = {
    "5": marked("Yes, fully"),
    "4": marked("Mostly"),
    "3": marked("Partly"),
    "2": marked("Only a little"),
    "1": marked("Not at all"),
}
RECOMMENDS = {YES: marked("Yes"), NO: marked("No")}
CHOOSE_ONE = marked("Choose one of the answers.")


@dataclass
class FeedbackForm:
    """The form as it is sent, or as it is drawn."""

    met_need: Annotated[str, Form()] = ""
    recommends: Annotated[str, Form()] = ""
    words: Annotated[str, Form()] = ""
    do: Annotated[str, Form()] = ""  # "language": shown again in another one


def said_before(said: wire.Feedback | None) -> FeedbackForm:
    """Return the form with what was said before; empty when nothing was."""
    if said is None:
        return FeedbackForm()
    return FeedbackForm(str(said.met_need), YES if said.recommends else NO, said.words or "")


def missing_answers(request: Request, form: FeedbackForm) -> dict[str, str]:
    """Return what must still be answered, by the names of fields."""
    given = {"met_need": form.met_need in MET_NEED, "recommends": form.recommends in RECOMMENDS}
    return {name: translate(request, CHOOSE_ONE) for name, is_given in given.items() if not is_given}


def feedback_input(form: FeedbackForm) -> wire.FeedbackInput:
    """Return what the citizen says; raises ValidationError. A line break counts once, though forms send two letters."""
    words = form.words.replace("\r\n", "\n").strip()
    return wire.FeedbackInput(met_need=int(form.met_need), recommends=form.recommends == YES, words=words or None)


def unusable_words(request: Request, _error: ValidationError) -> dict[str, str]:
    """Return that the words cannot be sent to booking at all."""
    return {"words": translate(request, UNUSABLE)}


def refused_feedback(refused: Refused) -> dict[str, str]:
    """Return why booking refused, which is of what was written or of all."""
    problem = refused.problem
    return {"words": problem.detail or problem.title}
