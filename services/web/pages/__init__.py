"""HTTP in, pages out: one file for each page that people know."""

from services.web.pages import (
    absences,
    accessibility,
    account,
    appointment,
    day,
    grants,
    hours,
    own_details,
    passkeys,
    point_lists,
    points,
    privacy,
    security,
    sign_in,
    single_sign_on,
    start,
    times,
    waitlist,
)

# A path that names a page ("/sign-in/passkey") comes before one that takes any id in its place ("/sign-in/{id}").
PAGES = [
    start.routes,
    times.routes,
    appointment.routes,
    own_details.routes,
    waitlist.routes,
    point_lists.routes,
    points.routes,
    accessibility.routes,
    privacy.routes,
    security.routes,
    passkeys.routes,
    single_sign_on.routes,
    sign_in.routes,
    account.routes,
    grants.routes,
    day.routes,
    hours.routes,
    absences.routes,
]
