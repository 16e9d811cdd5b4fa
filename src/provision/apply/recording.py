"""Recording: what is kept of a run that writes, from before its first write to its end."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provision.apply.freshness import RecordLearned
from provision.apply.plan_file import save
from provision.apply.prepare import Prepared, identified
from provision.apply.run import Applied
from provision.apply.state_store import StateStore
from provision.errors import CannotError, ExitCode, ProvisionError
from provision.org.clock import Clock
from provision.org.org import WritableOrg
from provision.org.written import Outcome
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.last_applied import last_applied
from provision.plan.plan import AccessChange, Assign, CreatePermissionSet, CreateProfile
from provision.redaction import redacted
from provision.runs.app_record import RunOrg, RunRecord, RunSpec, Verb
from provision.runs.run_directory import RECORD, RunDirectory, open_run
from provision.runs.snapshot import snapshot_of
from provision.runs.write_log import WriteLog
from provision.spec.spec import Spec

__all__ = ["WRITES", "Intent", "Recorder", "Recording", "intent_of"]

_SALT_BYTES: Final = 16
_PLAN: Final = "plan.json"

WRITES: Final = "writes.jsonl"
"""The file of a run that tells each write, before it was sent and after."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Intent:
    """What a run is about to do to one app. ``prepared`` is missing where no plan is applied."""

    verb: Verb
    spec: Spec
    actual: ActualApp
    prepared: Prepared | None = None
    restores: bool = False
    """Whether records that provision does not manage are written beside the plan."""

    @property
    def writes(self) -> bool:
        """Whether anything is to be written to the org."""
        return self.prepared is None or self.restores or not self.prepared.plan.is_empty


def intent_of(prepared: Prepared, verb: Verb = "apply", *, restores: bool = False) -> Intent:
    """The intent to apply a plan."""
    return Intent(verb, prepared.spec, prepared.plan.actual, prepared, restores)


@dataclass(frozen=True, slots=True)
class Recording:
    """One run while it goes on. ``run`` is ``None`` for one that writes nothing."""

    run: RunDirectory | None
    intent: Intent
    org: OrgFacts
    clock: Clock
    state: StateStore
    say: Say

    def note(self, what: str, outcome: Outcome) -> None:
        """Keep a write before it is sent, and what became of it, as one line of a file.

        Of a run that is killed, it tells what may be in the org.
        """
        if self.run is not None:
            log = WriteLog(self.run.path / WRITES, self.clock, self.say)
            log.note(what, outcome)

    def applied(self, applied: Applied) -> None:
        """Keep what was applied and read back, so that later differences tell who moved."""
        record = last_applied(
            applied.plan,
            applied.actual,
            self.org,
            sensitive=self.intent.spec.sensitive,
            run_id=self.run.run_id if self.run else "",
            salt=secrets.token_bytes(_SALT_BYTES),
            now=_now(self.clock),
        )
        self.state.write(record)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Keeps the run of each app in a directory below a folder, and records in ``state``.

    ``folder`` gives that folder. It is called before the first write, so that a job that writes
    nothing leaves nothing.
    """

    folder: Callable[[], Path]
    state: StateStore
    say: Say

    @contextmanager
    def recording(self, intent: Intent, org: WritableOrg) -> Iterator[Recording]:
        """Keep a run: the snapshot before the block, what came of it after.

        Raises :class:`CannotError` when that cannot be kept, before anything was written.
        """
        facts = identified(org.facts, org)
        if not intent.writes:
            yield Recording(None, intent, facts, org.clock, self.state, self.say)
            return
        record, files = _before(intent, org, facts)
        now = _now(org.clock)
        run = open_run(self.folder(), intent.actual.app, now, {**files, RECORD: _bytes(record)})
        lacking = ", ".join(intent.actual.unseen)
        but_for = f", but for {lacking}, which the org does not show" if lacking else ""
        self.say(f"run {run.run_id}: the app as it was is kept in {run.path}{but_for}")
        try:
            yield Recording(run, intent, facts, org.clock, self.state, self.say)
        except RecordLearned:
            # Nothing was overwritten, and the snapshot lacks a record: a rollback to it would clear
            # that. The run that is planned again has one of its own.
            run.remove()
            self.say(f"run {run.run_id} is not kept: it ended before it overwrote anything")
            raise
        except BaseException as error:
            ended = org.written.first(error)
            said, code = f"ended by {type(ended).__name__}", ExitCode.BUG
            if isinstance(ended, ProvisionError):
                said, code = redacted(ended.message), ended.exit_code
            self._end(run, record, said, code, org.clock)
            raise
        self._end(run, record, "done", ExitCode.OK, org.clock)

    def _end(
        self, run: RunDirectory, record: RunRecord, outcome: str, code: ExitCode, clock: Clock
    ) -> None:
        """What was written to the org stays written, whether or not this can be kept."""
        ended = record.model_copy(
            update={"ended": _moment(_now(clock)), "outcome": outcome, "exit_code": int(code)}
        )
        try:
            run.write(RECORD, _bytes(ended))
        except OSError as error:
            self.say(f"notice: how the run ended cannot be kept in {run.path}: {error.strerror}")


def _before(
    intent: Intent, org: WritableOrg, facts: OrgFacts
) -> tuple[RunRecord, dict[str, bytes]]:
    """The record of a run that begins, and the files that it begins with."""
    actual = intent.actual
    grants = org.access.grants(org.app_id(actual.app)) if actual.exists else []
    files = dict(snapshot_of(actual, grants).files(org.api_version))
    not_saved = _save_plan(intent, org, files)
    record = RunRecord(
        verb=intent.verb,
        app=actual.app,
        org=RunOrg(
            name=facts.name,
            instance_url=facts.instance_url,
            id=facts.org_id,
            api_version=facts.api_version,
        ),
        spec=_run_spec(intent.spec.path),
        app_existed=actual.exists,
        consumer_key=actual.consumer_key,
        adds=tuple(redacted(_words(change)) for change in _access(intent)),
        not_kept=actual.unseen,
        plan_not_saved=not_saved,
        started=_moment(_now(org.clock)),
        ended=None,
        outcome="",
        exit_code=None,
    )
    return record, files


def _save_plan(intent: Intent, org: WritableOrg, files: dict[str, bytes]) -> str:
    """Put the plan into ``files``; why not, if it cannot be saved."""
    if intent.prepared is None:
        return f"{intent.verb} applies no plan"
    try:
        plan = save(intent.prepared, org, _now(org.clock), Path.cwd())
    except CannotError as error:
        return redacted(error.message)
    files[_PLAN] = plan.to_json().encode()
    return ""


def _run_spec(path: Path) -> RunSpec | None:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # a rollback's is a directory
        return None
    return RunSpec(file=path.name, sha256=digest, path=str(path))


def _access(intent: Intent) -> Sequence[AccessChange]:
    return intent.prepared.plan.access if intent.prepared else ()


def _words(change: AccessChange) -> str:
    match change:
        case CreatePermissionSet():
            return f"permission set {change.name}"
        case CreateProfile():
            return f"profile {change.name}"
        case Assign():
            return f"permission set {change.permission_set} of {change.username}"


def _bytes(record: RunRecord) -> bytes:
    return record.to_json().encode()


def _moment(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"


def _now(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.time(), UTC)
