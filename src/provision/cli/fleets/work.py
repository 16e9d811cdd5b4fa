"""Work: what each verb does in one org of a fleet, once that is open."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from provision.apply.gating import check_gates
from provision.apply.prepare import Prepared
from provision.apply.proof import Prover
from provision.apply.recording import Recorder
from provision.apply.state_store import StateStore
from provision.cli.applying import Applier, refused
from provision.cli.console import Console
from provision.cli.examining import examined, subjects_of
from provision.cli.fleets import credentials_work
from provision.cli.fleets.opening import Site
from provision.cli.keeping import recorder
from provision.cli.linting import found_in_org
from provision.cli.planning import Planner, found_code
from provision.cli.proving import Proving
from provision.cli.replanning import Replanner
from provision.errors import ExitCode, GateRefused
from provision.findings import Finding
from provision.org.clock import SystemClock
from provision.plan.exact_json import as_json
from provision.plan.plan import Plan
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.results import AppResult, Results
from provision.report.sf_login import Handover
from provision.report.shown_plan import ShownPlan
from provision.rules.threshold import Thresholds

__all__ = ["WORK", "Outcome", "Work", "digest_of"]

Outcome = Report | Findings | str
"""What came of an org; a text where a line says it all."""

Work = Callable[[Site, frozenset[str]], Outcome]
"""The work, and the digests of the plans that somebody has seen, where it needs any."""

_SILENT: Final = Console(quiet=True)  # what there is to say of an org is in its row


def digest_of(plan: ShownPlan) -> str:
    """What is shown of a plan, in a line: equal for two plans that nobody can tell apart.

    Where in which file a thing is said does not count: on another machine the same file may be
    called by another name. Nor does who changed the org before, and when, nor do numbers of users,
    which change while people work.
    """
    shown = _without_positions(as_json(plan.as_decided()))
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _without_positions(value: object) -> object:
    match value:
        case dict():
            return {k: _without_positions(v) for k, v in value.items() if k != "position"}
        case list() | tuple():
            return [_without_positions(item) for item in value]
        case _:
            return value


def _diff(site: Site, _: frozenset[str]) -> Outcome:
    planner = Planner(site.org, site.shelf.templates, _state(site))
    strict = site.errand.strict
    return Report.of(Results("diff", tuple(planner.results(site.specs, _code(strict=strict)))))


def _plan(site: Site, _: frozenset[str]) -> Outcome:
    results = _planner(site).results(site.specs, _code(strict=False))
    return Report.of(Results("plan", tuple(results)))


def _apply(site: Site, seen: frozenset[str]) -> Outcome:
    planner = _planner(site)
    prepared = [planner.prepare(spec) for spec in site.specs]
    try:
        _check_seen(prepared, site.org.name, seen)
        # How many apps and orgs may change is a question of the whole run, asked before it.
        check_gates([item.plan for item in prepared], site.errand.allow, Thresholds())
    except GateRefused as error:
        return Report.of(refused(prepared, site.org.name, error))
    org = site.writable()
    keeper = _recorder(site)
    prover = None if site.errand.no_proof else _prover(site)
    again = _replanner(planner, site).again if site.errand.unasked else None
    applier = Applier(org, keeper, prover, _SILENT, speaks=False, handover=Handover(), again=again)
    return Report.of(Results("apply", tuple(applier.results(prepared))))


def _prove(site: Site, _: frozenset[str]) -> Outcome:
    proving = Proving(_prover(site), _SILENT, speaks=False)
    return Report.of(Results("prove", tuple(map(proving.result, site.specs))))


def _lint(site: Site, _: frozenset[str]) -> Outcome:
    return _findings("lint", site, found_in_org(site.specs, site.shelf.rules, site.org))


def _doctor(site: Site, _: frozenset[str]) -> Outcome:
    found = examined(site.org, subjects_of(site.specs, site.shelf.templates))
    return _findings("doctor", site, found.findings)


def _stage(site: Site, _: frozenset[str]) -> Outcome:
    return credentials_work.staged(site)


def _rotate(site: Site, _: frozenset[str]) -> Outcome:
    return credentials_work.rotated(site)


WORK: Final[Mapping[str, Work]] = MappingProxyType(
    {
        "diff": _diff,
        "plan": _plan,
        "apply": _apply,
        "prove": _prove,
        "lint": _lint,
        "doctor": _doctor,
        "stage": _stage,
        "rotate": _rotate,
    }
)
"""The work of each verb that goes over fleets."""


def _planner(site: Site) -> Planner:
    return Planner(site.org, site.shelf.templates, _state(site), site.shelf.rules)


def _replanner(planner: Planner, site: Site) -> Replanner:
    """What plans an app again of which the org has a record that its plan did not know.

    Only where nobody was asked: a plan that somebody agreed to is done as it was shown. The new
    plan is said on stderr, since the report that was shown before has the old one.
    """
    return Replanner(
        prepare=lambda item: planner.prepare(item.spec),
        check=lambda anew: check_gates([anew.plan], site.errand.allow, Thresholds()),
        question="",
        console=Console(),
        speaks=False,
    )


def _prover(site: Site) -> Prover:
    return Prover(site.org, SystemClock(), site.errand.proof_wait, _SILENT.talk)


def _state(site: Site) -> StateStore:
    return _recorder(site).state


def _recorder(site: Site) -> Recorder:
    """What keeps the runs of one org, in a folder of its own; records are in one place for all."""
    folder = site.errand.run_dir / "orgs" / site.org.name if site.errand.run_dir else None
    return recorder(folder, site.errand.state, _SILENT, writes=False)


def _code(*, strict: bool) -> Callable[[Plan], ExitCode]:
    return lambda plan: found_code(plan, strict=strict)


def _findings(verb: str, site: Site, found: tuple[Finding, ...]) -> Findings:
    hidden = frozenset(text for spec in site.specs for text in spec.sensitive)
    return Findings(verb, found, tuple(spec.app for spec in site.specs), hidden)


def _check_seen(prepared: Sequence[Prepared], org: str, seen: frozenset[str]) -> None:
    """Raise :class:`GateRefused` unless what is about to be done is what somebody has seen."""
    results = (AppResult(item.spec, org, ExitCode.OK, plan=item.plan) for item in prepared)
    for entry in Report.of(Results("plan", tuple(results))).entries:
        if entry.plan is None or entry.plan.is_empty:
            continue  # of what was shown, all is done: by a worker that died before it said so
        if digest_of(entry.plan) not in seen:
            raise GateRefused(
                f"stale gate: the plan for {entry.app} is not what was shown: the org or the spec "
                "has changed since",
                next_step="Run it again, and look at the new plan.",
            )
