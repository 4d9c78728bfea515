"""`python -m services.providers api | migrate`. Each loads only what it needs."""

import sys

from services.providers.settings import Settings
from shared.postgres_version import stop_if_too_old
from shared.settings import read_or_stop

match sys.argv[1:]:
    case ["api"]:
        stop_if_too_old("providers", read_or_stop(Settings).database_url.get_secret_value())

match sys.argv[1:]:
    case ["api"]:
        from services.providers.app import create_app
        from shared.serving import serve

        serve(create_app())
    case ["migrate"]:
        from pathlib import Path

        from shared.migrations import migrate_service

        migrate_service("providers", Path(__file__).parent / "migrations")
    case _:
        sys.exit(__doc__)
