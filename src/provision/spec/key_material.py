"""The certificate and the private key that a spec names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from provision.findings import Finding
from provision.keys.certificate import Certificate, read_certificate
from provision.keys.file import KeyFileError, is_there, named
from provision.keys.private_key import PrivateKey, read_private_key
from provision.spec.model import JwtBearer
from provision.spec.position import KeyPath, Positions

__all__ = ["KeyMaterial", "read_key_material"]

_JWT: KeyPath = ("oauth", "jwt_bearer")


@dataclass(slots=True)
class KeyMaterial:
    """The certificate and the key, as far as they can be read, and what is wrong with them."""

    certificate: Certificate | None = None
    private_key: PrivateKey | None = None
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def read_key_material(
    jwt: JwtBearer, positions: Positions, now: datetime, *, passphrase_known: bool
) -> KeyMaterial:
    """Read the files that ``jwt`` names, and check that they are one pair and valid at ``now``.

    Without ``passphrase_known`` the private key is not read: it may need the passphrase.
    """
    material = KeyMaterial()
    at = positions.of((*_JWT, "certificate"))
    try:
        material.certificate = read_certificate(jwt.certificate, jwt.private_key_passphrase)
    except KeyFileError as error:
        material.problems.append(at.problem(_message("certificate", error)))
    else:
        warning = _out_of_time(material.certificate, now)
        if warning:
            material.warnings.append(at.warning(f"oauth.jwt_bearer.certificate: {warning}"))
    if passphrase_known:
        _read_private_key(jwt, positions, material)
    return material


def _read_private_key(jwt: JwtBearer, positions: Positions, material: KeyMaterial) -> None:
    if jwt.private_key is None:
        return
    at = positions.of((*_JWT, "private_key"))
    if not is_there(jwt.private_key):
        # Whoever deploys does not have to be able to log in as the app.
        material.warnings.append(
            at.warning(
                f"oauth.jwt_bearer.private_key: there is no file {named(jwt.private_key)}; the "
                "proof cannot make a JWT login"
            )
        )
        return
    try:
        material.private_key = read_private_key(jwt.private_key, jwt.private_key_passphrase)
    except KeyFileError as error:
        material.problems.append(at.problem(_message("private_key", error)))
        return
    if material.certificate and not material.private_key.matches(material.certificate):
        material.problems.append(
            at.problem(
                f"oauth.jwt_bearer.private_key: {jwt.private_key.name} is not the key of the "
                f"certificate {jwt.certificate.name}; name the two files of one pair"
            )
        )


def _out_of_time(certificate: Certificate, now: datetime) -> str | None:
    if now > certificate.not_after:
        # An org was seen to accept an expired certificate. Salesforce sends no notice.
        return (
            f"it expired on {certificate.not_after:%Y-%m-%d}; make a new pair with "
            "`provision keys new`, or change it with `provision rotate certificate`"
        )
    if now < certificate.not_before:
        return f"it is not valid before {certificate.not_before:%Y-%m-%d}"
    return None


def _message(key: str, error: KeyFileError) -> str:
    return f"oauth.jwt_bearer.{key}: {error.message}. {error.next_step}".rstrip()
