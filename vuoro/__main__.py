"""`python -m vuoro`: what an operator does from a terminal."""

import click

from vuoro.accounts import add_account, confirm_roles_of, end_ways_in_of
from vuoro.auditing import verify_audit
from vuoro.demonstration import remove_demonstration
from vuoro.erasing import erase_again
from vuoro.imports import import_list
from vuoro.local import make_keys, reset, rotate_key, run, write_openapi
from vuoro.municipalities import merge_municipality
from vuoro.rebuilding import rebuild_free_times
from vuoro.reconciling import reconcile

# The commands' modules load services and libraries only when a command runs: `run` is to start at once, and whoever
# asks for help has a database no more than they have a running installation.
COMMANDS: list[click.Command] = [
    run,
    reset,
    write_openapi,
    import_list,
    merge_municipality,
    reconcile,
    rebuild_free_times,
    erase_again,
    verify_audit,
    make_keys,
    rotate_key,
    add_account,
    confirm_roles_of,
    end_ways_in_of,
    remove_demonstration,
]


@click.group()
def cli() -> None:
    """Vuoro: appointments for digital support."""


for command in COMMANDS:
    cli.add_command(command)

if __name__ == "__main__":
    cli()
