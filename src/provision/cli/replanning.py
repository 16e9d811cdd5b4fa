"""Replanning: a plan made, shown, gated and confirmed again, after the org named another record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provision.apply.prepare import Prepared
from provision.apply.replanning import RecordLearned, check_known
from provision.apply.steps import Steps
from provision.cli.confirmation import confirm
from provision.cli.console import Console
from provision.org.org import WritableOrg
from provision.report.text import plan_text

__all__ = ["Replanner", "validated"]


@dataclass(frozen=True, slots=True)
class Replanner:
    """Plans an app again. ``prepare`` reads the org anew, ``check`` asks the gates.

    ``question`` is put before anything is done; it is empty where nobody is to be asked.
    """

    prepare: Callable[[Prepared], Prepared]
    check: Callable[[Prepared], None]
    question: str
    console: Console
    speaks: bool

    def again(self, item: Prepared, learned: RecordLearned) -> Prepared:
        """The new plan for ``item``, once it is shown and agreed to.

        Raises :class:`GateRefused` where a gate holds, or nobody confirms.
        """
        self.console.talk(learned.notice)
        anew = self.prepare(item)
        check_known(anew.plan.actual, learned)
        shown = f"{plan_text(anew.plan)}\n"
        self.console.result(shown) if self.speaks else self.console.talk(shown)
        self.check(anew)
        if self.question and not anew.plan.is_empty:
            confirm(self.question)
        return anew


def validated(
    item: Prepared, org: WritableOrg, prepare: Callable[[Prepared], Prepared], console: Console
) -> Prepared:
    """``item`` once the org would take its deploy; planned again for each record that it names.

    Raises :class:`ApplyFailed`.
    """
    while item.plan.deployed:
        try:
            Steps(item, org, console.talk).validate()
        except RecordLearned as learned:
            item = prepare(item)
            check_known(item.plan.actual, learned)
        else:
            console.talk(f"{item.spec.app}: the org would take the deploy")
            break
    return item
