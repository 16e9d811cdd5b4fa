"""Request: a certificate request, which your own CA signs instead of the key itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.keys.creation import NewFile, check_free, key_pem, new_key, subject_name, write_new
from provision.keys.file import KeyFileError, read_bytes

__all__ = ["Request", "new_request", "read_request"]


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate request (PKCS#10): its subject, and the length of its RSA key."""

    subject: str
    bits: int


def new_request(
    name: str,
    directory: Path,
    *,
    bits: int = 2048,
    subject: str,
    passphrase: str | None = None,
) -> tuple[Path, Path]:
    """Write ``NAME.key`` (PKCS#8, which only its owner can read) and ``NAME.csr``.

    Returns their paths. Arguments and errors are those of :func:`~provision.keys.pair.new_pair`.
    The CA decides how long the certificate is valid. Its answer belongs into ``NAME.crt``, which
    must not exist either.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    key_path, request_path, _ = check_free(directory, name, (".key", ".csr", ".crt"))
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject_name(subject))
    key = new_key(bits)
    request = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    write_new(
        {
            key_path: NewFile(key_pem(key, passphrase), private=True),
            request_path: NewFile(request),
        }
    )
    return key_path, request_path


def read_request(path: Path) -> Request:
    """The request in a PEM file. Raises :class:`KeyFileError`."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    data = read_bytes(path, "certificate request")
    try:
        parsed = x509.load_pem_x509_csr(data)
        key = parsed.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(
            f"{path} is not a certificate request",
            next_step="Make one with `provision keys new NAME --csr`.",
        ) from error
    if not isinstance(key, RSAPublicKey):
        raise KeyFileError(
            f"{path} asks for the certificate of a key that is not RSA",
            next_step="Make a request with `provision keys new NAME --csr`.",
        )
    return Request(parsed.subject.rfc4514_string(), key.key_size)
