"""Whether an app works as its spec describes it: certificate, values, callback port."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar, Final

from provision.catalogue.overlay import overlay
from provision.doctor.check import Context, Subject
from provision.errors import OrgRefused, ProvisionError
from provision.findings import Finding, Severity
from provision.handover.callback import Callback
from provision.handover.ports import sf_ports
from provision.org.org import ReadableOrg
from provision.org.quota import QuotaTooLow
from provision.plan.certificate_expiry import expiry
from provision.plan.names import wanted as names_wanted
from provision.spec.combination.judge import found_in_app, found_in_spec

__all__ = ["CHECKS", "CallbackPort", "CertificateValidity", "Combinations"]

_CERTIFICATE: Final = ("oauth", "jwt_bearer", "certificate")
_PRIVATE_KEY: Final = ("oauth", "jwt_bearer", "private_key")
_NOBODY_ASSIGNED: Final = "nobody-assigned"


class CertificateValidity:
    """The certificate of each spec, by this machine's clock.

    Salesforce sends no notice, and has been seen to go on accepting an expired certificate: that
    an app still works says nothing about tomorrow.
    """

    id: ClassVar = "certificate"
    title: ClassVar = (
        "The spec's certificate belongs to the private key, and is valid for 30 days or more "
        "(warn_before)."
    )
    fix: ClassVar = (
        "Make a new pair with `provision keys new NAME`, and name its two files in "
        "oauth.jwt_bearer."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for an expired one or another key's, a warning for one that expires soon."""
        now = datetime.fromtimestamp(context.clock.time(), UTC)
        for subject in context.subjects:
            yield from self._of(subject, now)

    def _of(self, subject: Subject, now: datetime) -> Iterator[Finding]:
        spec = subject.spec
        if spec.certificate is None:
            return
        for each in expiry(spec, {}, now):
            severity = Severity.ERROR if each.is_error else Severity.WARNING
            yield self._finding(subject, _CERTIFICATE, severity, each.text)
        if now < spec.certificate.not_before:
            since = f"{spec.certificate.not_before:%Y-%m-%d %H:%M} UTC"
            said = f"{'.'.join(_CERTIFICATE)}: the certificate is not valid before {since}"
            yield self._finding(subject, _CERTIFICATE, Severity.WARNING, said)
        if spec.private_key is not None and not spec.private_key.matches(spec.certificate):
            said = f"{'.'.join(_PRIVATE_KEY)}: it is not the key of the certificate"
            yield self._finding(subject, _PRIVATE_KEY, Severity.ERROR, said)

    def _finding(
        self, subject: Subject, path: tuple[str, ...], severity: Severity, said: str
    ) -> Finding:
        return Finding(
            severity,
            self.id,
            said,
            self.fix,
            app=subject.spec.app,
            position=subject.spec.positions.of(path),
            key=".".join(path),
        )


class Combinations:
    """Each spec laid over what the org has of its app, as an apply would leave it.

    If the org does not show its app, only the spec is checked. If it refuses the session,
    `provision validate` and `provision lint` find the same.
    """

    id: ClassVar = "combinations"
    title: ClassVar = "The values of each app go together: somebody can use it, and it works."
    fix: ClassVar = "Each finding says what to change in the spec."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A finding for each combination that does not work or has no effect."""
        for subject in context.subjects:
            for found in _found(subject, context.org):
                yield replace(found, app=subject.spec.app)


def _found(subject: Subject, org: ReadableOrg) -> Sequence[Finding]:
    try:
        actual = org.find_app(subject.spec.app).components
    except QuotaTooLow:
        raise
    except ProvisionError:  # other checks report what is wrong with the session
        return found_in_spec(subject.spec, subject.desired)
    wanted = {item.type.name: overlay(item, actual.get(item.type.name)) for item in subject.desired}
    components = {**actual, **wanted}
    found = found_in_app(components, subject.spec, org.api_version)
    if _NOBODY_ASSIGNED not in {each.rule for each in found}:
        return found
    try:  # names are looked up only then: those who are named may have it already
        access = org.access.find(names_wanted(subject.spec, subject.desired))
    except OrgRefused:
        return found
    return found_in_app(components, subject.spec, org.api_version, access.has)


class CallbackPort:
    """The port that the CLI uses in this directory: the spec has it, and nobody listens there.

    `sf org login web` listens on 1717, or on oauthLocalPort of sfdx-project.json, for the browser
    to come back to. It cannot use an app without a callback URL on that port.
    """

    id: ClassVar = "callback-port"
    title: ClassVar = (
        "The sf CLI listens on a port of the spec's callback URLs (1717, or oauthLocalPort of "
        "sfdx-project.json), and that port is free on this machine."
    )
    fix: ClassVar = (
        "Stop the program that listens there, or set oauthLocalPort in sfdx-project.json to a free "
        "port that a callback URL has, as `provision apply --login web` does."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning if a web login from this machine cannot complete: the app itself is fine."""
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
                f"{wrong}: a web login from here cannot complete",
                f"{callback.remedy(free)}.",
                app=app.app,
                position=subject.spec.positions.of(("oauth", "callback_urls")),
                key="oauth.callback_urls",
            )


CHECKS: Final = (
    CertificateValidity(),
    Combinations(),
    CallbackPort(),
)
