"""`python -m services.booking api | worker | migrate`. Each loads only what it needs."""

import asyncio
import sys

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

        from services.booking.settings import Settings
        from shared.migrations import migrate

        migrate(Path(__file__).parent / "migrations", Settings().database_url.get_secret_value())
    case _:
        sys.exit(__doc__)
