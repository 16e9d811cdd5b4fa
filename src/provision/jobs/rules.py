"""The rules that a command line chooses, for lint and for gates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from provision.errors import CannotError

if TYPE_CHECKING:
    from provision.rules.rule import RuleSet

__all__ = ["rule_set"]

_DEFAULT_PROFILES = ("baseline",)


def rule_set(file: Path | None, profiles: Sequence[str] = ()) -> RuleSet:
    """The rules of ``file``, or of shipped ``profiles``, by default the baseline.

    Raises :class:`CannotError` for both at once, and for rules that are all off.
    """
    from provision.rules.load import built_in_rules, load_rules

    if file is not None and profiles:
        raise CannotError(
            "--rules and --profile exclude each other",
            next_step=f"Write `extends: [{', '.join(profiles)}]` in {file}.",
        )
    rules = load_rules(file) if file else built_in_rules(profiles or _DEFAULT_PROFILES)
    if not rules.active:
        # What checks nothing must not look like what found nothing.
        raise CannotError(
            f"{file} has no rule that is on", next_step="Write `extends: [baseline]` in it."
        )
    return rules
