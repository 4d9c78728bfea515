"""What must not be written into free text, and what may."""

import pytest

from services.booking.screening import is_sensitive


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
    ],
)
def test_everyday_notes_pass(text: str) -> None:
    assert not is_sensitive(text)
