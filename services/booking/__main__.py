"""`python -m services.booking api | worker | migrate`. Each loads only what it needs."""

import asyncio
import sys

from services.booking.settings import Settings
from shared.postgres_version import stop_if_too_old
from shared.settings import read_or_stop

match sys.argv[1:]:
    case ["api" | "worker"]:
        stop_if_too_old("booking", read_or_stop(Settings).database_url.get_secret_value())

match sys.argv[1:]:
    case ["api"]:
        from services.booking.app import create_app
        from shared.serving import serve

        serve(create_app())
    case ["worker"]:
        from services.booking import jobs

        asyncio.run(jobs.work())
    case ["migrate"]:
        from pathlib import Path

        from shared.migrations import migrate_service

        migrate_service("booking", Path(__file__).parent / "migrations")
    case _:
        sys.exit(__doc__)
