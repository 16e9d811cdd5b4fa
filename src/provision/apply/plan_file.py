"""Plan file: saves a plan, writes it to a file, and reads it."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import datetime
from pathlib import Path

from provision.apply.prepare import Prepared, identified
from provision.errors import CannotError, GateRefused
from provision.org.org import ReadableOrg
from provision.plan.saved import SavedPlan, SpecFile, saved_plan_of
from provision.plan.saving import saved
from provision.whole_file import read_bounded, write_whole

__all__ = ["check_checksum", "read_saved", "save", "write_saved"]


def save(prepared: Prepared, org: ReadableOrg, now: datetime, folder: Path) -> SavedPlan:
    """The plan of ``prepared`` as a saved plan. Paths in it are relative to ``folder``.

    Raises :class:`CannotError` for a plan with a secret in it.
    """
    plan = dataclasses.replace(prepared.plan, org=identified(prepared.plan.org, org))
    return saved(plan, prepared.spec, _spec_file(prepared.spec.path), folder, now)


def write_saved(path: Path, plan: SavedPlan) -> None:
    """Write a saved plan, and replace the file if it exists. Raises :class:`CannotError`."""
    try:
        write_whole(path, plan.to_json().encode())
    except OSError as error:
        raise CannotError(
            f"the plan cannot be written to {path}: {error.strerror}",
            next_step="Name a file in a folder that you can write to.",
        ) from error


def read_saved(path: Path) -> SavedPlan:
    """The saved plan in ``path``. Raises :class:`CannotError` naming what is wrong with it."""
    try:
        text = read_bounded(path)
    except OSError as error:
        raise CannotError(
            f"the plan {path} cannot be read: {error.strerror}",
            next_step="Name a file that `provision plan --out FILE` wrote.",
        ) from error
    except ValueError as error:
        raise CannotError(
            f"{path} is not a saved plan: {error}",
            next_step="Plan again: `provision plan SPEC --out FILE`.",
        ) from error
    return saved_plan_of(text, str(path))


def check_checksum(plan: SavedPlan, approved: str) -> None:
    """Raise :class:`GateRefused` unless ``approved`` is the checksum of ``plan``."""
    if approved.strip().casefold() == plan.checksum:
        return
    raise GateRefused(
        f"stale gate: the plan for {plan.app} has the checksum {plan.checksum} now, and "
        f"{approved.strip()} was approved: the spec or the org has changed since",
        next_step="Look at the plan as it is now, and have that one approved.",
    )


def _spec_file(path: Path) -> SpecFile | None:
    """The spec as a file; ``None`` for a plan that comes from a folder, such as a rollback's."""
    if path.is_dir():
        return None
    try:
        return SpecFile(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    except OSError as error:
        raise CannotError(
            f"the spec {path} can no longer be read: {error.strerror}",
            next_step="Do not move it while the plan is made.",
        ) from error
