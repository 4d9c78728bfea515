"""What citizens receive."""

import datetime as dt
from uuid import UUID

import pytest
from icalendar import Calendar

from services.notify.domain.kinds import INTERNAL, Kind
from services.notify.messages import letters, texts
from services.notify.messages.wording import place_in_words, time_in_words
from shared.languages import LANGUAGES, Language
from shared.schemas.booking import EntryRecipient, FormerRecipient, LostLinkRecipient, PlaceName, Recipient
from shared.schemas.common import Channel, LocalisedText
from shared.schemas.people import AboutGrant, GrantMessage
from shared.schemas.providers import ConsentMessage, ConsentStatus

START = dt.datetime(2027, 3, 28, 10, tzinfo=dt.timezone(dt.timedelta(hours=3)))
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


def recipient(language: Language = "fi", **changed: object) -> Recipient:
    whole = Recipient(
        appointment_id=UUID(int=7),
        state="booked",
        sequence=2,
        start=START,
        end=START + dt.timedelta(minutes=30),
        zone="Europe/Helsinki",
        channel="on_site",
        tutor_name="Åsa",
        place=PlaceName(name=LocalisedText(fi="Kuusamon kirjasto"), address="Tie 1, 93600 Kuusamo"),
        bring=None,
        code_word="kuikka",
        manage_url="https://vuoro.example/a/2Jl8Z7qGUi9cil3dZOhLtQ",
        language=language,
        phone="+35840685404",
        email="aili@example.fi",
    )
    return whole.model_copy(update=changed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["confirmation", "moved", "reminder"])
def test_a_message_says_when_where_with_whom_and_the_code_word(kind: Kind, language: Language) -> None:
    letter = letters.about(kind, recipient(language), "digituki@vuoro.example")
    for text in (letter.short, letter.text):
        for part in ("28", "10", "Kuusamon kirjasto", "Åsa", "kuikka", "https://vuoro.example/a/"):
            assert part in text


@pytest.mark.parametrize(("channel", "brought"), [("on_site", True), ("phone", False), ("video", False)])
def test_nobody_is_to_bring_a_charger_to_a_call(channel: Channel, brought: bool) -> None:
    own = recipient(channel=channel, bring=LocalisedText(fi="Laite ja laturi"))
    text = letters.about("confirmation", own, "digituki@vuoro.example").text
    assert ("Laite ja laturi" in text) == brought
    assert "Kirjaudut aina itse." in text


@pytest.mark.parametrize("kind", ["confirmation", "moved", "reminder", "offered", "cancelled"])
def test_who_speaks_swedish_is_sent_to_the_street_by_its_swedish_name(kind: Kind) -> None:
    place = PlaceName(name=LocalisedText(fi="Kirjasto"), address="Isokatu 1", address_sv="Storgatan 1")
    said = {
        language: letters.about(kind, recipient(language, place=place, expires=START), "digituki@vuoro.example")
        for language in LANGUAGES
    }
    for language, letter in said.items():
        own, other = ("Storgatan 1", "Isokatu 1") if language == "sv" else ("Isokatu 1", "Storgatan 1")
        assert own in letter.short
        assert other not in letter.short + letter.text + (letter.calendar or b"").decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_street_with_one_name_has_it_in_every_language(language: Language) -> None:
    assert place_in_words(recipient(language)) == "Kuusamon kirjasto, Tie 1, 93600 Kuusamo"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(texts.SHORT.keys() - INTERNAL))
def test_what_may_not_be_disclosed_is_in_no_message(kind: Kind, language: Language) -> None:
    # Booking leaves out what it can; here all of it is given, and still nothing is said.
    letter = letters.about(kind, recipient(language, non_disclosure=True, expires=START), "digituki@vuoro.example")
    assert letter.calendar is None
    for text in (letter.subject, letter.short, letter.text):
        for part in ("28", "10.00", "10:00", "2027", "Kuusamon", "Åsa", "kuikka"):
            assert part not in text.replace("https://vuoro.example/a/2Jl8Z7qGUi9cil3dZOhLtQ", "")
    assert set(letter.short) <= GSM
    assert len(letter.short) <= 160


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["confirmation", "moved", "reminder", "cancelled"])
def test_an_sms_keeps_to_two_parts_of_plain_letters(kind: Kind, language: Language) -> None:
    short = letters.about(kind, recipient(language), "digituki@vuoro.example").short
    assert set(short) <= GSM
    assert len(short) <= 306


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_was_erased_is_told_so_in_an_sms_too(language: Language) -> None:
    told = letters.about("cancelled", recipient(language, erased=True), "digituki@vuoro.example")
    plain = letters.about("cancelled", recipient(language), "digituki@vuoro.example")
    assert told.short != plain.short
    assert set(told.short) <= GSM
    assert len(told.short) <= 306
    assert told.method == "CANCEL"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["reassigned", "displaced", "offered"])
def test_news_of_the_tutor_or_of_a_free_time_leads_to_the_page(kind: Kind, language: Language) -> None:
    letter = letters.about(kind, recipient(language, expires=START - dt.timedelta(hours=2)), "digituki@vuoro.example")
    for text in (letter.short, letter.text):
        assert "28" in text
        assert "https://vuoro.example/a/" in text


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("confirmation", "PUBLISH"),
        ("moved", "PUBLISH"),
        ("reassigned", "PUBLISH"),
        ("displaced", "CANCEL"),
        ("cancelled", "CANCEL"),
        ("reminder", None),
        ("offered", None),
    ],
)
def test_what_changes_the_citizens_calendar(kind: Kind, method: str | None) -> None:
    letter = letters.about(kind, recipient(), "digituki@vuoro.example")
    assert (letter.method if letter.calendar else None) == method


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "su 28.3.2027 klo 10.00"), ("sv", "sön 28.3.2027 kl. 10.00"), ("en", "Sun 28 March 2027 at 10:00")],
)
def test_a_time_is_said_as_the_language_says_it_in_the_zone_of_the_place(language: Language, words: str) -> None:
    assert time_in_words(START.astimezone(dt.UTC), "Europe/Helsinki", language) == words


def test_a_minute_has_two_digits_and_an_hour_as_many_as_the_language_wants() -> None:
    early = START.replace(hour=9, minute=5)
    assert time_in_words(early, "Europe/Helsinki", "fi").endswith("klo 9.05")
    assert time_in_words(early, "Europe/Helsinki", "en").endswith("at 09:05")


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("phone", "puhelimitse, auttaja soittaa sinulle"),
        ("video", "videolla, auttaja lähettää sinulle linkin"),
        ("home", "kotonasi"),
    ],
)
def test_a_visit_without_a_place_says_how_the_tutor_comes(channel: Channel, words: str) -> None:
    assert place_in_words(recipient(channel=channel, place=None)) == words


def test_the_calendar_attachment_is_one_that_calendars_accept() -> None:
    letter = letters.about("moved", recipient(), "digituki@vuoro.example")
    assert letter.calendar is not None
    assert all(len(line) <= 75 for line in letter.calendar.split(b"\r\n"))
    calendar = Calendar.from_ical(letter.calendar)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert event.decoded("dtstart") == START
    assert event["UID"] == "00000000-0000-0000-0000-000000000007@vuoro"
    assert event["SEQUENCE"] == 2
    assert not event.errors


def test_a_cancellation_takes_the_event_out_of_the_calendar() -> None:
    letter = letters.about("cancelled", recipient(), "digituki@vuoro.example")
    assert letter.method == "CANCEL"
    assert b"STATUS:CANCELLED" in (letter.calendar or b"")


def test_a_sign_in_code_stands_in_the_subject_and_the_text() -> None:
    from shared.schemas.people import SignInMessage

    letter = letters.sign_in(SignInMessage(language="sv", code="012345", email="a@b.fi"))
    assert "012345" in letter.subject
    assert "012345" in letter.short


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_former_contact_which_may_be_a_strangers_hears_nothing_of_the_visit(language: Language) -> None:
    letter = letters.replaced(FormerRecipient(language=language, phone="+35840685404", email=None))
    assert "http" not in letter.text
    assert set(letter.short) <= GSM
    assert len(letter.short) <= 306


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("about", ["pending", "confirmed"])
@pytest.mark.parametrize("given", [*texts.GIVEN, "a role of a later version"])
def test_an_organisation_is_told_who_is_given_what(given: str, about: AboutGrant, language: Language) -> None:
    name = LocalisedText(fi="Kuusamon digituki")
    letter = letters.grant(
        GrantMessage(language=language, about=about, organisation=name, given=given, account="tiski@example.fi"),
        "https://vuoro.example/",
    )
    assert "Kuusamon digituki" in letter.subject
    for part in ("Kuusamon digituki", "tiski@example.fi"):
        assert part in letter.text
    assert ("14" in letter.text) is (about == "pending")
    assert (" https://vuoro.example/grants " in letter.text) is (about == "pending")
    assert set(letter.short) <= GSM
    assert len(letter.short) <= 306


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["asked", "allowed", "withdrawn"])
def test_a_consent_is_told_with_whose_helpers_and_where(status: ConsentStatus, language: Language) -> None:
    place, guest = LocalisedText(fi="Kuusamon kirjasto"), LocalisedText(fi="Digiapu ry")
    letter = letters.consent(ConsentMessage(language=language, status=status, place=place, guest=guest))
    for part in ("Kuusamon kirjasto", "Digiapu ry"):
        assert part in letter.subject
        assert part in letter.text
    assert set(letter.short) <= GSM
    assert len(letter.short) <= 306


KEY = "2Jl8Z7qGUi9cil3dZOhLtQ"


def lost(language: Language, *states: str, disclosed: bool = True) -> LostLinkRecipient:
    """Lost links to appointments and entries in these states."""
    items = [
        {
            "kind": "waitlist_entry" if state in {"waiting", "offered"} else "appointment",
            "id": UUID(int=number),
            "state": state,
            "start": START + dt.timedelta(days=number) if disclosed and state not in {"waiting", "offered"} else None,
            "manage_url": f"https://vuoro.example/{number}/{KEY}",
        }
        for number, state in enumerate(states)
    ]
    told = {"code": "012345", "zone": "Europe/Helsinki", "region": "17", "phone": "+35840685404", "email": None}
    return LostLinkRecipient.model_validate(told | {"items": items, "language": language})


@pytest.mark.parametrize("language", LANGUAGES)
def test_lost_links_are_told_with_when_and_with_the_code(language: Language) -> None:
    letter = letters.lost_link(lost(language, "booked", "displaced", "held", "waiting", "offered"))
    for number in range(5):
        assert f"https://vuoro.example/{number}/{KEY}" in letter.short
    for said in ("28", "30", "012345"):
        assert said in letter.short
    assert "29" not in letter.short  # the time of who is to choose another is not theirs any more
    assert letter.text == letter.short
    assert set(letter.short) <= GSM
    assert len(letter.short) <= 4 * 153


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_lost_link_and_its_code_fit_into_two_parts(language: Language) -> None:
    assert len(letters.lost_link(lost(language, "booked")).short) <= 306


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["booked", "held", "displaced"])
def test_of_lost_links_that_may_not_be_disclosed_nothing_is_told_but_the_link(state: str, language: Language) -> None:
    letter = letters.lost_link(lost(language, state, disclosed=False))
    words = letter.short.replace(KEY, "").replace("012345", "")
    for said in ("28", "10.00", "10:00", "2027"):
        assert said not in words
    assert letter.short.count("https://") == 1


def waiting(language: Language, **changed: object) -> EntryRecipient:
    whole = EntryRecipient(
        state="waiting",
        until=dt.date(2027, 11, 24),
        manage_url="https://digituki.pohjois-pohjanmaa.fi/w/2Jl8Z7qGUi9cil3dZOhLtQ",
        language=language,
        phone="+35840685404",
        email="aili@example.fi",
    )
    return whole.model_copy(update=changed)


@pytest.mark.parametrize(("language", "parts"), [("fi", 1), ("sv", 2), ("en", 2)])
def test_who_joins_the_waitlist_is_told_until_when_and_has_the_link(language: Language, parts: int) -> None:
    letter = letters.joined(waiting(language))
    for text in (letter.short, letter.text):
        assert "24" in text
        assert "https://digituki.pohjois-pohjanmaa.fi/w/2Jl8Z7qGUi9cil3dZOhLtQ" in text
    assert letter.calendar is None
    assert set(letter.short) <= GSM
    assert len(letter.short) <= (160 if parts == 1 else 306)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_whom_nothing_may_be_disclosed_is_told_nothing_but_the_link(language: Language) -> None:
    letter = letters.joined(waiting(language, non_disclosure=True))
    for text in (letter.subject, letter.short, letter.text):
        for part in ("24", "2027"):
            assert part not in text
    assert set(letter.short) <= GSM
    assert len(letter.short) <= 160
