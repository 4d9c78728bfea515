"""Options that several commands have."""

import click

DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change, row by row, and change nothing.")
REGION = click.option("--region", required=True, help="Region code, such as 17.")
