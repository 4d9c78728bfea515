"""The sentences of messages in English; those of other languages are in `locale/`.

An SMS keeps to the letters of GSM 03.38, so that two parts carry it. A test holds every translation to it, too.
"""

import gettext
from pathlib import Path

from services.notify.domain.kinds import Kind
from shared.languages import Language
from shared.schemas.people import AboutGrant
from shared.schemas.providers import ConsentStatus
from shared.texts import catalogue, marked

LOCALE = Path(__file__).parents[1] / "locale"

SUBJECTS: dict[Kind, str] = {
    "verification": marked("The code for your booking: {code}"),
    "confirmation": marked("Your time is booked: {when}"),
    "moved": marked("Your time was moved: {when}"),
    "reassigned": marked("Your helper has changed: {when}"),
    "displaced": marked("Please choose another time"),
    "joined": marked("You are in the queue for digital help"),
    "offered": marked("A time is free for you: {when}"),
    "lost_link": marked("Your links for digital help"),
    "cancelled": marked("Your time was cancelled: {when}"),
    "replaced": marked("Your contact details were changed"),
    "reminder": marked("Reminder: {when}"),
    "sign_in": marked("Your sign-in code: {code}"),
    "sign_in_warning": marked("Somebody tried to sign in as you"),
    "budget": marked("Vuoro: more SMS than the budget has, region {region}"),
    "region_budget": marked("Vuoro: more SMS than your region's budget has"),
    "grant": marked("Roles and access: {where}"),
    "consent": marked("Helpers of {guest} at {place}"),
}
SHORT: dict[Kind, str] = {
    "verification": marked(
        "{code} is the code for your booking. Type it here within half an hour: {url} If you did not book, do nothing."
    ),
    "confirmation": marked(
        "Booked: {when}, {where}, with {tutor}. The helper first says the word {word}. Change or cancel: {url}"
    ),
    "moved": marked(
        "Moved: {when}, {where}, with {tutor}. The helper first says the word {word}. Change or cancel: {url}"
    ),
    "reassigned": marked(
        "Your helper has changed. As before: {when}, {where}, now with {tutor}. "
        "The helper first says the word {word}. Change or cancel: {url}"
    ),
    "displaced": marked("Your helper cannot come on {when}. We are sorry. Please choose another time: {url}"),
    "offered": marked("A time is free for you: {when}, {where}. It is kept until {expires}. Take it here: {url}"),
    "lost_link": marked(
        "Your links for digital help:\n{links}\nThe code for the page where you asked: {code}. Never tell it to "
        "anybody. If you did not ask, do nothing."
    ),
    "cancelled": marked("Cancelled: {when}, {where}. You are welcome to book a new time."),
    "reminder": marked(
        "Reminder: {when}, {where}, with {tutor}. The helper first says the word {word}. Change or cancel: {url}"
    ),
    "sign_in": marked("{code} is your sign-in code. It is valid for ten minutes. Never tell it to anybody."),
    "sign_in_warning": marked(
        "Somebody typed wrong codes to sign in as you. Nobody got in. If it was not you, tell your coordinator, and "
        "never tell a code to anybody."
    ),
    "budget": marked(
        "More SMS have been sent today or this month than the budget of the region has (VUORO_NOTIFY_SMS_BUDGETS, "
        "_SMS_PER_DAY, _SMS_PER_MONTH). They go on being sent. If it is not a busy time, somebody may be misusing the "
        "pages: look for the status 429 in the log of booking."
    ),
    "region_budget": marked(
        "More SMS have been sent today or this month than the budget of your region has. They go on being sent, and "
        "whoever runs the service knows. If it is not a busy time, somebody may be misusing the pages."
    ),
}
# Of an appointment that may not be disclosed: neither when, nor where, nor with whom. The page behind the link says it.
DISCREET_SUBJECT = marked("Your time for digital help")
DISCREET: dict[Kind, str] = {
    "verification": SHORT["verification"],
    "confirmation": marked("Your time for digital help is booked. When and where: {url}"),
    "moved": marked("Your time for digital help was moved. When and where: {url}"),
    "reassigned": marked("Your digital helper has changed. See who helps you: {url}"),
    "displaced": marked("Your time for digital help has to be changed. We are sorry. Please choose another: {url}"),
    "offered": marked("A time for digital help is free for you. See it and take it here: {url}"),
    "cancelled": marked("Your time for digital help was cancelled. You are welcome to book a new one."),
    "reminder": marked("This is a reminder of your time for digital help. When and where: {url}"),
}
# What a lost link leads to, by the state of that. Of what may not be disclosed, when is not known here.
LINKS = {
    "held": marked("{when}, waits for a code: {url}"),
    "displaced": marked("Please choose another time: {url}"),
    "waiting": marked("Your place in the queue: {url}"),
    "offered": marked("A time is free for you: {url}"),
}
LINK = "{when}: {url}"
DISCREET_LINK = marked("Your time: {url}")
ERASED = marked("Cancelled: {when}, {where}. Your details have been erased. You are welcome to book a new time.")
DISCREET_ERASED = marked("Your time for digital help was cancelled, and your details have been erased.")
REPLACED = marked(
    "The contact details of a time for digital help were changed. You get no more messages here. "
    "If you did not ask for this, call the place where you booked."
)
JOINED = marked(
    "You are in the queue for digital help until {until}. When a time becomes available, we write to you. "
    "See or leave: {url}"
)
JOINED_DETAILS = marked(
    """You are in the queue for digital help until {until}.

When a time becomes available, we write to you. We keep it for you for a while. Take it with the link in that message.

Here you see your place in the queue. You can also correct your details or leave the queue there:
{url}
"""
)
DISCREET_JOINED = marked("You are in the queue for digital help. See your place or leave: {url}")
GRANTS: dict[AboutGrant, str] = {
    "pending": marked(
        "{where}: {account} is to have the role {given}. A second person must confirm it within 14 days: {url} If it "
        "was not agreed, refuse it there."
    ),
    "confirmed": marked(
        "{where}: {account} now has the role {given}. If it was not agreed, tell a coordinator of your region at once."
    ),
}
WHOLE_REGION = marked("The whole region")
CONSENTS: dict[ConsentStatus, str] = {
    "asked": marked(
        "{guest} asks whether its helpers may help at {place}. Once is enough for all their hours. Answer in Vuoro, or "
        "ask your region's coordinator to."
    ),
    "allowed": marked("Helpers of {guest} may help at {place} now. Add your hours there in Vuoro."),
    "withdrawn": marked("Helpers of {guest} may not help at {place}. Talk to the place, or to your coordinator."),
}
GIVEN = {
    "coordinator": marked("coordinator (gives roles)"),
    "sub_coordinator": marked("coordinator of a sub-region (gives roles)"),
    "manager": marked("manager of the organisation (gives roles)"),
    "staff": marked("service-point staff (sees citizens' details)"),
    "tutor": marked("helper (sees the details of their own citizens)"),
    "appointments:read": marked("system that reads appointments (sees citizens' details)"),
}
OPENINGS: dict[Kind, str] = {
    "confirmation": marked("Your time is booked."),
    "moved": marked("Your time was moved. This is the new time."),
    "reassigned": marked("Your helper has changed. The time and the place are as before."),
    "reminder": marked("This is a reminder of your time."),
}
DETAILS = marked(
    """When: {when}
Where: {where}
With: {tutor}
What to bring: {bring}

The helper first says the word {word}. Anyone who does not know this word is not your helper.
You sign in yourself. Never tell or show your codes to anybody.

Change or cancel: {url}"""
)
NOTHING_TO_BRING = marked("the device that you need help with")
ON_SITE = "{name}, {address}"
BY_PHONE = marked("by phone, the helper calls you")
BY_VIDEO = marked("by video, the helper sends you a link")
AT_HOME = marked("at your home")
SUMMARY = marked("Digital help with {tutor}")


def texts_in(language: Language) -> gettext.NullTranslations:
    """Return the catalogue of messages in `language`."""
    return catalogue(LOCALE, language)
