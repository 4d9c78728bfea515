"""The app of `providers`."""

import datetime as dt

from fastapi import APIRouter, Depends, FastAPI

from services.providers.actions.adopting import adopting
from services.providers.actions.burials import burials_of
from services.providers.actions.confirming import end_overdue_grants
from services.providers.actions.identity_providers import read_providers
from services.providers.actions.issuer import Issuer
from services.providers.problems import SignInRefused
from services.providers.routes import (
    audit,
    clients,
    code_lists,
    consents,
    exchange,
    offerings,
    open_data,
    opening_hours,
    organisations,
    own_account,
    passkeys,
    pending_grants,
    people,
    service_points,
    sign_ins,
    tokens,
    tutors,
)
from services.providers.search.topic_index import index_topics
from services.providers.settings import Settings
from services.providers.store.forgetting import forget_old_sign_ins
from shared import db
from shared.audit.refusals import write_down
from shared.former_paths import Renamed
from shared.keys import KeyRing, SigningKey
from shared.service import create

ONE = r"/api/providers/v1/(sign-ins|passkeys/sign-ins|single-sign-ons)/([^/]+)"
RENAMED = Renamed(
    since=dt.date(2026, 11, 26),
    paths={
        rf"{ONE}/session": r"/api/providers/v1/\1/\2/login",
        r"/api/providers/v1/sessions(/[^/]+)?": r"/api/providers/v1/logins\1",
    },
)
# Their changes are in the audit log, by who asked for them.
AUDITED = (
    organisations,
    service_points,
    opening_hours,
    consents,
    exchange,
    tutors,
    offerings,
    code_lists,
    people,
    pending_grants,
    clients,
    own_account,
    passkeys,
)


HOURLY = (forget_old_sign_ins, end_overdue_grants)


async def _index_topics(app: FastAPI) -> None:
    """Index what an older version has written; this one indexes a topic as it writes it."""
    async with db.begin(app) as session:
        await index_topics(await db.driver(session))


def create_app() -> FastAPI:
    """Return the app, with the key that it signs tokens with."""
    settings = Settings()
    audited = APIRouter(dependencies=[Depends(audit.audited)])
    for module in AUDITED:
        audited.include_router(module.routes)
    routers = [audited, sign_ins.routes, tokens.routes, open_data.routes]
    url = settings.database_url.get_secret_value()
    key = SigningKey.from_file("providers", settings.signing_key)
    app = create(
        "providers",
        settings,
        url,
        routers,
        renamed=RENAMED,
        at_start=_index_topics,
        hourly=(*HOURLY, adopting(settings, key)),
        burials=burials_of(settings),
    )
    write_down(app, SignInRefused, "sign-in-refused")
    app.state.issuer = Issuer(KeyRing(settings.issuer_keys), settings.secrets, settings.strong_sign_in)
    app.state.identity_providers = read_providers(settings.identity_providers)
    app.state.key = key
    return app
