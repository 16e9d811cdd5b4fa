"""Target: what `apply` is given, a spec or a plan that was saved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from provision.errors import CannotError

if TYPE_CHECKING:
    from provision.apply.prepare import Prepared
    from provision.cli.console import Console
    from provision.cli.planning import Planner
    from provision.plan.saved import SavedPlan
    from provision.spec.spec import Spec
    from provision.spec.variable import Variables

__all__ = ["Target", "load_targets"]

_PLAN_SIGN = '"provision/plan/'
_PLAN_HEAD = 4096


class Target(Protocol):
    """Something that can be applied to an org."""

    @property
    def api_version(self) -> int | None:
        """The API version that it must be applied with; ``None`` for the best one."""
        ...

    def prepare(self, planner: Planner) -> Prepared:
        """The plan for the planner's org. Writes nothing."""
        ...

    def saved(self, prepared: Prepared, planner: Planner) -> SavedPlan:
        """The plan as it is, or would be, saved: what a checksum approves."""
        ...


@dataclass(frozen=True, slots=True)
class _SpecTarget:
    """A spec: planned anew."""

    spec: Spec
    api_version: int | None = None

    def prepare(self, planner: Planner) -> Prepared:
        return planner.prepare(self.spec)

    def saved(self, prepared: Prepared, planner: Planner) -> SavedPlan:
        from provision.apply.plan_file import save
        from provision.org.clock import SystemClock

        return save(prepared, planner.org, SystemClock().now(), Path())


@dataclass(frozen=True, slots=True)
class _PlanTarget:
    """A saved plan: held to the org as it is now, and done to the letter or refused."""

    file: Path
    plan: SavedPlan

    @property
    def api_version(self) -> int | None:
        return self.plan.content.org.api_version

    def prepare(self, planner: Planner) -> Prepared:
        from provision.apply.saved_preparation import prepare_saved

        passphrase = os.environ.get("PROVISION_PRIVATE_KEY_PASSPHRASE")
        return planner.judged(prepare_saved(self.plan, self.file, planner.org, passphrase))

    def saved(self, prepared: Prepared, planner: Planner) -> SavedPlan:  # noqa: ARG002  # Target's signature
        return self.plan


def load_targets(paths: Sequence[Path], values: Variables, console: Console) -> tuple[Target, ...]:
    """The specs at ``paths``, or the one plan that was saved there.

    Raises :class:`CannotError` for what cannot be read, and for a plan among others.
    """
    from provision.apply.plan_file import read_saved
    from provision.cli.specs import load_specs

    plans = [path for path in paths if _is_plan(path)]
    if not plans:
        return tuple(map(_SpecTarget, load_specs(paths, values, console)))
    if len(paths) > 1:
        raise CannotError(
            "a saved plan is applied alone", next_step=f"Run `provision apply {plans[0]}`."
        )
    return (_PlanTarget(plans[0], read_saved(plans[0])),)


def _is_plan(path: Path) -> bool:
    """Whether a file is a saved plan, by what it says of itself; JSON may be a spec as well."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _PLAN_SIGN in file.read(_PLAN_HEAD)
    except OSError:
        return False
