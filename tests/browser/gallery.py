"""Every page and state by name, and how to get there: for the checkers, and for whoever wants to look at all of them.

`make gallery` makes screenshots of all of them into `build/gallery`. A new page or state is one line of a table.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from shared.languages import Language
from tests.browser.chromium import launch
from tests.browser.made import Made
from tests.browser.visits import AILI
from tests.browser.walk import WIDTHS, State, Walk
from tests.installation import ROOT, Installation

GALLERY = ROOT / "build" / "gallery"
ANY = "00000000-0000-0000-0000-000000000000"
TIMES = {"topic": "e-services", "municipality": "305"}
UNREACHABLE = {"name": "Tyyne Aho", "unreachable": "yes"}
CITIZENS = [
    State("start", "/"),
    State("start-chosen", "/?topic=e-services&municipality=305"),
    State("start-error", "/find", {"words": "kissa", "place": "Ei missään"}, status=422),
    State("start-which-place", "/find", TIMES | {"place": "Oulu"}, status=422),
    State("start-old-link", "/times?topic=gone&municipality=305", status=404),
    State("times", "/times?topic=e-services&municipality=305"),
    State("times-chosen", "/times?topic=e-services&municipality=305&channel=phone&language=fi"),
    State("times-of-a-day", "/times?topic=e-services&municipality=305&day={visit_day}"),
    State("times-nothing", "/times?topic=e-services&municipality=614"),
    State("times-nothing-chosen", "/times?topic=e-services&municipality=305&need=wheelchair&date=2199-01-01"),
    State("times-taken", "/times", TIMES | {"slot": "{slot_of_others}"}, status=409),
    State("form", "/book/{kept}?topic=e-services&municipality=305"),
    State("form-error", "/book/{kept}?topic=e-services&municipality=305", AILI | {"phone": "12"}, status=422),
    State("form-other-times", "/book/{kept}?topic=e-services&municipality=305", AILI | {"do": "other"}),
    State("form-given-back", "/book/{given_back}?topic=e-services&municipality=305", AILI),
    State("form-neither", "/book/{kept}?topic=e-services&municipality=305", UNREACHABLE | {"do": "language"}),
    State("form-two", "/book/{kept_for_two}?topic=e-services&municipality=889"),
    State("form-asked", "/book/{kept}", {"name": "Aili", "email": "aili@gmial.com"}, status=422),
    State("form-landline", "/book/{kept}", {"name": "Aili", "phone": "08 8851 1234"}, status=422),
    State("booked", "/a/{booked}?booked=1"),
    State("booked-two", "{together}"),
    State("moved", "/a/{booked}?moved=1"),
    State("appointment", "/a/{booked}"),
    State("sent-again", "/a/{booked}/again", {}),
    State("slip", "/a/{booked}/slip"),
    State("slip-at-once", "/a/{unreachable}/slip?booked=1"),
    State("appointment-unreachable", "/a/{unreachable}"),
    State("move", "/a/{booked}/move"),
    State("move-error", "/a/{booked}/move", {"slot": ""}, status=422),
    State("move-nothing", "/a/{booked}/move?date=2199-01-01"),
    State("cancelled", "/a/{cancelled}"),
    State("displaced", "/a/{displaced}"),
    State("past", "/a/{past}"),
    State("feedback", "/a/{past}/feedback"),
    State("feedback-error", "/a/{past}/feedback", {}, status=422),
    State("feedback-said", "/a/{praised}/feedback?said=1"),
    State("lost", "/lost"),
    State("lost-error", "/lost", {"contact": "12"}, status=422),
    State("lost-landline", "/lost", {"contact": "08 123 4567"}, status=422),
    State("lost-code", "/lost", {"contact": "040 685 404"}),
    State("lost-code-error", "/lost/code", {"asked": ANY, "contact": "040 685 404", "code": ""}, status=422),
    State("lost-times", "/lost/code", {"asked": "{lost_asked}", "contact": "{lost}", "code": "{lost_code}"}),
    State("verification", "/a/{held}"),
    State("verification-error", "/a/{held}/verification", {"code": "000000"}, status=403),
    State("verification-late", "/a/{lapsed}"),
    State("own-details", "/a/{booked}/details"),
    State("own-details-corrected", "/a/{booked}/details?corrected=1"),
    State("own-details-error", "/a/{booked}/details", AILI | {"phone": "12"}, status=422),
    State("erased", "/erased"),
    State("waitlist-join", "/wait?topic=e-services&municipality={waitable}"),
    State("waitlist-error", "/wait", {"topic": "e-services", "municipality": "{waitable}", "phone": "12"}, status=422),
    State("waitlist-nobody-helps", "/wait?topic=e-services&municipality=614"),
    State("waitlist-free", "/wait?topic=e-services&municipality=305"),
    State("waitlist-landline", "/w/{landline}"),
    State("waitlist-link-dead", "/w/nothing-here", status=404),
    State("waitlist-waiting", "/w/{waiting}"),
    State("waitlist-offered", "/w/{offered}"),
    State("waitlist-booked", "/w/{taken}"),
    State("waitlist-left", "/w/{left}"),
    State("waitlist-details", "/w/{waiting}/details"),
    State("point", "/points/{point}"),
    State("points", "/points?region=17"),
    State("point-regions", "/points"),
    State("embed", "/embed?municipality=305"),
    State("privacy", "/privacy"),
    State("accessibility", "/accessibility"),
    State("link-dead", "/a/nothing-here", status=404),
    State("problem-404", "/nothing-here", status=404),
    State("problem-405", "/a/{booked}/cancel", status=405),
    State("wall", "/wall?point={queue}"),
    State("wall-empty", "/wall?point={point_of_others}"),
    State("unsure", "{alone}/wait", TIMES | AILI, status=503),
    State("service-down", "{alone}/times?topic=e-services&municipality=305", status=503),
]
HELPERS = [
    State("sign-in", "/sign-in"),
    State("sign-in-error", "/sign-in", {"contact": "12"}, status=422),
    State("code", "/sign-in", {"contact": "ei-ole@vuoro.example"}),
    State("code-error", "/sign-in/{sign_in}", {"code": "000000"}, status=401),
    State("sign-in-passkey", "/sign-in/passkey"),
    State("day", "/day?date={visit_day}", who="tutor"),
    State("day-today", "/day", who="tutor", needs="begun"),
    State("day-kept", "/day/kept?date={visit_day}", who="tutor"),
    State("day-kept-today", "/day/kept?date={today}", who="tutor", needs="begun"),
    State("day-empty", "/day?date=2199-01-01", who="tutor"),
    State(
        "day-ill",
        "/day/illness",
        {"tutor": "{tutor_id}", "date": "{visit_day}"},
        who="staff",
        status=409,
        needs="booked",
    ),
    State("day-at-desk", "/day?date={visit_day}", who="staff", needs="unreachable"),
    State("day-at-desk-called", "/day?date={visit_day}", who="staff", needs="called"),
    State("calls", "/calls", who="staff", needs="untold"),
    State("calls-told", "/calls?told=1", who="staff", needs="untold"),
    State("calls-overview", "/calls", who="second_coordinator", needs="untold"),
    State("move-for-others", "/day/{visit}/move/desk", who="staff"),
    State("move-for-others-error", "/day/{visit}/move/day", {"slot": ""}, who="tutor", status=422),
    State("move-for-others-untold", "/day/{on_landline}/move/calls", who="staff"),
    State("moved-for-others", "/day/{visit}/moved/desk", who="staff"),
    State("moved-for-others-untold", "/day/{on_landline}/moved/day", who="staff"),
    State("reassignment", "/day/{shared}/reassignment", who="tutor"),
    State("reassignment-error", "/day/{shared}/reassignment", {"to": ""}, who="tutor", status=422),
    State("reassignment-nobody-free", "/day/{visit}/reassignment", who="tutor"),
    State("visit-not-disclosed", "/day/{hidden}", who="tutor"),
    State("start-at-desk", "/", who="staff"),
    State("desk", "/desk", who="staff"),
    State("desk-error", "/desk", {"words": "a"}, who="staff", status=422),
    State("desk-found", "/desk", {"words": "aho"}, who="staff", needs="unreachable"),
    State("desk-nothing-found", "/desk", {"words": "Nobody Here"}, who="staff"),
    State("desk-slip", "/desk/slip/{visit}", who="staff"),
    State("walk-ins", "/walk-ins?point={queue}", who="staff"),
    State("walk-ins-given", "/walk-ins?point={queue}&given=4", who="staff"),
    State("walk-ins-called", "/walk-ins?point={queue}&called=2", who="staff"),
    State("walk-ins-noted", "/walk-ins?point={queue}&noted=helped", who="staff"),
    State("times-at-desk", "/times?topic=e-services&municipality=305", who="staff"),
    State("form-at-desk", "/book/{kept}?topic=e-services&municipality=305", who="staff"),
    State("day-first", "/day", who="newcomer"),
    State("hours-first", "/hours", who="newcomer"),
    State("hours", "/hours", who="tutor", needs="own_time"),
    State("hours-weekly", "/hours/weekly?municipality=305", who="tutor"),
    State("hours-error", "/hours/weekly", {"weekday": "1", "from": "14:00", "to": "10:00"}, who="tutor", status=422),
    State("hours-changed", "/hours/weekly/{own_hours}", who="tutor"),
    State("hours-once", "/hours/once", who="tutor"),
    State("hours-calendars", "/hours/calendars", who="tutor"),
    State("hours-address", "/hours/calendars/subscription", {"nonce": "{nonce}"}, who="tutor"),
    State("hours-asked", "/hours/consents", {"point": "{point_of_others}"}, who="tutor"),
    State("absence", "/absences", who="tutor"),
    State("absence-affects", "/absences", {"from": "{visit_day}", "until": "{visit_day}"}, who="tutor", status=409),
    State("grants", "/grants", who="second_coordinator", needs="grant"),
    State("grants-confirmed", "/grants?answered=confirmation", who="second_coordinator"),
    State("account", "/account", who="second_coordinator"),
    State("account-of-tutor", "/account", who="tutor"),
    State("account-called", "/account?saved=1", who="tutor", needs="called"),
    State("account-called-error", "/account/phone", {"phone": "12"}, who="tutor", status=422),
    State("account-leaving", "/account/leave", {}, who="tutor", status=409, needs="booked"),
    State("account-passkey", "/account/passkey", who="tutor"),
]
WALKS: list[tuple[Language, list[State]]] = [
    (language, states) for states in (CITIZENS, HELPERS) for language in ("fi", "sv", "en")
]
"""What is looked at, in each language of the pages."""


def main(to: Path = GALLERY) -> None:
    """Make the gallery, from an installation of its own."""
    shutil.rmtree(to, ignore_errors=True)  # what is no state any more
    to.mkdir(parents=True)
    with walking(WALKS) as walks:
        shown = [picture for walk in walks for picture in _photograph(walk, to)]
    (to / "index.html").write_text(_index(shown))
    print(f"{len(shown)} pictures: {to / 'index.html'}")


@contextmanager
def walking(walks: Sequence[tuple[Language, list[State]]]) -> Iterator[list[Walk]]:
    """Walks through an installation that is there for them alone."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        installation = Installation(Path(folder) / "home")
        installation.start()
        made = Made(installation)
        try:
            browser = launch(playwright)
            yield [Walk(browser, installation, made, *each) for each in walks]
            browser.close()
        finally:
            made.close()
            installation.stop()


def _photograph(walk: Walk, to: Path) -> Iterator[Path]:
    for shown in walk:
        for width in WIDTHS:
            shown.page.set_viewport_size({"width": width, "height": 800})
            picture = to / f"{shown.state.name}-{walk.language}-{width}.png"
            shown.page.screenshot(path=picture, full_page=True)
            yield picture


def _index(pictures: list[Path]) -> str:
    head = '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Gallery</title>\n<h1>Gallery</h1>\n'
    return head + "".join(
        f'<h2 id="{each.stem}">{each.stem}</h2>\n<img loading="lazy" src="{each.name}" alt="">\n' for each in pictures
    )


if __name__ == "__main__":
    main()
