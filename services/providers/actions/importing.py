"""Bringing in what other registers say of service points.

One import is one transaction: it goes in whole, or, killed halfway, not at all. Records that cannot be read are
reported and the rest goes in; the same twice changes nothing; what the source has no more is reported and kept. What
somebody has edited here stays, and the difference is reported. A place that another source has brought already is not
made anew.
"""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.import_report import ImportReport
from services.providers.actions.import_run import ImportRun
from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.problems import ImportRunning
from services.providers.search.words import base_forms
from services.providers.sources.kirkanta import read_kirkanta
from services.providers.sources.lists import read_lists
from services.providers.sources.ptv import read_ptv
from services.providers.sources.source_records import SourceRecords
from services.providers.store.code_lists import municipality_codes
from shared.clock import date_in_finland, now

Progress = Callable[[int], None]
Start = Callable[[int], Progress]
"""Is given how many points there are, and returns what is called as they go in."""


async def import_files(
    session: AsyncSession, *, source: str, points: Path, hours: Path | None, start: Start, draft: bool = False
) -> ImportReport:
    """Import CSV lists. With `draft`, new points are shown to nobody until somebody publishes them."""
    records = read_lists(points, hours, await municipality_names(session), draft=draft)
    return await import_records(session, source, records, start)


async def import_kirkanta(session: AsyncSession, *, where: str, start: Start) -> ImportReport:
    """Import libraries from a file or an address of Kirkanta."""
    records = read_kirkanta(where, await municipality_names(session))
    return await import_records(session, "kirkanta", records, start)


async def import_ptv(session: AsyncSession, *, where: list[str], start: Start) -> ImportReport:
    """Import service locations, and which of them give digital support, from files or addresses of PTV."""
    today = date_in_finland(now())
    return await import_records(session, "ptv", read_ptv(where, await municipality_names(session), today), start)


async def municipality_names(session: AsyncSession) -> MunicipalityNames:
    """Return what the municipalities are called."""
    return MunicipalityNames(await municipality_codes(session), base_forms)


async def import_records(session: AsyncSession, source: str, records: SourceRecords, start: Start) -> ImportReport:
    """Import all that a source says; raises `ImportRunning` while another import does."""
    if not await session.scalar(sa.text("SELECT pg_try_advisory_xact_lock(hashtext('vuoro.import'))")):
        raise ImportRunning
    report = ImportReport(refused=records.refused, unread=records.unread, passed_over=records.passed_over)
    run = ImportRun(session, source, report)
    await run.load()
    progress = start(len(records.points))
    for record in records.points.values():
        await run.import_point(record)
        progress(1)
    await run.write_days()
    report.vanished = sorted(run.known_ids() - records.points.keys())
    return report
