"""`python -m services.providers api | migrate`. Each loads only what it needs."""

import sys

match sys.argv[1:]:
    case ["api"]:
        from services.providers.app import create_app
        from shared.serving import serve

        serve(create_app())
    case ["migrate"]:
        from pathlib import Path

        from services.providers.settings import Settings
        from shared.migrations import migrate

        migrate(Path(__file__).parent / "migrations", Settings().database_url.get_secret_value())
    case _:
        sys.exit(__doc__)
