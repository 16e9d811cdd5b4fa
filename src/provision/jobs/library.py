"""The public API: what the verbs do, for programs. See docs/api.md; import it from `provision`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from provision.errors import GateName
from provision.findings import Finding
from provision.jobs.apply import Apply
from provision.jobs.context import JobContext, OrgContext
from provision.jobs.destroy import Destroy
from provision.jobs.doctor import Doctor
from provision.jobs.job import Job, Outcome
from provision.jobs.lint import Lint, found_in_specs
from provision.jobs.options import GateOptions, KeepOptions, OrgOptions, RuleOptions, SpecOptions
from provision.jobs.orgs import OneOrg, orgs_of
from provision.jobs.plan import Diff
from provision.jobs.plan import Plan as PlanJob
from provision.jobs.progress import Hooks, Progress, Silence
from provision.jobs.prove import Prove
from provision.jobs.rollback import Rollback
from provision.jobs.rules import rule_set
from provision.jobs.run import kept_run
from provision.jobs.target import OrgTarget
from provision.jobs.workdir import run_base
from provision.org.clock import SystemClock
from provision.org.http import calls_of, http_session
from provision.org.org import ReadableOrg, readable_org
from provision.plan.plan import Plan
from provision.render.template import Templates
from provision.report.findings import Findings
from provision.report.results import AppResult, Results
from provision.runs.run_directory import find_run
from provision.spec.load import check
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["Org", "lint", "validate"]


@dataclass(frozen=True, slots=True)
class Org:
    """An org to which this process has a session. Made by :meth:`connect`."""

    _org: ReadableOrg
    _orgs: OneOrg
    options: OrgOptions
    _http: requests.Session = field(repr=False)

    @classmethod
    @contextmanager
    def connect(
        cls,
        name: str = "",
        *,
        access_token: str = "",
        instance_url: str = "",
        api_version: int | None = None,
        http_timeout: float = 30,
        deploy_wait: float = 600,
    ) -> Iterator[Org]:
        """The org called ``name``, for as long as the block.

        The name is ``local`` for the embedded local org, or an alias or username of the `sf` CLI.
        Without a name it is the org of ``access_token`` and ``instance_url``, else that of the
        session in the environment, else the `sf` CLI's default org. Times are in seconds.

        Raises :class:`CannotError` where no org is named, and :class:`OrgError` where it cannot be
        reached or refuses the login.
        """
        environ = dict(os.environ)
        if access_token:
            environ |= {"SF_ACCESS_TOKEN": access_token, "SF_INSTANCE_URL": instance_url}
        options = OrgOptions(api_version, http_timeout, deploy_wait)
        with (
            orgs_of(OrgTarget(name), environ, SystemClock()) as orgs,
            http_session(http_timeout, orgs.ca_file) as http,
        ):
            assert isinstance(orgs, OneOrg)  # noqa: S101  # as its target is an OrgTarget
            found = orgs.found.name
            session = orgs.login.open(http)
            readable = readable_org(found, session, http, api_version, orgs.pool)
            yield cls(readable, orgs, options, http)

    @property
    def name(self) -> str:
        """What it was called, or its URL."""
        return self._org.name

    @property
    def instance_url(self) -> str:
        """Where it is."""
        return str(self._org.session.instance_url)

    @property
    def username(self) -> str:
        """Whose session it is; empty where the org does not tell."""
        return self._org.session.username

    @property
    def api_version(self) -> int:
        """The API version that it is talked to in."""
        return self._org.api_version

    def _run(self, job: Job, specs: tuple[Spec, ...], progress: Progress | None = None) -> Outcome:
        """Do a job with ``specs`` in this org. Raises :class:`ProvisionError`."""
        shared = JobContext(
            self._orgs,
            Variables(),
            Templates(job.specs.templates),
            job.rules,
            os.environ,
        )
        hooks = Hooks(progress or Silence())

        def work(runs: Callable[[], Path]) -> Outcome:
            context = OrgContext(self._org, specs, shared, job, hooks, runs)
            with context.written_first():
                return job.run(context)

        path = specs[0].path if specs else Path()
        outcome, _ = kept_run(
            job,
            path,
            self.name,
            work,
            calls=lambda: calls_of(self._http).made,
            say=hooks.progress.talk,
        )
        return outcome

    def plan(self, spec: Spec, *, rules: Path | None = None, templates: Path | None = None) -> Plan:
        """What :meth:`apply` would change, with the risks and the gates in its way. Writes nothing.

        Raises :class:`ProvisionError`.
        """
        job = PlanJob(
            target=OrgTarget(self.name),
            specs=SpecOptions(templates=templates),
            org=self.options,
            rules=RuleOptions(rules),
        )
        return _plan_of(self._run(job, (spec,)))

    def diff(self, spec: Spec, *, templates: Path | None = None) -> Plan:
        """Where the org is not what the spec says: a plan without gates. Writes nothing.

        Raises :class:`ProvisionError`.
        """
        specs = SpecOptions(templates=templates)
        job = Diff(target=OrgTarget(self.name), specs=specs, org=self.options)
        return _plan_of(self._run(job, (spec,)))

    def apply(
        self,
        spec: Spec,
        *,
        allow: Iterable[GateName | str] = (),
        proves: bool = True,
        proof_wait: float = 600,
        rules: Path | None = None,
        templates: Path | None = None,
        run_dir: Path | None = None,
        progress: Progress | None = None,
    ) -> AppResult:
        """Make the app of ``spec`` what it says, read it back, and prove it with a real login.

        Nobody is asked: look at :meth:`plan` first. ``allow`` lifts gates by name. A run is kept
        in ``run_dir``, by default `.provision/runs`. Raises :class:`GateRefused` for a gate that
        nothing lifts, :class:`NotProven` where the app is applied and not proven, and other
        :class:`ProvisionError` with what was written and what was not.
        """
        job = Apply(
            target=OrgTarget(self.name, (spec.path,)),
            specs=SpecOptions(templates=templates),
            org=self.options,
            rules=RuleOptions(rules),
            keep=KeepOptions(run_dir),
            gates=_gates(allow),
            proves=proves,
            proof_wait=proof_wait,
        )
        return _result_of(self._run(job, (spec,), progress))

    def prove(
        self, spec: Spec, *, proof_wait: float = 0, progress: Progress | None = None
    ) -> AppResult:
        """Log in with the app, as :meth:`apply` does at its end. Raises :class:`NotProven`."""
        job = Prove(target=OrgTarget(self.name), org=self.options, proof_wait=proof_wait)
        return _result_of(self._run(job, (spec,), progress))

    def destroy(
        self,
        spec: Spec,
        *,
        allow: Iterable[GateName | str] = (),
        run_dir: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Take the app of ``spec`` out of the org, and keep it as files for :meth:`rollback`.

        Raises :class:`GateRefused` unless ``allow`` has ``irreversible``, since key, secret and
        tokens are lost for good.
        """
        job = Destroy(
            target=OrgTarget(self.name, (spec.path,)),
            org=self.options,
            keep=KeepOptions(run_dir),
            gates=_gates(allow),
        )
        self._run(job, (spec,), progress)

    def rollback(
        self,
        run: str,
        *,
        allow: Iterable[GateName | str] = (),
        run_dir: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Make the apps of this org what they were before ``run``: a run's id, or its directory.

        Raises :class:`ProvisionError`.
        """
        job = Rollback(
            target=OrgTarget(self.name),
            org=self.options,
            keep=KeepOptions(run_dir),
            gates=_gates(allow),
            kept=find_run(run_base(run_dir), run).path,
        )
        self._run(job, (), progress)

    def lint(self, spec: Spec, *, rules: Path | None = None) -> tuple[Finding, ...]:
        """What the rules find in what the org has of the app of ``spec``. Writes nothing."""
        job = Lint(target=OrgTarget(self.name), org=self.options, rules=RuleOptions(rules))
        return _findings_of(self._run(job, (spec,)))

    def doctor(self, spec: Spec) -> tuple[Finding, ...]:
        """What must hold in the org before the first write, and does not. Writes nothing."""
        job = Doctor(target=OrgTarget(self.name), org=self.options)
        return _findings_of(self._run(job, (spec,)))


def validate(
    path: Path | str, variables: Mapping[str, str] | None = None, *, allow_exec: bool = False
) -> tuple[Finding, ...]:
    """Everything that is wrong with, or doubtful about, the spec in ``path``. Offline."""
    values = Variables(dict(variables or {}), dict(os.environ), allow_exec=allow_exec)
    checked = check(Path(path), values)
    return (*checked.problems, *checked.warnings, *checked.combinations)


def lint(spec: Spec, *, rules: Path | None = None) -> tuple[Finding, ...]:
    """What the rules find in ``spec``. Offline."""
    return found_in_specs([spec], rule_set(rules), Templates(None))


def _gates(allow: Iterable[GateName | str]) -> GateOptions:
    return GateOptions(frozenset(map(GateName, allow)), yes=True)


def _result_of(outcome: Outcome) -> AppResult:
    assert isinstance(outcome, Results)  # noqa: S101  # as the job's type says
    [result] = outcome.results
    if result.error is not None:
        raise result.error
    return result


def _plan_of(outcome: Outcome) -> Plan:
    result = _result_of(outcome)
    assert result.plan is not None  # noqa: S101  # there is a plan, or an error
    return result.plan


def _findings_of(outcome: Outcome) -> tuple[Finding, ...]:
    assert isinstance(outcome, Findings)  # noqa: S101  # as the job's type says
    return outcome.findings
