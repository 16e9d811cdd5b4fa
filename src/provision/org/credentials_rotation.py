"""Rotation: stages new credentials of an app, puts them in use, and revokes old ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from provision.errors import (
    ApplyFailed,
    CannotError,
    GateRefused,
    ProvisionError,
    WriteUnknown,
)
from provision.org.credentials import Consumer, CredentialsReader, Pair, StagedPair, StagedState
from provision.org.org import ReadableOrg, WritableOrg
from provision.org.outcome import SETTLED, find_out, settled
from provision.org.write import write
from provision.org.written import Outcome, WriteNote, unnoted

__all__ = ["CredentialsWriter", "RotatedPair", "refuse_own_app"]

_ANOTHER: Final = "An app has one staging slot."
_SEE: Final = (
    "When the org answers again, see what the staging slot holds with `provision credentials show "
    "--staged`."
)

_IsMade = Callable[[StagedPair | None], bool]


@dataclass(frozen=True, slots=True)
class RotatedPair(StagedPair):
    """The old pair after a rotation. ``key_in_use`` is the consumer key of the new one."""

    key_in_use: str


class CredentialsWriter(CredentialsReader):
    """Changes the credentials of an org's apps, and reads back each write.

    In addition to what reading raises, it raises :class:`GateRefused` for the app that the session
    came from, :class:`CannotError` if the staging slot does not have the right content,
    :class:`ApplyFailed` if a write was sent and did not have its effect, and :class:`WriteUnknown`
    if the slot does not show what became of a write.
    """

    def __init__(self, org: WritableOrg, note: WriteNote = unnoted) -> None:
        super().__init__(org)
        self._target = org
        self._note = note

    def stage(self, consumer: Consumer, deliver: Callable[[Pair], None]) -> StagedPair:
        """Make a new pair beside the one in use, and hand it to ``deliver``.

        If ``deliver`` fails, the new pair is removed again, and the error is raised. A pair that
        was found after its answer was lost is not removed: another run may have staged it at the
        same moment.
        """
        present = self._slot(consumer)
        if present is not None and present.state is not StagedState.EXPIRED:
            raise _occupied(consumer.app, present)
        # OBS: a POST without a body is dropped, though DOC asks for none.
        end = self._written(
            f"the staging of a new pair of {consumer.app}",
            (consumer, "POST", f"{consumer.path}/staged", {}),
            lambda slot: slot is not None and slot.state is StagedState.ACTIVE,
        )
        staged = end.slot
        if staged is None or staged.state is not StagedState.ACTIVE:
            raise end.interrupted or ApplyFailed(
                f"the org staged no new pair of {consumer.app}", next_step="Try again."
            )
        try:
            _unless(end.interrupted)
            deliver(staged.pair)
        except BaseException as error:
            if not end.is_sure:
                raise _remains(consumer.app, error, "is staged, perhaps by another run") from error
            self._take_back(consumer, staged, error)
            raise
        self._target.written.note(f"A new pair of {consumer.app} is staged, and was handed over.")
        return staged

    def rotate(self, consumer: Consumer) -> RotatedPair:
        """Put the staged pair in use. Returns the old pair, its end, and the new key."""
        staged = self._slot(consumer)
        if staged is None or staged.state is not StagedState.ACTIVE:
            raise _nothing_staged(consumer.app, staged)
        end = self._written(
            f"the rotation of {consumer.app}",
            (consumer, "PATCH", _path(consumer, staged), {"command": "rotate"}),
            lambda slot: slot is not None and slot.state is not StagedState.ACTIVE,
        )
        old = end.slot
        if old is None:
            raise ApplyFailed(
                f"the staging slot of {consumer.app} is empty after the rotation: somebody else "
                "revoked a pair at the same time",
                next_step="See which key is in use with `provision credentials show --part key`.",
            )
        if old.state is StagedState.ACTIVE:
            raise end.interrupted or ApplyFailed(
                f"the org did not rotate {consumer.app}: the new pair is still only staged",
                next_step="Rotate again.",
            )
        self._target.written.note(
            f"{consumer.app} is rotated: the new pair, with consumer key {staged.pair.key}, is in "
            f"use; the old one, {old.pair.key}, works until {old.until}."
        )
        _unless(end.interrupted)
        return RotatedPair(old.id, old.pair, old.state, old.until, staged.pair.key)

    def revoke(self, consumer: Consumer, *, unused: bool = False) -> StagedPair:
        """End the old pair now, or discard the new one if ``unused``. Returns the revoked pair."""
        staged = self._slot(consumer)
        if staged is None:
            raise CannotError(
                f"there is nothing to revoke: the staging slot of {consumer.app} is empty",
                next_step="To end the pair in use, stage another, rotate, then revoke.",
            )
        if (staged.state is StagedState.ACTIVE) is not unused:
            raise _other_content(consumer.app, staged)
        end = self._deleted(consumer, staged)
        if end.slot is not None:
            raise end.interrupted or ApplyFailed(
                f"the org did not revoke the pair of {consumer.app}", next_step="Revoke again."
            )
        which = "unused new" if unused else "old"
        self._target.written.note(
            f"The {which} pair of {consumer.app}, {staged.pair.key}, is revoked."
        )
        _unless(end.interrupted)
        return staged

    def _deleted(self, consumer: Consumer, staged: StagedPair) -> _End:
        return self._written(
            f"the revocation of a pair of {consumer.app}",
            (consumer, "DELETE", _path(consumer, staged), None),
            lambda slot: slot is None,
        )

    def _slot(self, consumer: Consumer) -> StagedPair | None:
        """The staging slot. Raises :class:`GateRefused` if the session came from this app."""
        staged = self.staged(consumer)
        keys = {self.key(consumer), staged.pair.key if staged else ""}
        if self._org.session.client_id and self._org.session.client_id in keys:
            raise _own_app(consumer.app)
        return staged

    def _written(
        self,
        what: str,
        call: tuple[Consumer, str, str, Mapping[str, str] | None],
        is_made: _IsMade,
    ) -> _End:
        """The slot after a write, of which notes are made before it is sent and after it.

        If the answer was lost, the slot shows what became of the write. It is read until it shows
        the write, or until the write can no longer arrive.
        """
        consumer, method, path, body = call
        org, url = self._target, self._url(path)
        lost: WriteUnknown | None = None
        self._note(what, Outcome.INTENDED)
        try:
            write(
                what,
                url,
                lambda: org.http.request(method, url, json=body, headers=self._headers()),
                self._read,
            )
        except WriteUnknown as error:
            lost = error
        except ProvisionError:  # turned away
            self._note(what, Outcome.NOT_MADE)
            raise
        try:
            slot = self._read_back(what, lost, lambda: self.staged(consumer), is_made)
        except BaseException:
            self._note(what, Outcome.UNKNOWN if lost else Outcome.MADE)
            raise
        self._note(what, Outcome.MADE if is_made(slot) else Outcome.NOT_MADE)
        interrupted = KeyboardInterrupt() if lost and lost.interrupted else None
        return _End(slot, interrupted, is_sure=lost is None)

    def _read_back(
        self,
        what: str,
        lost: WriteUnknown | None,
        ask: Callable[[], StagedPair | None],
        is_made: _IsMade,
    ) -> StagedPair | None:
        org = self._target
        if lost is not None:
            lost.next_step = _SEE
            return find_out(lost, ask, is_made, org.clock, org.deploy_wait)
        try:
            return settled(ask, is_made, org.clock, min(SETTLED, org.deploy_wait))
        except (ProvisionError, KeyboardInterrupt) as error:
            reason = error.message if isinstance(error, ProvisionError) else "interrupted"
            raise ApplyFailed(
                f"{what} is done, as the org answered; it could not be read back: {reason}",
                next_step=_SEE,
            ) from error

    def _take_back(self, consumer: Consumer, staged: StagedPair, reason: BaseException) -> None:
        remains = "remains staged: it could not be removed"
        try:
            left = self._deleted(consumer, staged).slot
        except WriteUnknown:
            left, remains = staged, "may remain staged: nobody knows whether it was removed"
        except (ProvisionError, KeyboardInterrupt):
            left = staged
        if left is not None:
            raise _remains(consumer.app, reason, remains) from reason
        self._target.written.note(
            f"A new pair of {consumer.app} was staged, handed to nobody, and removed again."
        )


@dataclass(frozen=True, slots=True)
class _End:
    """The slot after a write, and the interruption that came in the meantime, if any.

    ``is_sure`` is true if the org answered the write itself, so it was surely this run's.
    """

    slot: StagedPair | None
    interrupted: KeyboardInterrupt | None
    is_sure: bool


def _remains(app: str, reason: BaseException, how: str) -> ApplyFailed:
    """The error for a new pair that is in the staging slot and was not handed over."""
    return ApplyFailed(
        f"A new pair of {app} {how}; it was not handed over: {_text_of(reason)}",
        next_step="Fetch it with `provision credentials show --staged`, or throw it away with "
        "`provision credentials revoke --staged`.",
    )


def _text_of(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, ProvisionError):
        return error.message
    return f"a bug in provision: {type(error).__name__}"


def _unless(interrupted: KeyboardInterrupt | None) -> None:
    """Raise the interruption that came while a write was under way, if any."""
    if interrupted:
        raise interrupted


def refuse_own_app(org: ReadableOrg, app: str) -> None:
    """Raise :class:`GateRefused` if the session came from ``app``.

    It only reads metadata, so it can be called before the org's setting is opened. A session that
    is only an access token does not know which app it came from.
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
        reason = "its staging slot is empty"
    elif staged.state is StagedState.ROTATED:
        reason = f"its staging slot holds the old pair, which works until {staged.until}"
    else:
        reason = f"what was staged expired on {staged.until}"
    return CannotError(
        f"{app} has no new pair to rotate in: {reason}",
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
