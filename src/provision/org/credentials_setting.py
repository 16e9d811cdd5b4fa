"""The org's setting that lets secrets be read over REST: opened for a while, and closed again."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Final

from provision.errors import ApplyFailed, CannotError, ProvisionError, VersionUnsupported
from provision.metadata.component import Component
from provision.metadata.org_settings import APP_SETTINGS, member_of
from provision.org.app_settings import (
    SECRETS_OVER_REST,
    SETTINGS_SINCE,
    SettingsPackage,
)
from provision.org.deploy import DeployOptions
from provision.org.org import WritableOrg

__all__ = ["OpenedSetting"]

_TRIES: Final = 3  # of closing: whoever is impatient presses Ctrl-C more than once

_NAME: Final = SECRETS_OVER_REST

Say = Callable[[str], None]


class OpenedSetting:
    """Within ``with``, the org gives secrets over REST; after it, as before.

    A setting that is open already is left so. Whatever ends the block closes it: an error, Ctrl-C.
    Raises :class:`CannotError` or :class:`OrgError` if it cannot be opened, and
    :class:`ApplyFailed` if it cannot be closed, with what that leaves.
    """

    def __init__(self, org: WritableOrg, say: Say) -> None:
        self._org = org
        self._say = say
        self._ours = False
        self._in_doubt = False

    def __enter__(self) -> None:
        if self._org.api_version < SETTINGS_SINCE:
            raise VersionUnsupported(
                f"{_NAME} came with API {SETTINGS_SINCE}; this is {self._org.api_version}",
                next_step="Leave --api-version out, or open it in Setup.",
            )
        if self._is_open():
            return
        self._say(f"opening {self._org.name}'s setting {_NAME}")
        self._ours = True  # before the deploy: nobody knows how an interrupted one ends
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
        if self._org.deployer.interrupted:  # which it forgives a deploy that succeeded
            raise KeyboardInterrupt

    def _close(self, reason: BaseException | None) -> None:
        """Close what we opened. ``reason`` is what the run failed of, if it did."""
        if not self._ours:
            return
        for _ in range(_TRIES):
            try:
                self._close_once()
            except KeyboardInterrupt:
                continue
            except ProvisionError as error:
                raise self._left_open(reason, error.message) from error
            return
        raise self._left_open(reason, "interrupted")

    def _close_once(self) -> None:
        # A deploy that was sent may yet come: one behind it in the org's queue undoes it.
        if self._in_doubt or self._is_open():
            self._say(f"closing {self._org.name}'s setting {_NAME}")
            self._set(on=False)
        self._ours = False

    def _is_open(self) -> bool:
        records = self._org.metadata.read(APP_SETTINGS, [member_of(APP_SETTINGS)])
        return any(record.fields.get(_NAME) is True for record in records)

    def _set(self, *, on: bool) -> None:
        version = self._org.api_version
        component = Component(APP_SETTINGS, member_of(APP_SETTINGS), {_NAME: on})
        self._in_doubt = True
        result = self._org.deployer.run(SettingsPackage(version, (component,)), DeployOptions())
        self._in_doubt = False
        if not result.success:
            raise CannotError(
                f"{self._org.name} did not take its setting {_NAME}: {'; '.join(result.reasons)}",
                next_step="The user needs Customize Application and Modify Metadata; or set it "
                "in Setup, External Client App Settings.",
            )

    def _left_open(self, reason: BaseException | None, failure: str) -> ApplyFailed:
        before = f"{reason}\n" if reason is not None and str(reason) else ""
        return ApplyFailed(
            f"{before}WARNING: {self._org.name}'s setting {_NAME} was opened by this run and may "
            f"still be open, since closing it failed: {failure}\nWhile it is open, users with View "
            "Client Secret can read consumer secrets over REST.",
            next_step='Close it now: Setup, External Client App Settings, "Allow access to '
            'External Client App consumer secrets via REST API".',
        )
