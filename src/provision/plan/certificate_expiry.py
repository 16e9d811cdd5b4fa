"""Certificate expiry: the certificates of an app that have expired, or soon will.

Salesforce sends no notice, and some orgs keep accepting logins with an expired certificate (OBS).
So nobody notices until an org starts to refuse them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.certificate import certificate_der
from provision.catalogue.component import Component
from provision.findings import ADVICE, Finding, Severity
from provision.spec.oauth import DEFAULT_WARN_DAYS
from provision.spec.position import Position
from provision.spec.spec import Spec

__all__ = ["CertificateExpiry", "Holder", "expiry"]

_JWT: Final = ("oauth", "jwt_bearer")
_KEY: Final = (*_JWT, "certificate")


class Holder(Enum):
    """Who has a certificate."""

    ORG = "the org"
    SPEC = "the spec"


@dataclass(frozen=True, slots=True)
class CertificateExpiry:
    """A certificate that has expired, or is about to, in a sentence.

    If ``is_error``, it counts as a difference from the spec: the spec wants a valid certificate.
    Otherwise it is advice.
    """

    holder: Holder
    not_after: datetime
    days_left: int
    is_error: bool
    text: str
    position: Position

    @property
    def finding(self) -> Finding:
        """The certificate as advice."""
        return Finding(Severity.NOTE, ADVICE, self.text, position=self.position)


def expiry(
    spec: Spec, actual: Mapping[str, Component], now: datetime
) -> tuple[CertificateExpiry, ...]:
    """The certificates of ``spec`` and ``actual`` that have expired, or soon will, at ``now``.

    ``now`` has a time zone. ``actual`` are the org's components by type name. If both have the
    same certificate, it is reported once, as the org's. A certificate that the spec does not
    manage is never an error, and one that the spec removes is not reported.
    """
    return tuple(_Expiry(spec, now).findings(_certificate_of(actual)))


class _Expiry:
    """Finds the expiring certificates of one spec at one moment."""

    def __init__(self, spec: Spec, now: datetime) -> None:
        oauth = spec.document.oauth
        self._spec = spec
        self._now = now
        self._removed = oauth is not None and oauth.says("jwt_bearer") and oauth.jwt_bearer is None
        jwt = oauth.jwt_bearer if oauth else None
        self._warn_days = jwt.warn_before if jwt else DEFAULT_WARN_DAYS

    def findings(self, actual: bytes | None) -> Iterator[CertificateExpiry]:
        wanted = self._spec.certificate
        if actual is not None and not self._removed:
            end = _end_of(actual)
            replaced = wanted is not None and wanted.der != actual
            if end is not None:
                yield from self._finding(Holder.ORG, end, self._step(replaced=replaced))
        if wanted is not None and wanted.der != actual:
            yield from self._finding(Holder.SPEC, wanted.not_after, self._step(replaced=False))

    def _finding(
        self, holder: Holder, not_after: datetime, step: str
    ) -> Iterator[CertificateExpiry]:
        days = (not_after - self._now).days
        expired = self._now > not_after
        if not expired and days >= self._warn_days:
            return
        end = f"{'expired' if expired else 'expires'} on {not_after:%Y-%m-%d}"
        left = "" if expired else f", in {days} days" if days != 1 else ", in 1 day"
        yield CertificateExpiry(
            holder=holder,
            not_after=not_after,
            days_left=days,
            is_error=expired and self._spec.certificate is not None,
            text=f"{'.'.join(_KEY)}: the certificate of {holder.value} {end}{left}; {step}",
            position=self._spec.positions.of(_KEY),
        )

    def _step(self, *, replaced: bool) -> str:
        if replaced:
            return "applying the spec replaces it"
        if self._spec.certificate is None:
            return "the spec does not manage it"
        return f"`provision rotate certificate {self._spec.path}` makes a new one"


def _certificate_of(actual: Mapping[str, Component]) -> bytes | None:
    """The DER of the org's certificate, ``None`` if it has no readable certificate."""
    settings = actual.get(GLOBAL_OAUTH_SETTINGS.name)
    text = settings.text("certificate") if settings else ""
    try:
        return certificate_der(text)
    except ValueError:
        return None


def _end_of(der: bytes) -> datetime | None:
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(der).not_valid_after_utc
    except ValueError:  # an org stores any text
        return None
