"""Deploys as values: options, messages, results and failures, and the interface to send one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from provision.catalogue.package import Package
from provision.errors import ApplyFailed, OrgUnreachable, WriteUnknown
from provision.org.org_settings import SettingsPackage
from provision.refusals.dictionary import find
from provision.refusals.refusal import Where

__all__ = [
    "DeployMessage",
    "DeployOptions",
    "DeployResult",
    "DeployUnknown",
    "DeployWire",
    "check_same_deploy",
    "deploy_failed",
    "described",
]

_SUCCESS: Final = frozenset({"Succeeded", "SucceededPartial"})
_CANCELED: Final = "Canceled"
_ENDS: Final = _SUCCESS | {"Failed", _CANCELED}


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """The options of a deploy. Every deploy of ours is rolled back if anything in it fails."""

    check_only: bool = False


@dataclass(frozen=True, slots=True)
class DeployMessage:
    """The message of a deploy about one component. It may have a ``problem`` though it succeeded.

    ``id`` is the component's, empty if the org does not tell. ``created`` is true if this deploy
    made the component (DOC: one that existed before is reported as changed), ``deleted`` if this
    deploy deleted it.
    """

    component_type: str
    full_name: str
    file_name: str
    success: bool
    problem: str = ""
    line: int = 0
    column: int = 0
    id: str = ""
    created: bool = False
    deleted: bool = False

    def __str__(self) -> str:
        where = " ".join(part for part in (self.component_type, self.full_name) if part)
        at = f" (line {self.line}, column {self.column})" if self.line else ""
        return f"{where or self.file_name}: {self.problem}{at}"


@dataclass(frozen=True, slots=True)
class DeployResult:
    """How a deploy is doing, or how it ended, with the messages of all components.

    ``surely_ours`` is false if its POST got no answer and it was found in the org's list of
    deployments: another run may have sent an equal one at the same moment. The org has done
    ``deployed`` of ``total`` components; ``total`` is 0 until it counts them. ``waited`` is the
    number of seconds after which we cancelled it for being slow, or else ``None``.
    """

    id: str
    status: str
    done: bool
    success: bool
    error_message: str = ""
    messages: tuple[DeployMessage, ...] = ()
    surely_ours: bool = True
    deployed: int = 0
    total: int = 0
    waited: float | None = None

    @property
    def is_understood(self) -> bool:
        """Whether its status, ``done`` and ``success`` agree. If not, it cannot be relied on."""
        return not self.done or (self.status in _ENDS and self.success == (self.status in _SUCCESS))

    @property
    def failures(self) -> tuple[DeployMessage, ...]:
        """The messages about components that failed."""
        return tuple(message for message in self.messages if not message.success)

    @property
    def warnings(self) -> tuple[DeployMessage, ...]:
        """The problems of components that succeeded all the same."""
        return tuple(message for message in self.messages if message.success and message.problem)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it failed, in sentences. DOC: a warning fails a deploy as well."""
        texts = [str(message) for message in (*self.failures, *self.warnings)]
        return tuple(([self.error_message] if self.error_message else []) + texts)


def check_same_deploy(deploy_id: str, answered_id: str) -> None:
    """Raise :class:`OrgUnreachable` if a status is of another deploy: if it has another id.

    Ids have 15 or 18 characters, and differ in the first 15.
    """
    if answered_id and answered_id[:15] != deploy_id[:15]:
        raise OrgUnreachable(
            f"the org was asked about the deploy {deploy_id} and answered about {answered_id}"
        )


class DeployUnknown(WriteUnknown):
    """A deploy was sent, and nobody knows how it ended. ``deploy_id`` is empty if it is unknown."""

    def __init__(
        self,
        what: str,
        reason: str,
        *,
        deploy_id: str = "",
        interrupted: bool = False,
        next_step: str = "",
    ) -> None:
        named = f"{what} ({deploy_id})" if deploy_id else what
        super().__init__(
            named,
            reason,
            interrupted=interrupted,
            next_step=next_step
            or "Watch it under Setup, Deployment Status. When it has ended, run `provision diff` "
            "to see what the org has, then run the same command again.",
        )
        self.deploy_id = deploy_id


class DeployWire(Protocol):
    """One way to send a deploy and to ask after it."""

    def start(self, package: bytes, options: DeployOptions, what: str) -> str:
        """Send a zip, and return the deploy's id. ``what`` is the deploy in words.

        Raises :class:`OrgRefused` or another :class:`OrgError` if the org turned it away, or else
        :class:`WriteUnknown`.
        """
        ...

    def status(self, deploy_id: str) -> DeployResult:
        """How the deploy is doing, with all its messages.

        Raises :class:`OrgUnreachable` for an answer about another deploy, or one that is not
        understood.
        """
        ...

    def cancel(self, deploy_id: str) -> None:
        """Ask for the deploy to be stopped; it may still succeed."""
        ...


def deploy_failed(
    result: DeployResult, doing: str = "deploy it", *, validates: bool = False
) -> ApplyFailed:
    """The error for a deploy that failed and was rolled back, so that the org is as before.

    It tells a refusal from a deploy that was cancelled. ``doing`` is what the org was asked to do;
    with ``validates`` it was only asked to check that.
    """
    did = "validate it" if validates else doing
    if result.status == _CANCELED and result.waited is not None:
        done = (
            f"{result.deployed} of {result.total} components were done"
            if result.total
            else "the org had not begun with it"
        )
        return ApplyFailed(
            f"the org did not {did} within {result.waited:g} seconds (--deploy-wait): {done}; "
            f"the deploy {result.id} was cancelled, and nothing of it was written (Canceled)",
            next_step="See under Setup, Deployment Status, what the org is busy with. Then run it "
            "again, with a longer --deploy-wait if need be.",
        )
    if result.status == _CANCELED:
        return ApplyFailed(
            f"the org did not {did}: somebody else cancelled the deploy {result.id}, and nothing "
            "of it was written (Canceled)",
            next_step="Ask who cancelled it (Setup, Deployment Status), then run it again.",
        )
    reasons = result.reasons or (f"deploy {result.id} ended as {result.status}",)
    return ApplyFailed(
        f"the org refused to {doing}:\n  " + "\n  ".join(reasons), next_step=_next_step(reasons)
    )


def _next_step(reasons: Sequence[str]) -> str:
    """The next steps of the reasons that the dictionary knows; empty if it knows none."""
    rows = (find(reason) for reason in reasons)
    known = (row.next_step for row in rows if row is not None and Where.DEPLOY in row.where)
    return " ".join(dict.fromkeys(known))


def described(package: Package, options: DeployOptions) -> str:
    """A deploy in words, as in "the deploy of Robot (3 components)"."""
    if package.deletions:
        return f"the deletion of {', '.join(name for _, name in package.deletions)}"
    if isinstance(package, SettingsPackage):
        return f"the switching of {package.switched}"
    doing = "the validation" if options.check_only else "the deploy"
    count = len(package.components)
    named = min((item.full_name for item in package.components), key=len, default="nothing")
    return f"{doing} of {named} ({count} component{'s' if count > 1 else ''})"
