"""Callback: where the `sf` CLI awaits the browser, and where an app lets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.errors import CannotError
from provision.handover.ports import SfPorts, first_free, free_port_after, sf_url
from provision.handover.project_file import DEFAULT_PORT, KEY, NAME, ProjectEdit, ProjectFile

__all__ = ["Callback", "project_edit"]


@dataclass(frozen=True, slots=True)
class Callback:
    """An app's ports, and the project file that applies in ``directory``, where the CLI runs."""

    app: SfPorts
    directory: Path
    project: ProjectFile | None

    @classmethod
    def in_directory(cls, app: SfPorts, directory: Path) -> Callback:
        """The ports of ``app`` and the project file of ``directory``."""
        return cls(app, directory, ProjectFile.nearest(directory))

    @property
    def listens_on(self) -> int | None:
        """The port that the CLI listens on; ``None`` if the project file does not name a port."""
        return self.project.port if self.project else DEFAULT_PORT

    @property
    def fits(self) -> bool:
        """Whether the app has a callback URL with the port that the CLI listens on."""
        return self.listens_on in self.app.ports

    def free(self) -> int | None:
        """A free port of the app's: the one that the CLI listens on, or else the first."""
        return first_free(sorted(self.app.ports, key=lambda port: port != self.listens_on))

    @property
    def mismatch(self) -> str:
        """What is wrong if the app has no callback URL with the CLI's port."""
        if self.listens_on is None:
            return f"{self._set_in}: {KEY} is not a port that the `sf` CLI could listen on"
        by = f" ({self._set_in})" if self._set_in else ""
        none = f"no callback URL of {self.app.app} has that port"
        return f"the `sf` CLI listens on {self.listens_on} here{by}, and {none}"

    def remedy(self, port: int | None) -> str:
        """What to do so that the CLI listens on ``port``; ``None`` if no port of the app's is free.

        Only the user can create a missing file: it makes the folder a project, for which the CLI
        keeps settings of its own (the default org, the default Dev Hub).
        """
        if port is None:
            return self.addition
        if self.project is None:
            return (
                f"{self._use_of_default}, or create {self.directory / NAME} with "
                f'`{{"{KEY}": {port}}}`, which makes the folder a project of the CLI'
            )
        if self.project.problem:
            return f'Fix {self.project.path}, then set `"{KEY}": {port}` in it'
        return f'Set `"{KEY}": {port}` in {self.project.path}, as `apply --login web` does'

    @property
    def addition(self) -> str:
        """What to add so that the app has a callback URL with a free port."""
        port = self._free_elsewhere()
        if port is None:
            return f"Add a callback URL like {sf_url(DEFAULT_PORT)} with a free port"
        line = (
            f"Add the line `- {sf_url(port)}` to oauth.callback_urls of {self.app.spec}, beside "
            "the app's others: the port is free, and apply adds the URL to the app"
        )
        if self.project is None and port != DEFAULT_PORT:
            return f"{line} (the CLI only reads the port from a {NAME})"
        return line

    @property
    def _use_of_default(self) -> str:
        if DEFAULT_PORT in self.app.ports:
            return f"End the program that listens on {DEFAULT_PORT}"
        return f"Add the line `- {sf_url(DEFAULT_PORT)}` to oauth.callback_urls of {self.app.spec}"

    @property
    def _set_in(self) -> str:
        """The part of a project file that decides on the CLI's port, empty if none does."""
        if self.project is None:
            return ""
        return self.project.problem or (str(self.project.path) if self.project.sets_port else "")

    def _free_elsewhere(self) -> int | None:
        now = self.listens_on
        if now and now not in self.app.ports and first_free([now]):
            return now
        return free_port_after(max(self.app.ports, default=DEFAULT_PORT), self.app.ports)


def project_edit(apps: Sequence[SfPorts], directory: Path) -> ProjectEdit | None:
    """The edit with which the CLI listens, in ``directory``, on a port that all ``apps`` have.

    ``None`` if no edit is needed. Raises :class:`CannotError` if there is no such port that is
    free, or no file to edit.
    """
    for app in apps:
        if not app.ports:
            raise CannotError(
                f"{app.spec}: {app.app} has no callback URL of the `sf` CLI "
                f"({sf_url(DEFAULT_PORT)}) for --login web to come back to",
                next_step=f"{Callback.in_directory(app, directory).addition}.",
            )
    callback = Callback.in_directory(SfPorts.common(apps), directory)
    if not callback.app.ports:
        raise CannotError(
            f"--login web: {callback.app.app} have no port of the `sf` CLI in common",
            next_step="Give them a callback URL in common, or apply them one by one.",
        )
    return _edit(callback)


def _edit(callback: Callback) -> ProjectEdit | None:
    port = callback.free()
    if port is None:
        taken = ", ".join(map(str, callback.app.ports))
        raise CannotError(
            f"--login web: no port of {callback.app.app}'s callback URLs is free on this machine "
            f"({taken}); it is not known which programs use them",
            next_step=f"{callback.addition}. Or end the program that listens there.",
        )
    if port == callback.listens_on:
        return None
    if callback.project is None:
        raise CannotError(
            f"--login web: of {callback.app.app}'s callback URLs, {sf_url(port)} has a free port, "
            f"but the `sf` CLI listens on {DEFAULT_PORT} where there is no {NAME}",
            next_step=f"{callback.remedy(port)}.",
        )
    return callback.project.with_port(port)
