"""Whether the `sf` CLI can await the browser on a port that the spec's callback URLs have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from provision.doctor.check import Context
from provision.findings import Finding, Severity
from provision.handover.callback import Callback
from provision.handover.ports import sf_ports

__all__ = ["CallbackPort"]


class CallbackPort:
    """The port that the CLI takes in this directory: the spec has it, and nobody listens there.

    `sf org login web` listens on 1717, or on oauthLocalPort of sfdx-project.json, for the browser
    to come back to. An app without a callback URL for it is no app for it.
    """

    id: ClassVar = "callback-port"
    title: ClassVar = (
        "The sf CLI listens on a port of the spec's callback URLs (1717, or oauthLocalPort of "
        "sfdx-project.json), and that port is free on this machine."
    )
    fix: ClassVar = (
        "End the program that listens there, or set oauthLocalPort in sfdx-project.json to a free "
        "port that a callback URL has, as `provision apply --login web` does."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning where a web login from here cannot end: the app itself is fine."""
        for subject in context.subjects:
            app = sf_ports(subject.spec, subject.desired)
            if not app.ports:
                continue
            callback = Callback.in_directory(app, context.directory)
            free = callback.free()
            if free is not None and free == callback.listens_on:
                continue
            taken = f"port {callback.listens_on} of a callback URL is taken on this machine"
            wrong = taken if callback.fits else callback.mismatch
            yield Finding(
                Severity.WARNING,
                self.id,
                f"{wrong}: a web login from here cannot end",
                f"{callback.remedy(free)}.",
                app=app.app,
                position=subject.spec.positions.of(("oauth", "callback_urls")),
                key="oauth.callback_urls",
            )
