"""`provision rollback`: an app back to what it was before a run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes, confirm
from provision.cli.console import Console
from provision.cli.keeping import RunDir, recorder, run_base
from provision.cli.options import (
    Allow,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    OrgChoice,
    Quiet,
    RulesFile,
)

if TYPE_CHECKING:
    from provision.apply.recording import Recorder
    from provision.apply.rollback import KeptRun
    from provision.errors import GateName
    from provision.org.org import WritableOrg
    from provision.plan.facts import ActualApp
    from provision.rules.rule import RuleSet

__all__ = ["rollback"]


def rollback(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run's id, or its directory.", show_default=False)
    ],
    org: Org = "",
    yes: Yes = False,
    allow: Allow = None,
    rules: RulesFile = None,
    run_dir: RunDir = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    quiet: Quiet = False,
) -> None:
    """Make an app what it was before a run: show the plan, ask, snapshot, deploy, read back.

    An app that was not there before the run is destroyed, which needs --allow irreversible.
    """
    from provision.apply.rollback import check_run_org, learn_names, read_run
    from provision.apply.run_directory import find_run
    from provision.cli.connection import writing
    from provision.cli.rules import rule_set
    from provision.org.quota import NO_RESERVE

    console = Console(quiet)
    keeper = recorder(run_dir, "", console)
    kept = read_run(find_run(run_base(run_dir), run))
    version = kept.record.org.api_version if api_version is None else api_version
    asking = _Asking(frozenset(allow or ()), rule_set(rules, ()), ask=not yes)
    with writing(OrgChoice(org, version, http_timeout, deploy_wait)) as opened:
        target = dataclasses.replace(opened, reserve=NO_RESERVE)  # a way back
        check_run_org(kept, target)
        learn_names(kept, target)
        actual = target.find_app(kept.record.app, wholly=True)
        if kept.record.app_existed:
            _restore(kept, actual, target, keeper, asking, console)
        else:
            _remove(kept, target, keeper, asking, console)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What may be done unasked: which gates are lifted, what the rules say, whether to ask."""

    allowed: frozenset[GateName]
    rules: RuleSet
    ask: bool


def _restore(
    kept: KeptRun,
    actual: ActualApp,
    org: WritableOrg,
    keeper: Recorder,
    asking: _Asking,
    console: Console,
) -> None:
    """Restore, planned again for each record that the org names and no read had shown."""
    from provision.apply.replanning import RecordLearned, check_known

    try:
        _restore_known(kept, actual, org, keeper, asking, console)
    except RecordLearned as learned:
        console.talk(learned.notice)
        anew = org.find_app(kept.record.app, wholly=True)
        check_known(anew, learned)
        _restore(kept, anew, org, keeper, asking, console)


def _restore_known(
    kept: KeptRun,
    actual: ActualApp,
    org: WritableOrg,
    keeper: Recorder,
    asking: _Asking,
    console: Console,
) -> None:
    from provision.apply.gating import check_gates, gated
    from provision.apply.recording import intent_of
    from provision.apply.restoring import restoration_of, restore
    from provision.apply.rollback import (
        check_restored,
        prepare_rollback,
        rollback_exceptions,
        rollback_notices,
    )
    from provision.apply.run import apply_plan
    from provision.org.clock import SystemClock
    from provision.report.text import plan_text

    prepared = prepare_rollback(kept, actual, org, SystemClock().today())
    prepared = gated(prepared, org, asking.rules)
    restoration = restoration_of(kept.snapshot.dependents, actual)
    console.result("\n".join((plan_text(prepared.plan), *restoration.lines(), "")))
    for notice in rollback_notices(kept, actual):
        console.talk(f"notice: {notice}")
    if prepared.plan.is_empty and not restoration.deployed:
        return
    check_gates([prepared.plan], asking.allowed, asking.rules.thresholds)
    if asking.ask:
        confirm(f"Roll {kept.record.app} back in {org.name}?")
    intent = intent_of(prepared, "rollback", restores=bool(restoration.deployed))
    with keeper.recording(intent, org) as recording:
        applied = apply_plan(prepared, org, console.talk, recording.note)
        check_restored(applied)
        restore(restoration, org, recording.note)
    differs = ", ".join(rollback_exceptions(kept, actual, applied.actual, restoration))
    console.result(
        f"app: {kept.record.app} is what it was before {kept.directory.id} (read back)"
        f"{f', but for {differs}' if differs else ''}"
    )
    if applied.consumer_key != kept.record.consumer_key:
        console.result(f"consumer key: {applied.consumer_key}")


def _remove(
    kept: KeptRun,
    org: WritableOrg,
    keeper: Recorder,
    asking: _Asking,
    console: Console,
) -> None:
    from provision.apply.bare_spec import bare_spec
    from provision.apply.destroy import check_removals, prepare_removal
    from provision.cli.destroy import removal_text, remove

    removal = prepare_removal(bare_spec(kept.record.app, kept.directory.path), org)
    console.result(f"{removal_text(removal)}\n")
    if removal.is_empty:
        return
    if kept.record.adds:
        console.talk(
            f"notice: left as they are, where the run added them: {', '.join(kept.record.adds)}"
        )
    check_removals([removal], asking.allowed)
    if asking.ask:
        confirm(f"Destroy {kept.record.app} in {org.name}? It was not there before the run.")
    remove(removal, org, keeper, console)
