"""Headers and rows of records, as a run over a fleet writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provision.errors import ExitCode
from provision.runs.rows import OrgRow, RunHeader, append, begin


def header(
    *orgs: str, verb: str = "diff", shard: str | None = None, only_checks: bool = False
) -> RunHeader:
    """The header of a run over ``orgs``."""
    started = "2026-11-23T10:00:00Z"
    return RunHeader("r1", verb, "fleet.yaml", orgs, shard, started, only_checks=only_checks)


def row(
    org: str,
    exit_code: ExitCode = ExitCode.OK,
    body: Mapping[str, object] | None = None,
    *,
    summary: str = "",
    calls: int = 12,
) -> OrgRow:
    """What came of one org."""
    started, ended = "2026-11-23T10:00:00Z", "2026-11-23T10:00:02Z"
    return OrgRow(org, exit_code, 1.5, calls, summary, started, ended, body or {})


def written(path: Path, of: RunHeader, *rows: OrgRow) -> Path:
    """A record in a file."""
    begin(path, of)
    for each in rows:
        append(path, each)
    return path
