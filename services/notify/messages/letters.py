"""A message in words, made from what the keeper of the facts answers."""

from dataclasses import dataclass

from services.notify.domain.kinds import Kind
from services.notify.messages import texts
from services.notify.messages.calendars import calendar_of
from services.notify.messages.wording import date_in_words, place_in_words, time_in_words
from shared.languages import DEFAULT, Language
from shared.plain_text import on_one_line, without_controls
from shared.schemas.booking import EntryRecipient, FormerRecipient, LostLinkRecipient, Recipient, TimeToCome
from shared.schemas.people import GrantMessage, SignInMessage, SignInWarning
from shared.schemas.providers import ConsentMessage
from shared.visit_calendars import Method

# What these say is over, or not certain yet, so their texts are short and have no details to keep.
BRIEF: frozenset[Kind] = frozenset({"cancelled", "displaced", "offered", "verification"})
# A reminder repeats what the calendar has already; what is offered or to be verified is not an appointment yet.
WITHOUT_CALENDAR: frozenset[Kind] = frozenset({"reminder", "offered", "verification"})
TAKES_AWAY: frozenset[Kind] = frozenset({"cancelled", "displaced"})
GRANTS_PAGE = "/grants"


@dataclass(frozen=True)
class Letter:
    """A message in words: `short` where letters are few, `text` elsewhere."""

    subject: str
    short: str
    text: str
    calendar: bytes | None = None
    method: Method = "PUBLISH"


def sign_in(message: SignInMessage) -> Letter:
    """Return the letter with a sign-in code."""
    say = texts.texts_in(message.language).gettext
    text = say(texts.SHORT["sign_in"]).format(code=message.code)
    return Letter(say(texts.SUBJECTS["sign_in"]).format(code=message.code), text, text)


def sign_in_warning(warning: SignInWarning) -> Letter:
    """Return the letter to somebody as whom another tries to sign in."""
    say = texts.texts_in(warning.language).gettext
    text = say(texts.SHORT["sign_in_warning"])
    return Letter(say(texts.SUBJECTS["sign_in_warning"]), text, text)


def replaced(former: FormerRecipient) -> Letter:
    """Return the letter to a citizen's former contact, which may be a stranger's: it says nothing of the visit."""
    say = texts.texts_in(former.language).gettext
    text = say(texts.REPLACED)
    return Letter(say(texts.SUBJECTS["replaced"]), text, text)


def lost_link(found: LostLinkRecipient) -> Letter:
    """Return the letter with the links that somebody has lost, a line for each, and the code for who can open none."""
    say = texts.texts_in(found.language).gettext
    links = "\n".join(_link(each, found.zone, found.language) for each in found.items)
    text = say(texts.SHORT["lost_link"]).format(links=links, code=found.code)
    return Letter(say(texts.SUBJECTS["lost_link"]), text, text)


def _link(item: TimeToCome, zone: str, language: Language) -> str:
    say = texts.texts_in(language).gettext
    if item.kind == "appointment" and item.start is None:
        return say(texts.DISCREET_LINK).format(url=item.manage_url)
    when = time_in_words(item.start, zone, language) if item.start else ""
    return say(texts.LINKS.get(item.state, texts.LINK)).format(when=when, url=item.manage_url)


def joined(waiting: EntryRecipient) -> Letter:
    """Return the letter to somebody who has joined the waitlist."""
    say, language = texts.texts_in(waiting.language).gettext, waiting.language
    until = date_in_words(waiting.until, language)
    if waiting.non_disclosure:
        text = say(texts.DISCREET_JOINED).format(url=waiting.manage_url)
        return Letter(say(texts.DISCREET_SUBJECT), text, text)
    short = say(texts.JOINED).format(until=until, url=waiting.manage_url)
    text = say(texts.JOINED_DETAILS).format(until=until, url=waiting.manage_url)
    return Letter(say(texts.SUBJECTS["joined"]), short, text)


def budget(region: str | None) -> Letter:
    """Return the letter to the operator that more is sent than was expected in a region."""
    say = texts.texts_in(DEFAULT).gettext
    text = say(texts.SHORT["budget"])
    return Letter(say(texts.SUBJECTS["budget"]).format(region=region or "-"), text, text)


def region_budget(language: Language) -> Letter:
    """Return the same to a coordinator of the region."""
    say = texts.texts_in(language).gettext
    text = say(texts.SHORT["region_budget"])
    return Letter(say(texts.SUBJECTS["region_budget"]), text, text)


def grant(message: GrantMessage, pages: str) -> Letter:
    """Return the letter about a role or scope that takes a second person; `pages` is the public address, where it is
    confirmed."""
    say = texts.texts_in(message.language).gettext
    given = texts.GIVEN.get(message.given)
    name = message.organisation
    words = {
        "where": on_one_line(name.best(message.language)) if name else say(texts.WHOLE_REGION),
        "account": on_one_line(message.account),
        "given": say(given) if given else message.given,
        "url": f"{pages.rstrip('/')}{GRANTS_PAGE}",
    }
    text = say(texts.GRANTS[message.about]).format(**words)
    return Letter(say(texts.SUBJECTS["grant"]).format(**words), text, text)


def consent(message: ConsentMessage) -> Letter:
    """Return the letter to who can give a consent, or to who has asked for one and has the answer."""
    say = texts.texts_in(message.language).gettext
    words = {
        "place": on_one_line(message.place.best(message.language)),
        "guest": on_one_line(message.guest.best(message.language)),
    }
    text = say(texts.CONSENTS[message.status]).format(**words)
    return Letter(say(texts.SUBJECTS["consent"]).format(**words), text, text)


def about(kind: Kind, recipient: Recipient, sender: str) -> Letter:
    """Return the letter about an appointment or an offered time; `sender` is the organiser in its calendar."""
    say = texts.texts_in(recipient.language).gettext
    if recipient.non_disclosure:
        sentence = texts.DISCREET_ERASED if recipient.erased else texts.DISCREET[kind]
        text = say(sentence).format(url=recipient.manage_url, code=recipient.code or "")
        return Letter(say(texts.DISCREET_SUBJECT), text, text)
    words = _words(recipient)
    subject = say(texts.SUBJECTS[kind]).format(**words)
    short = say(texts.ERASED if recipient.erased else texts.SHORT[kind]).format(**words)
    text = short
    if kind not in BRIEF:
        text = f"{say(texts.OPENINGS[kind])}\n\n{say(texts.DETAILS).format(**words)}\n"
    if kind in WITHOUT_CALENDAR:
        return Letter(subject, short, text)
    method: Method = "CANCEL" if kind in TAKES_AWAY else "PUBLISH"
    return Letter(subject, short, text, calendar_of(recipient, sender, method, text), method)


def _words(recipient: Recipient) -> dict[str, str]:
    """Return what the holes of the sentences are filled with."""
    say, language = texts.texts_in(recipient.language).gettext, recipient.language
    expires = recipient.expires
    return {
        "when": time_in_words(recipient.start, recipient.zone, language),
        "where": place_in_words(recipient),
        "tutor": on_one_line(recipient.tutor_name),
        "word": recipient.code_word,
        "url": recipient.manage_url,
        "code": recipient.code or "",
        "expires": time_in_words(expires, recipient.zone, language) if expires else "",
        "bring": _bring(recipient) or say(texts.NOTHING_TO_BRING),
    }


def _bring(recipient: Recipient) -> str | None:
    """Return what the organisation wants brought to its place; elsewhere nobody needs to bring anything."""
    if recipient.bring is None or recipient.channel != "on_site":
        return None
    return without_controls(recipient.bring.best(recipient.language))
