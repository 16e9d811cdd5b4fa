"""Deploys as jobs: submitted, polled, cancelled, and repeated as a quick deploy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from provision.localorg.domain.deploy import DeployOptions, DeployReport, Message, deploy
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused
from provision.localorg.store.rows import JobBody

__all__ = ["DeployJob", "all_jobs", "cancel", "poll", "quick_deploy", "submit"]

_KIND: Final = "deploy"
_PREFIX: Final = "0Af"
_FINAL: Final = ("Succeeded", "SucceededPartial", "Failed", "Canceled")
_QUICK_SECONDS: Final = 10 * 24 * 3600  # DOC: a validation may be deployed within ten days


@dataclass(slots=True)
class DeployJob:
    """One deploy and its progress. Times are seconds since 1970; 0 means "not yet"."""

    id: str
    author: str
    options: DeployOptions
    version: int
    status: str
    polls: int
    created: float
    started: float = 0.0
    completed: float = 0.0
    cancelled_by: str = ""
    messages: tuple[Message, ...] = ()
    fatal: bool = False
    tests: bool = False

    @property
    def done(self) -> bool:
        """Whether the job has ended, in success or failure."""
        return self.status in _FINAL

    @property
    def success(self) -> bool:
        """Whether it succeeded, in whole or in part."""
        return self.status in {"Succeeded", "SucceededPartial"}

    @property
    def failures(self) -> tuple[Message, ...]:
        """The refused components."""
        return tuple(message for message in self.messages if not message.success)

    @property
    def last_modified(self) -> float:
        """When the job last changed."""
        return self.completed or self.started or self.created

    @property
    def total(self) -> int:
        """The number of components that count."""
        return len(self._counted)

    @property
    def deployed(self) -> int:
        """The number of components that were deployed."""
        return len([message for message in self._counted if message.success])

    @property
    def errors(self) -> int:
        """The number of components that were refused; 0 if the deploy failed as a whole (OBS)."""
        return 0 if self.fatal else len(self.failures)

    @property
    def _counted(self) -> tuple[Message, ...]:
        # OBS: the totals count every component, but not package.xml.
        counted = (m for m in self.messages if m.type or not m.success)
        return () if self.fatal else tuple(counted)


def submit(
    org: Org,
    author: str,
    content: bytes,
    options: DeployOptions,
    version: int,
    *,
    tests: bool = False,
) -> DeployJob:
    """Queue a deploy. If it waits for no polls, it runs at once, in the caller's transaction."""
    job = DeployJob(
        org.database.new_id(_PREFIX),
        author,
        options,
        version,
        "Pending",
        org.quirks.deploy_polls,
        org.clock.now(),
        tests=tests,
    )
    org.jobs.put(job.id, _KIND, _as_body(job), content)
    if job.polls == 0 and not options.stuck:
        _run(org, job)
    return job


def poll(org: Org, job_id: str) -> DeployJob:
    """The job's state. Each call moves an unfinished job one step forward."""
    job = _load(org, job_id)
    if job.status == "Canceling":
        job.status, job.completed = "Canceled", org.clock.now()
        _save(org, job)
    elif not job.done and not job.options.stuck:
        job.polls -= 1
        if job.polls < 0:
            _run(org, job)
        else:
            job.status = "InProgress"
            job.started = job.started or org.clock.now()
            _save(org, job)
    return job


def all_jobs(org: Org) -> list[DeployJob]:
    """Every deploy of an org, in no particular order."""
    return [_job(body) for body in org.jobs.all(_KIND)]


def cancel(org: Org, job_id: str, user: str) -> DeployJob:
    """Ask a job to stop. Raises :class:`Refused` for one that has ended."""
    job = _load(org, job_id)
    if job.done:
        raise Refused("INVALID_ID_FIELD", "Deployment already completed")
    job.status, job.cancelled_by = "Canceling", user
    org.jobs.drop_archive(job.id)
    _save(org, job)
    return job


def quick_deploy(org: Org, author: str, validation_id: str) -> DeployJob:
    """Deploy the zip of a successful validation. Raises :class:`Refused` for any other job."""
    validation = _load(org, validation_id)
    content = org.jobs.archive(validation.id)
    recent = org.clock.now() - validation.completed <= _QUICK_SECONDS
    usable = validation.options.check_only and validation.success and validation.tests
    if not (recent and usable and content):
        raise Refused(
            "INVALID_ID_FIELD",
            "The validation isn't one that can be deployed: it must have succeeded, with tests,"
            " within the last 10 days",
        )
    options = DeployOptions(ignore_warnings=validation.options.ignore_warnings)
    return submit(org, author, content, options, validation.version)


def _run(org: Org, job: DeployJob) -> None:
    job.started = job.started or org.clock.now()
    report = deploy(org, job.author, org.jobs.archive(job.id), job.options, job.version)
    job.messages, job.fatal = tuple(report.messages), report.fatal
    job.status = _status(report, job.options)
    job.completed = org.clock.now()
    if not (job.options.check_only and job.success):
        org.jobs.drop_archive(job.id)
    _save(org, job)


def _status(report: DeployReport, options: DeployOptions) -> str:
    if not report.failures:
        return "Succeeded"
    written = [message for message in report.messages if message.success and message.type]
    return "SucceededPartial" if written and not options.rollback_on_error else "Failed"


def _load(org: Org, job_id: str) -> DeployJob:
    body = org.jobs.get(job_id, _KIND)
    if body is None:
        raise Refused(
            "INVALID_CROSS_REFERENCE_KEY", f"No DeployResult found for id: {job_id}", status=404
        )
    return _job(body)


def _job(body: JobBody) -> DeployJob:
    options = DeployOptions(**body.pop("options"))
    messages = tuple(Message(**message) for message in body.pop("messages"))
    return DeployJob(options=options, messages=messages, **body)


def _as_body(job: DeployJob) -> JobBody:
    return asdict(job)


def _save(org: Org, job: DeployJob) -> None:
    org.jobs.update(job.id, _as_body(job))
