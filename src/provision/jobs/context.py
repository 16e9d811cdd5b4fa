"""Context: what a job works with. One for all of its orgs, and one for each org."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.apply.state_store import StateStore, state_store
from provision.errors import SpecError
from provision.findings import Finding, in_order
from provision.fleet.fleet import FleetOrg
from provision.fleet.shared_value import SharedValues
from provision.jobs.job import Job
from provision.jobs.options import RuleOptions, given_variables
from provision.jobs.orgs import Orgs, files_of, orgs_of
from provision.jobs.progress import Approval, Hooks, Progress
from provision.jobs.rules import rule_set
from provision.jobs.workdir import STATE, run_base
from provision.org.clock import SystemClock
from provision.org.org import ReadableOrg, WritableOrg, writable_org
from provision.org.session import Session
from provision.org.written import Written
from provision.render.template import Templates
from provision.spec.combination.unique import unique_values_of
from provision.spec.load import load
from provision.spec.spec import Spec
from provision.spec.variable import Variables

if TYPE_CHECKING:
    from provision.apply.prepare import Prepared
    from provision.apply.recording import Recorder
    from provision.org.session_cache import SessionCache
    from provision.rules.rule import RuleSet

__all__ = ["JobContext", "KnownSession", "OrgContext", "context_of", "context_with", "open_context"]


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A session that this process opened, and the API version that was agreed on with its org."""

    session: Session = field(repr=False)
    api_version: int


@dataclass(slots=True)
class JobContext:
    """What the work in one org has in common with that in the next, read once a process.

    Orgs with the same variables share a spec. ``cache`` keeps sessions for the next run, where
    that was asked for. ``sessions`` and ``prepared`` are those of the orgs that were opened and
    planned in this process. ``of_worker``: this process is a worker of an engine, so that another
    one may do an org that this one planned. Safe to use from many threads.
    """

    orgs: Orgs
    given: Variables
    templates: Templates
    rule_options: RuleOptions
    environ: Mapping[str, str] = field(repr=False)
    cache: SessionCache | None = None
    of_worker: bool = False
    sessions: dict[str, KnownSession] = field(default_factory=dict, repr=False)
    prepared: dict[str, tuple[Prepared, ...]] = field(default_factory=dict, repr=False)
    _rules: RuleSet | None = None
    _specs: dict[object, Spec] = field(default_factory=dict)
    _loading: dict[object, threading.Lock] = field(default_factory=dict)
    _warnings: dict[str, bool] = field(default_factory=dict)
    _shared: SharedValues = field(default_factory=SharedValues)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def rules(self) -> RuleSet:
        """The rules of the job, read when something is first judged by them: no diff is.

        Raises what :func:`rule_set` raises.
        """
        with self._guard:  # else the first orgs, all at once, would each read them
            if self._rules is None:
                self._rules = rule_set(self.rule_options.rules, self.rule_options.profiles)
            return self._rules

    def specs(self, org: FleetOrg, values: Variables) -> tuple[Spec, ...]:
        """The org's specs. All problems of all files are raised at once.

        Raises :class:`SpecError`, and what :meth:`Orgs.check` raises.
        """
        specs: list[Spec] = []
        problems: list[Finding] = []
        for path in org.specs:
            try:
                specs.append(self._spec(path, values))
            except SpecError as error:
                problems += error.problems
        if problems:
            raise SpecError(problems)
        self.orgs.check(org, specs)
        with self._guard:
            self._shared.add(org.name, self.orgs.login_values(org.name))
            for spec in specs:
                self._shared.add(org.name, unique_values_of(spec.document, spec.positions))
        return tuple(specs)

    def shared_values(self) -> tuple[Finding, ...]:
        """The values that several orgs got, though no two orgs may share them."""
        with self._guard:
            return in_order(self._shared.found())

    def new_warnings(self) -> tuple[str, ...]:
        """What is doubtful about logins and about the specs that were loaded, each once."""
        with self._guard:
            for warning in self.orgs.warnings:
                self._warnings.setdefault(f"warning: {warning}", False)
            new = tuple(text for text, is_shown in self._warnings.items() if not is_shown)
            self._warnings.update(dict.fromkeys(new, True))
        return new

    def _spec(self, path: Path, values: Variables) -> Spec:
        key = (path, tuple(sorted(values.values.items())), values.outside)
        with self._guard:
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:  # the same spec is loaded once; others meanwhile: it may run commands
            found = self._specs.get(key)
            if found is None:
                found = self._specs[key] = load(self.orgs.shown(path), values)
                with self._guard:
                    for warning in found.warnings:
                        self._warnings.setdefault(warning.line, False)
        return found


@dataclass(frozen=True, slots=True)
class OrgContext:
    """One org that a job came to, with the specs that go there, and whoever follows the job.

    ``runs`` gives the folder in which the runs of this org are kept. ``approved`` are the digests
    of the plans that may be applied; ``None`` means that the job itself asks.
    """

    org: ReadableOrg
    specs: tuple[Spec, ...]
    shared: JobContext
    job: Job
    hooks: Hooks
    runs: Callable[[], Path] = field(repr=False)
    variables: Variables = field(default=Variables(), repr=False)
    approved: frozenset[str] | None = None
    clock: SystemClock = field(default_factory=SystemClock)
    written: Written = field(default_factory=Written)

    @property
    def progress(self) -> Progress:
        """Whoever follows the job."""
        return self.hooks.progress

    @property
    def approval(self) -> Approval:
        """Whoever is asked."""
        return self.hooks.approval

    def writable(self) -> WritableOrg:
        """The org, for a job that writes."""
        org = writable_org(self.org, self.clock, self.job.org.deploy_wait)
        return dataclasses.replace(org, written=self.written)

    @property
    def recorder(self) -> Recorder:
        """What keeps the runs of this org, and the records of what was applied last.

        Raises :class:`CannotError` for a state of an unknown kind.
        """
        # Late: a job that only reads keeps no run.
        from provision.apply.recording import Recorder

        return Recorder(self.runs, self.state, self.progress.talk)

    @property
    def state(self) -> StateStore:
        """Where the records of what was applied last are.

        Raises :class:`CannotError` for a state of an unknown kind.
        """
        keep = self.job.keep
        return state_store(keep.state, run_base(keep.run_dir) / STATE, self.progress.talk)

    @contextmanager
    def written_first(self) -> Iterator[None]:
        """Make each error of the block one that begins with what was written by then, if it was."""
        try:
            yield
        except (Exception, KeyboardInterrupt) as error:
            complete = self.written.first(error)
            if complete is error:
                raise
            raise complete from error
        finally:
            if self.written:
                self.progress.written()


_CLOCK: Final = SystemClock()
_guard = threading.Lock()
_newest: dict[str, JobContext] = {}  # by command line; a process of an engine may see many


@contextmanager
def open_context(job: Job, environ: Mapping[str, str]) -> Iterator[JobContext]:
    """The context of ``job``, in this process, for as long as the block.

    Raises :class:`ProvisionError` for a fleet, rules or options that are wrong.
    """
    files = files_of(job.target)
    if files is None or not job.needs_specs:
        with (
            orgs_of(job.target, environ, _CLOCK) as orgs,
            context_with(job, orgs, environ) as context,
        ):
            yield context
        return
    with context_with(job, files, environ) as context:
        # What is wrong with a spec is raised before a login is looked for, or an org started.
        context.specs(files.found, context.given)
        with orgs_of(job.target, environ, _CLOCK) as context.orgs:
            yield context


@contextmanager
def context_with(job: Job, orgs: Orgs, environ: Mapping[str, str]) -> Iterator[JobContext]:
    """As :func:`open_context`, with ``orgs`` in place of those of the job's target."""
    context = _filled(job, orgs, environ)
    with _guard:
        _newest[job.command] = context
    try:
        yield context
    finally:
        with _guard:
            _newest.pop(job.command, None)


def context_of(job: Job) -> JobContext:
    """The context of ``job``: the same for all of a command line, whatever the verb.

    A worker of an engine, which nobody opened one for, makes it of its own environment. Raises
    what :func:`open_context` raises.
    """
    with _guard:  # else the first orgs, all at once, would each make one
        context = _newest.get(job.command)
        if context is None:
            stack = ExitStack()  # never closed: the worker ends after the last org
            orgs = stack.enter_context(orgs_of(job.target, os.environ, _CLOCK))
            context = _filled(job, orgs, os.environ)
            context.of_worker = True
            _newest.clear()
            _newest[job.command] = context
        return context


def _filled(job: Job, orgs: Orgs, environ: Mapping[str, str]) -> JobContext:
    context = JobContext(
        orgs,
        given_variables(job.specs, environ),
        Templates(job.specs.templates),
        job.rules,
        environ,
        _cache(job.org.session_cache, environ) if job.org.session_cache else None,
    )
    if job.rules != RuleOptions():
        _ = context.rules  # what is wrong with rules that a user named is raised before a login
    return context


def _cache(directory: Path, environ: Mapping[str, str]) -> SessionCache:
    # Late: few runs keep sessions, and keeping them takes keyrings and encryption.
    from provision.org.session_cache import SessionCache, session_key

    # A key may be made at its first use: for all orgs at once, or there would be several.
    cache = SessionCache(directory, session_key(environ))
    cache.check()
    return cache
