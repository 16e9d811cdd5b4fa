"""SfHandover: the `sf` CLI logs in with apps once they are applied, or the user is told how."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provision.apply.prepare import Prepared
from provision.apply.run import Applied
from provision.apply.switched_off import app_off
from provision.cli.console import Console
from provision.cli.handover import check_handover, hand_over, make_edit
from provision.cli.localorg import DEFAULT_PORT
from provision.handover.callback import Callback
from provision.handover.ports import SfPorts, sf_ports
from provision.handover.project_file import ProjectEdit
from provision.jobs.orgs import LOCAL
from provision.org.session import Session
from provision.report.sf_command import sf_command, sf_login
from provision.report.sf_login import Handover, SfLogin

__all__ = ["SfHandover"]


class SfHandover:
    """What the `sf` CLI does with each app at the end."""

    def __init__(self, handover: Handover, console: Console) -> None:
        self._handover = handover
        self._console = console
        self._edit: ProjectEdit | None = None

    def check(self, prepared: Sequence[Prepared]) -> None:
        """Raise :class:`CannotError` if the `sf` CLI could not log in with the apps."""
        self._edit = check_handover(prepared, self._handover, self._console)

    def begin(self) -> None:
        """Write the port of the web login into the project's file, if it must be."""
        if self._edit is not None:
            make_edit(self._edit, self._console)

    def hand_over(self, item: Prepared, applied: Applied, session: Session) -> str:
        """Log in, or say which command does. Raises :class:`NotProven`."""
        if self._handover.login is None:
            return self._next_command(item, applied, session)
        hand_over(item.spec, applied, session, self._handover, self._console)
        return ""

    def _next_command(self, item: Prepared, applied: Applied, session: Session) -> str:
        """How the `sf` CLI logs in with an app that is made for it, or where that was asked for.

        The embedded local org ends with this program.
        """
        app = sf_ports(item.spec, applied.actual.components.values())
        if app_off(item.spec) or not (app.ports or self._handover.is_dev_hub):
            return ""
        is_local = item.plan.org.name == LOCAL
        url = f"http://localhost:{DEFAULT_PORT}" if is_local else session.instance_url
        command = sf_command(item.spec, applied, url, self._handover)
        if not command:
            return ""
        hint = self._port_hint(item, app)
        serve = f"provision localorg serve --port {DEFAULT_PORT}  # the embedded org ends here\n  "
        return f"next, for the sf CLI:\n  {serve if is_local else ''}{command}{hint}"

    def _port_hint(self, item: Prepared, app: SfPorts) -> str:
        """What must be done before a web login from this folder can come back to the CLI."""
        if sf_login(item.spec, self._handover) is not SfLogin.WEB or not app.ports:
            return ""
        callback = Callback.in_directory(app, Path.cwd())
        if callback.is_in_step:
            return ""
        return f"\n  # {callback.out_of_step}. {callback.mending(next(iter(app.ports), None))}."
