"""What an import or a change of places did, or in a dry run would do, as it is printed.

What was done goes to standard output; what somebody should look at goes to standard error.
"""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from services.providers.actions.import_report import ImportReport


def print_import(report: "ImportReport", *, dry_run: bool) -> None:
    """Print what an import of service points did; raises ClickException when nothing could be read."""
    _print_rows(report, dry_run)
    for each in report.differences:
        click.echo(f"edited here, kept: {each.source_id} {each.field}: {each.ours!r}, the source says {each.theirs!r}")
    _print_refused(report)
    for source_id in report.vanished:
        click.echo(f"no longer in the file, kept: {source_id}", err=True)
    click.echo(
        f"{_counts(report, dry_run)}, {report.days_written} days of hours written, "
        f"{len(report.differences)} differences, {len(report.refused)} rows refused, "
        f"{len(report.vanished)} no longer in the file"
    )
    _fail_if_unreadable(report)


def print_places(report: "ImportReport", *, dry_run: bool) -> None:
    """Print what was changed of places; raises ClickException when nothing could be read."""
    _print_rows(report, dry_run)
    _print_refused(report)
    click.echo(f"{_counts(report, dry_run)}, {len(report.refused)} rows refused")
    _fail_if_unreadable(report)


def _print_rows(report: "ImportReport", dry_run: bool) -> None:
    for row in report.rows if dry_run else []:
        click.echo(row)


def _print_refused(report: "ImportReport") -> None:
    """Print what did not go in, and what nobody reads: a source that says more than we know is no mistake of its."""
    for row in report.refused:
        click.echo(f"{row.place}: {row.field} {row.reason}", err=True)
    for where, count in sorted(report.unread.items()):
        click.echo(f"not read: {where} (in {count} records)", err=True)
    for reason, count in sorted(report.passed_over.items()):
        click.echo(f"passed over: {reason} ({count} records)", err=True)


def _counts(report: "ImportReport", dry_run: bool) -> str:
    return (
        f"{'It would be: ' if dry_run else ''}{report.created} created, {report.changed} changed, "
        f"{report.unchanged} unchanged"
    )


def _fail_if_unreadable(report: "ImportReport") -> None:
    # Some rows refused is a list with mistakes; all of them refused is the wrong file, and a script must notice.
    if report.refused and not (report.created or report.changed or report.unchanged):
        raise click.ClickException("Nothing in the file could be read.")
