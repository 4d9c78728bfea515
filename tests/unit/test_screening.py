"""What must not be written into free text, and what may."""

import random

import pytest
from stdnum import iban

from services.booking.actions.details import checked_citizen
from services.booking.screening import is_number_of_a_person, is_sensitive
from shared.problems import SensitiveText
from shared.schemas.booking import Citizen


@pytest.mark.parametrize(
    "text",
    [
        "hetu on 131052-308T",
        "010594Y9021",  # the separators of 2023
        "synt. 020202a123b kiitos",
        "tilini FI21 1234 5600 0007 85 on tyhjä",
        "kortti 4539 1488 0343 6467",
        "salasana: kissa123",
        "lösenordet är hemligt1",
        "my password is hunter2",
        "tunnusluku 4711 on 0815",
        "PIN: 1234",
        "pankkitunnukset 12345678",
        "4539 1488 0343 6467 12/28 123",
        "131052308T",  # without its sign
        "hetuni131052-308T kiitos",
        "hetu:131052-308Tkiitos",
        "1 3 1 0 5 2 - 3 0 8 T",
        "13.10.52-308T",
        "131052 – 308T",  # an en dash
        "131052\u2212308T",  # a minus
        "131052\u2011308T",  # a dash that does not break
        "1310\u200b52-30\u200d8T",  # letters that nobody sees
        "１３１０５２－３０８Ｔ",  # as wide as a character of Chinese
        "١٣١٠٥٢-٣٠٨T",  # digits of another script
        "tilini on FI21-1234-5600-0007-85",
        "FI21.1234.5600.0007.85",
        "tiliFI2112345600000785kiitos",
        "F I 2 1 1 2 3 4 5 6 0 0 0 0 0 7 8 5",
        "kortti 4539-1488-0343-6467",
        "kortti 4539.1488.0343.6467",
        "4539148803436467",
        *(f"131052{sign}308T" for sign in "*|~;'()\\\u2043\u02d7\u30fc"),  # whatever stands between
        *(
            f"1310{unseen}52-308T" for unseen in "\u115f\u3164\u2800\u20dd\u180e\ufe0f"
        ),  # counted as letters, seen by nobody
        *(sign.join(["FI21", "1234", "5600", "0007", "85"]) for sign in ("*", "|", "~", " — ", "  --  ", "_")),
        *(sign.join(["4539", "1488", "0343", "6467"]) for sign in ("*", "|", ";", "\\", " - ", "  --  ", "_")),
        "5500 0000 0000 0004",
        "3782 822463 10005",
        "010594-9021",  # its check character is a digit, and right
        "hetu 0105949021",
        "hetu 131052-3081",  # mistyped, but said to be one
        "Henkilötunnukseni on 131052-3081",
        "min personbeteckning: 131052-3081",
        "my personal identity code is 131052-3081",
        "131052-308X",  # mistyped: nothing but such a code ends so
        "2223 0031 2200 3222",  # Mastercard since 2017
        "3530 1113 3330 0000",  # JCB
        "3056 930902 5904",  # Diners
        "6759 6498 2643 8453",  # Maestro
        "4539 148803436467",
        "45391488 03436467",
        "4 5 3 9 1 4 8 8 0 3 4 3 6 4 6 7",
        "378282246310005",
        "2223003122003222",
        "kortti 453 914 880 343 646 7",  # grouped as no card is, but said to be one
        "kortin numero 3530111333300000",
        "6759649826438453, cvc 123",
        "Visa-korttini on 45391 48803 43646 7",
        "maksoin tilauksen kortilla 4539148803436467",
        "tilausnumero 2027030112345678, kortti 4539148803436467",
        "asiakas antoi numeron 4539148803436467",
        "maksoin laskun 4539148803436467",
        "tilausnumero 4539 1488 0343 6467",  # grouped as a card is, whatever it is called
    ],
)
def test_secrets_are_recognised(text: str) -> None:
    assert is_sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        "Puhelin ei lataa, numero 040 685 404",
        "Olen unohtanut salasanani",
        "Salasana on hukassa",
        "My password is lost",
        "En pääse verkkopankkiin, tunnukset on kotona",
        "Kelan hakemus 2027-03-01, kello 10.00–10.30",
        "Behöver hjälp med lösenord",
        "FI on maatunnus",
        "",
        "Aili 1732612345678901",  # a name that a program made
        "tilausnumero 123456789012345",
        "tilaus 2027030112345678",
        "viitenumero 1234 5678 9012 3456 7",
        "c9f1131052-3081-4f0a-9b7e-0a1b2c3d4e5f",
        "PTV-tunnus 4ce1a532-3081-4131-0523-08a4539148aa",
        "puh. 00358 40 685 4048",
        "040 123 4567 tai 050-123 4567",
        "040123-4567",
        "+358 45 391 488 03",
        "soita 045 3914 880, jos ei vastaa niin 0343 6467",
        "Y-tunnus 0208852-8",
        "ISBN 978-3-16-148410-0",
        "EAN 6414893386488",
        "malli SM-A546B, sarjanumero R58N123456A",
        "kello 13.10.-15.30 tai 30.8. klo 9",
        "Aili 2, puh. 040 685 404 (iltaisin 050 123 4567)",
        "ti 13.10. klo 9.30; ke 14.10. klo 10; to 15.10. klo 30",
        "Kotikatu 13 B 105, 93600 Kuusamo; ovikoodi 2308",
        "laite [SM-A546B] * sarjanro R58N123456A | Android 14",
        "P4.2 / PTV 1310 52 308",
        "131052-3081",  # no identity code: its check character would be T
        "tilausnumero 131052-3081",
        "viite 131052A3081",
        "puh. 131052 - 3081",
        "tilausnumero 4539148803436467",  # what follows could be a card's number, and is called another
        "Order no: 4539148803436467",
        "lähetystunnus 5500000000000004",
        "seurantakoodi on 5500000000000004",
        "beställningsnummer 4539148803436467",
        "PTV-tunnus 4539148803436467",
        "asiakasnumeroni 4539148803436467",
        "laskun numero: 4539148803436467",
        "3530111333300000",  # JCB, Maestro and others begin as too much else does
        "6759649826438453",
        "4539148803436",  # no Visa has had thirteen digits for long, and codes of goods have
        "2220000000000000",  # before Mastercard's first
        "2721000000000004",  # and after its last
        "3527000000000008",  # before JCB's first
        "soita 0400 455 123 / 040 123 4560",  # two phone numbers that make a card's together
        "korttelin numero on 358 406 854 048 505 4",
        "keskustelimme lyhyesti: 453 914 880 343 646 7",
    ],
)
def test_what_only_looks_like_one_passes(text: str) -> None:
    assert not is_sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        "Aili",
    ],
)
def test_everyday_notes_pass(text: str) -> None:
    assert not is_sensitive(text)


SIGNS = "-+YXWVUABCDEF"
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


@pytest.mark.parametrize("sign", SIGNS)
def test_each_identity_code_is_recognised_by_its_check_character_whatever_its_sign(sign: str) -> None:
    """Law 661/2009, with the signs of 2023. Of those that end in a digit, one in ten has the right one."""
    chance = random.Random(661)
    for _ in range(300):
        born = f"{chance.randint(1, 28):02}{chance.randint(1, 12):02}{chance.randint(0, 99):02}"
        number = f"{chance.randint(2, 999):03}"
        right = CHECK_CHARACTERS[int(born + number) % 31]
        assert is_sensitive(f"{born}{sign}{number}{right}")
        assert [digit for digit in "0123456789" if is_sensitive(f"{born}{sign}{number}{digit}")] == [
            digit for digit in right if digit.isdigit()
        ]


def refused(many: int, begin: str = "", *, text: str = "{}") -> float:
    """How many of random numbers of sixteen digits that begin so are refused, in percent, in a text."""
    chance, rest = random.Random(16), 16 - len(begin)
    numbers = (f"{begin}{chance.randrange(10**rest):0{rest}}" for _ in range(many))
    return 100 * sum(is_number_of_a_person(text.format(number)) for number in numbers) / many


def test_few_numbers_of_other_things_are_taken_for_a_cards() -> None:
    """Of 100,000, 2.0 % are refused that stand by themselves, which is what Visa and Mastercard have of all (3.0 % when
    JCB, Maestro, UnionPay and Discover were known by themselves, too); none of those that are said to be an order's."""
    assert 1.9 < refused(100_000) < 2.1
    assert refused(100_000, text="tilausnumero {}") == 0


@pytest.mark.parametrize("begin", ["0", "9", "20270301", "2026", "0103", "1510", "3112"])
def test_no_number_that_begins_as_no_card_does_is_taken_for_one(begin: str) -> None:
    """Zero, nine, a year, or a day and a month. But for the 23rd to the 27th, which is how Mastercard's newer numbers
    begin: of numbers that begin so, a tenth is refused, which is 1.7 % of a year's (it was as much)."""
    assert refused(2_000, begin) == 0


FIELDS = ("name", "note", "address", "first answer", "second answer")


def refuse(texts: dict[str, str]) -> None:
    """Give a citizen's details, on a visit at home, with these texts in these fields."""
    given = dict.fromkeys(FIELDS, "x") | texts
    citizen = Citizen(name=given["name"], phone="040 685 404")
    answers = (given["first answer"], given["second answer"])
    checked_citizen(citizen, "home", note=given["note"], address=given["address"], answers=answers)


@pytest.mark.parametrize(
    ("first", "second"), [("131052", "-308T"), ("FI21 1234 5600", "0007 85"), ("4539 1488", "0343 6467")]
)
@pytest.mark.parametrize(("one", "other"), [(one, other) for one in FIELDS for other in FIELDS if one != other])
def test_a_number_over_two_fields_is_recognised_whichever_they_are(
    one: str, other: str, first: str, second: str
) -> None:
    refuse({one: first})
    refuse({other: second})
    with pytest.raises(SensitiveText):
        refuse({one: f"Tässä {first}", other: f"{second} kiitos"})


def test_everyday_words_in_each_field_pass() -> None:
    refuse(
        {
            "name": "Aili 1732612345678901",
            "note": "Puhelin ei lataa, soita 040 685 4048 tai 045 3914 880",
            "address": "Kotikatu 13 B 105, 93600 Kuusamo",
            "first answer": "Samsung SM-A546B, sarjanumero R58N123456A",
            "second answer": "tilaus 2027030112345678",
        }
    )


@pytest.mark.parametrize("text", ["FI21" * 500, "FI21 " * 400])
def test_nobody_keeps_the_service_busy_by_a_text(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Every length of an IBAN was tried at each place of a text: half a second for one note."""
    tried: list[str] = []

    def is_valid(number: str) -> bool:
        tried.append(number)
        return False

    monkeypatch.setattr(iban, "is_valid", is_valid)
    assert not is_number_of_a_person(text)
    assert 0 < len(tried) <= text.count("FI21")
