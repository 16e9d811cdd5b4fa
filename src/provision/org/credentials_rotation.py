"""Rotation: staging, putting in use and revoking the credentials of an org's apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from provision.errors import (
    ApplyFailed,
    CannotError,
    GateRefused,
    OrgError,
    OrgUnreachable,
    ProvisionError,
)
from provision.org.credentials import Consumer, CredentialsReader, Pair, StagedPair, StagedState
from provision.org.org import ReadableOrg

__all__ = ["CredentialsWriter", "refuse_own_app"]

_ANOTHER: Final = "An app has one staging slot."


class CredentialsWriter(CredentialsReader):
    """Changing the credentials of an org's apps, each write read back.

    Beside what reading raises: :class:`GateRefused` for the app that the session came from,
    :class:`CannotError` where the staging slot does not hold what is needed, :class:`ApplyFailed`
    where a write was sent and did not do what it should.
    """

    def stage(self, consumer: Consumer, deliver: Callable[[Pair], None]) -> StagedPair:
        """Make a new pair beside the one in use, and hand it to ``deliver``.

        Whatever stops ``deliver`` takes the new pair away again, and is raised.
        """
        present = self._slot(consumer)
        if present is not None and present.state is not StagedState.EXPIRED:
            raise _occupied(consumer.app, present)
        # OBS: a POST without a body is dropped, though DOC asks for none.
        staged = self._written(consumer, "POST", f"{consumer.path}/staged", {})
        if staged is None or staged.state is not StagedState.ACTIVE:
            raise ApplyFailed(
                f"the org staged no new pair of {consumer.app}", next_step="Try again."
            )
        try:
            deliver(staged.pair)
        except BaseException as error:
            self._take_back(consumer, staged, error)
            raise
        return staged

    def rotate(self, consumer: Consumer) -> StagedPair:
        """Put the staged pair in use; the old pair, and until when it works."""
        staged = self._slot(consumer)
        if staged is None or staged.state is not StagedState.ACTIVE:
            raise _nothing_staged(consumer.app, staged)
        old = self._written(consumer, "PATCH", _path(consumer, staged), {"command": "rotate"})
        if old is None or old.state is StagedState.ACTIVE:
            raise ApplyFailed(
                f"the org did not rotate {consumer.app}: the new pair is still only staged",
                next_step="Rotate again.",
            )
        return old

    def revoke(self, consumer: Consumer, *, unused: bool = False) -> StagedPair:
        """End the old pair now, or with ``unused`` throw the new one away; what was ended."""
        staged = self._slot(consumer)
        if staged is None:
            raise CannotError(
                f"there is nothing to revoke: the staging slot of {consumer.app} is empty",
                next_step="To end the pair in use, stage another, rotate, then revoke.",
            )
        if (staged.state is StagedState.ACTIVE) is not unused:
            raise _other_content(consumer.app, staged)
        if self._written(consumer, "DELETE", _path(consumer, staged), None) is not None:
            raise ApplyFailed(
                f"the org did not revoke the pair of {consumer.app}", next_step="Revoke again."
            )
        return staged

    def _slot(self, consumer: Consumer) -> StagedPair | None:
        """The staging slot, of an app that this session did not come from."""
        staged = self.staged(consumer)
        keys = {self.key(consumer), staged.pair.key if staged else ""}
        if self._org.session.client_id and self._org.session.client_id in keys:
            raise _own_app(consumer.app)
        return staged

    def _written(
        self, consumer: Consumer, method: str, path: str, body: Mapping[str, str] | None
    ) -> StagedPair | None:
        """The slot after a write. Lost answers tell nothing, so that the slot is what counts."""
        lost: OrgUnreachable | None = None
        try:
            self._call(method, path, body=body)
        except OrgUnreachable as error:
            lost = error
        try:
            return self.staged(consumer)
        except OrgError as error:
            raise ApplyFailed(
                f"{method} of the credentials of {consumer.app} was sent, and nobody knows what "
                f"came of it: {(lost or error).message}",
                next_step="When the org answers again, see `provision credentials show --staged`.",
            ) from error

    def _take_back(self, consumer: Consumer, staged: StagedPair, reason: BaseException) -> None:
        left: StagedPair | None = staged
        try:
            left = self._written(consumer, "DELETE", _path(consumer, staged), None)
        except ProvisionError:  # said below, with what remains
            left = staged
        if left is not None:
            said = str(reason) or "interrupted"
            raise ApplyFailed(
                f"{said}\nThe new pair of {consumer.app} remains staged: it could not be taken "
                "back.",
                next_step="Fetch it with `provision credentials show --staged`, or throw it away "
                "with `provision credentials revoke --staged`.",
            ) from reason


def refuse_own_app(org: ReadableOrg, app: str) -> None:
    """Raise :class:`GateRefused` if the session came from ``app``.

    Reads metadata alone, so that it can be asked before the org's setting is opened. A session
    does not always know where it came from: a bare access token does not tell.
    """
    own = org.session.client_id
    if own and org.find_app(app).consumer_key == own:
        raise _own_app(app)


def _path(consumer: Consumer, staged: StagedPair) -> str:
    return f"{consumer.path}/staged/{staged.id}"


def _own_app(app: str) -> GateRefused:
    return GateRefused(
        f"this session came from {app} itself: changing its credentials could end it half-way",
        next_step="Log in another way, as with `sf org login web`.",
    )


def _occupied(app: str, staged: StagedPair) -> CannotError:
    if staged.state is StagedState.ACTIVE:
        return CannotError(
            f"{app} has a staged pair already (until {staged.until}). {_ANOTHER}",
            next_step="Fetch it with `provision credentials show --staged`, put it in use with "
            "`rotate`, or throw it away with `revoke --staged`.",
        )
    return CannotError(
        f"the old pair of {app} is still in the staging slot, and works until {staged.until}. "
        f"{_ANOTHER}",
        next_step="When nobody uses it any more, end it with `provision credentials revoke`.",
    )


def _nothing_staged(app: str, staged: StagedPair | None) -> CannotError:
    if staged is None:
        said = "its staging slot is empty"
    elif staged.state is StagedState.ROTATED:
        said = f"its staging slot holds the old pair, which works until {staged.until}"
    else:
        said = f"what was staged expired on {staged.until}"
    return CannotError(
        f"{app} has no new pair to rotate in: {said}",
        next_step="Make one with `provision credentials stage`.",
    )


def _other_content(app: str, staged: StagedPair) -> CannotError:
    if staged.state is StagedState.ACTIVE:
        return CannotError(
            f"the staging slot of {app} holds a new pair that was never in use, not an old one",
            next_step="Throw it away with `provision credentials revoke --staged`, or put it in "
            "use with `rotate`.",
        )
    return CannotError(
        f"the staging slot of {app} holds the old pair, not a new one that was never in use",
        next_step="End it with `provision credentials revoke`, without --staged.",
    )
