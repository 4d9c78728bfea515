"""The demonstration region: North Ostrobothnia, with invented places and people."""

from dataclasses import dataclass

from shared.languages import Language

REGION = "17"
COORDINATOR, STAFF, TUTOR = "koordinaattori@vuoro.example", "palvelupiste@vuoro.example", "aino@vuoro.example"
SECOND_COORDINATOR = "toinen@vuoro.example"
SCOPES = ["registry:write", "availability:write", "appointments:read", "appointments:write", "events:read"]
TOPICS = [
    "e-services",
    "e-identification",
    "online-bank",
    "smart-devices",
    "computer",
    "cloud-services",
    "connection",
    "security",
    "communication",
    "other",
]
CHANNELS = ["on_site", "phone"]
OFFERING = {
    "fi": "Digituki, 30 minuuttia",
    "sv": "Digistöd, 30 minuter",
    "en": "Digital support, 30 minutes",
}
PHONE = "08 000 0000"  # nobody's
BRING = {
    "fi": "Laite, jota asia koskee, ja laturi.",
    "sv": "Apparaten som det gäller och laddaren.",
    "en": "The device that it is about, and its charger.",
}


@dataclass(frozen=True)
class DemoPoint:
    """A service point, and where it is."""

    name: str
    address: str
    lat: float
    lon: float


@dataclass(frozen=True)
class DemoTutor:
    """A tutor, who is at the organisation's point of that number in the daytime."""

    name: str
    email: str
    languages: list[Language]
    point: int = 0


@dataclass(frozen=True)
class DemoOrganisation:
    """An organisation with its points and tutors."""

    name: dict[Language, str]
    kind: str
    municipality: str
    points: list[DemoPoint]
    tutors: list[DemoTutor]
    staff: str | None = None
    """The address of who is at its desks."""


ORGANISATIONS = [
    DemoOrganisation(
        name={
            "fi": "Kuusamon digituki (esimerkki)",
            "sv": "Kuusamo digistöd (exempel)",
            "en": "Kuusamo digital support (example)",
        },
        kind="municipality",
        municipality="305",
        points=[
            DemoPoint("Kuusamon kirjasto (esimerkki)", "Esimerkkitie 1, 93600 Kuusamo", 65.9646, 29.1887),
            DemoPoint("Kuusamon yhteispalvelupiste (esimerkki)", "Esimerkkitie 20, 93600 Kuusamo", 65.9660, 29.1700),
        ],
        tutors=[
            DemoTutor("Aino", TUTOR, ["fi", "en"]),
            DemoTutor("Veikko", "veikko@vuoro.example", ["fi"], point=1),
        ],
        staff=STAFF,
    ),
    DemoOrganisation(
        name={
            "fi": "Oulun digituki (esimerkki)",
            "sv": "Uleåborgs digistöd (exempel)",
            "en": "Oulu digital support (example)",
        },
        kind="association",
        municipality="564",
        points=[DemoPoint("Oulun kirjasto (esimerkki)", "Esimerkkikatu 3, 90100 Oulu", 65.0126, 25.4715)],
        tutors=[DemoTutor("Åsa", "asa@vuoro.example", ["sv", "fi", "en"])],
    ),
]
