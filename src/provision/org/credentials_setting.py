"""The org's setting that allows reading secrets over REST: opened for a run, and closed again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final

from provision.catalogue.component import Component
from provision.catalogue.org_settings import APP_SETTINGS, member_of
from provision.errors import ApplyFailed, CannotError, ProvisionError, VersionUnsupported
from provision.org.deploy import DeployOptions, deploy_failed
from provision.org.org import WritableOrg
from provision.org.org_settings import (
    SECRETS_OVER_REST,
    SETTINGS_SINCE,
    SettingsPackage,
)
from provision.org.retry import Retry, Waits
from provision.org.setting_notes import LockedNote, SettingNotes

__all__ = ["OpenedSetting"]

# The problem may pass, so closing the setting is tried for a quarter of a minute.
_CLOSING_WAITS: Final = Waits(1.0)
_CLOSINGS: Final = 5

_NAME: Final = SECRETS_OVER_REST

_AN_EARLIER_RUN: Final = "an earlier run"

Say = Callable[[str], None]


class OpenedSetting:
    """In the ``with`` block, secrets can be read over REST; after it, the setting is as before.

    A setting that is open already stays open, unless ``notes`` say that a run of ours left it open.
    It is closed however the block ends, also by an error or a signal. Raises :class:`CannotError`
    or :class:`OrgError` if it cannot be opened, and :class:`ApplyFailed` if it cannot be closed.
    """

    def __init__(self, org: WritableOrg, say: Say, notes: SettingNotes | None = None) -> None:
        self._org = org
        self._say = say
        self._notes = notes
        self._note: LockedNote | None = None
        self._ours = False
        self._opened_by = "this run"
        self._in_doubt = False

    def __enter__(self) -> None:
        if self._org.api_version < SETTINGS_SINCE:
            raise VersionUnsupported(
                f"{_NAME} came with API {SETTINGS_SINCE}; this is {self._org.api_version}",
                next_step="Leave --api-version out, or open it in Setup.",
            )
        url = self._org.session.instance_url
        was_left = bool(self._notes and self._notes.left(url))
        if self._is_open():
            if was_left:
                self._say(
                    f"an earlier run left {self._org.name}'s setting {_NAME} open; it will be "
                    "closed at the end of this one"
                )
                self._ours = True
                self._opened_by = _AN_EARLIER_RUN
            return
        if self._notes is not None:
            self._notes.delete_left(url)
            self._note = self._notes.add(url, self._org.clock.time())
        self._say(f"opening {self._org.name}'s setting {_NAME}")
        self._ours = True  # before the deploy, whose end is unknown if it is interrupted
        try:
            self._open()
        except BaseException as error:
            self._close(error)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close(error)

    def _open(self) -> None:
        self._set(on=True)
        if self._org.deployer.interrupted:  # a deploy that succeeds does not raise it
            raise KeyboardInterrupt

    def _close(self, reason: BaseException | None) -> None:
        """Close the setting if we opened it. ``reason`` is the error that ended the run, if any.

        After any failure closing is tried again, even after a bug of ours: it does no harm twice.
        """
        if not self._ours:
            return
        retry = Retry(self._org.clock, _CLOSING_WAITS, attempts=_CLOSINGS)
        while True:
            try:
                self._close_once()
            except (Exception, KeyboardInterrupt) as error:
                if retry.is_last_attempt:
                    raise self._left_open(reason, _failure(error)) from error
                if isinstance(error, KeyboardInterrupt):
                    retry.skip_wait()
                    continue
            else:
                return
            with suppress(KeyboardInterrupt):  # somebody wants the next attempt now
                retry.wait()

    def _close_once(self) -> None:
        # A deploy that was sent may still arrive; one behind it in the queue undoes it.
        if self._in_doubt or self._is_open():
            self._say(f"closing {self._org.name}'s setting {_NAME}")
            self._set(on=False)
            if self._opened_by == _AN_EARLIER_RUN:
                was_left = f"{self._org.name}'s setting {_NAME}, which {_AN_EARLIER_RUN} left open"
                self._org.written.note(f"{was_left}, is closed.")
        self._ours = False
        self._org.written.correct(self._opened(), f"{self._opened()} It is closed again.")
        if self._note is not None:
            self._note.delete()
        if self._notes is not None:
            self._notes.delete_left(self._org.session.instance_url)

    def _opened(self) -> str:
        return f"{self._org.name}'s setting {_NAME} was opened."

    def _is_open(self) -> bool:
        records = self._org.metadata.read(APP_SETTINGS, [member_of(APP_SETTINGS)])
        return any(record.fields.get(_NAME) is True for record in records)

    def _set(self, *, on: bool) -> None:
        version = self._org.api_version
        component = Component(APP_SETTINGS, member_of(APP_SETTINGS), {_NAME: on})
        self._in_doubt = True
        result = self._org.deployer.run(SettingsPackage(version, (component,)), DeployOptions())
        self._in_doubt = False
        if result.success and on:
            self._org.written.note(self._opened())
        if result.status == "Canceled":
            raise deploy_failed(result, f"switch its setting {_NAME}")
        if not result.success:
            raise CannotError(
                f"{self._org.name} refused to change {_NAME}: {'; '.join(result.reasons)}",
                next_step="The user needs Customize Application and Modify Metadata; or set it "
                "in Setup, External Client App Settings.",
            )

    def _left_open(self, reason: BaseException | None, failure: str) -> ApplyFailed:
        if self._note is not None:
            self._note.release()
        before = [str(self._org.written), "" if reason is None else _failure(reason)]
        lead = "".join(f"{line}\n" for line in before if line)
        return ApplyFailed(
            f"{lead}WARNING: {self._org.name}'s setting {_NAME} was opened by "
            f"{self._opened_by} and may still be open, since closing it failed: {failure}\n"
            "While it is open, users with View Client Secret can read consumer secrets over REST.",
            next_step='Close it now: Setup, External Client App Settings, "Allow access to '
            'External Client App consumer secrets via REST API". Or run `provision doctor --fix`, '
            "or this command again from this folder: both close it.",
        )


def _failure(error: BaseException) -> str:
    if isinstance(error, ProvisionError):
        return error.message
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return f"a bug in provision: {type(error).__name__}: {error}"
