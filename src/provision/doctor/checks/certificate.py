"""Whether the certificates of the specs hold, and are those of the private keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar, Final

from provision.doctor.check import Context, Subject
from provision.findings import Finding, Severity
from provision.plan.certificate_expiry import expiry

__all__ = ["CertificateValidity"]

_CERTIFICATE: Final = ("oauth", "jwt_bearer", "certificate")
_PRIVATE_KEY: Final = ("oauth", "jwt_bearer", "private_key")


class CertificateValidity:
    """The certificate of each spec, by this machine's clock.

    Salesforce sends no notice, and has been seen to go on accepting an expired certificate: that
    an app still works says nothing about tomorrow.
    """

    id: ClassVar = "certificate"
    title: ClassVar = (
        "The spec's certificate is the private key's, and holds for 30 days or more (warn_before)."
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
