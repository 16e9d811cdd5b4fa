"""Private key: a key file that proves an app. The key never leaves this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from provision.keys.certificate import Certificate, is_der_certificate
from provision.keys.file import (
    KeyFileError,
    PemBlock,
    is_pkcs12,
    open_pkcs12,
    pem_blocks,
    read_bytes,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import CertificateBuilder

__all__ = ["LEAST_BITS", "PrivateKey", "read_private_key"]

LEAST_BITS: Final = 2048
"""RFC 7518 section 3.3: RS256 needs at least this length."""

_Load: TypeAlias = Callable[[bytes, bytes | None], object]


class PrivateKey:
    """An RSA private key that can sign. It cannot be shown or copied."""

    __slots__ = ("_key",)

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def __repr__(self) -> str:
        return f"<PrivateKey of {self.bits} bits>"

    def __reduce__(self) -> str:
        raise TypeError("a private key must not be pickled")

    @property
    def bits(self) -> int:
        """Its length."""
        return self._key.key_size

    def matches(self, certificate: Certificate) -> bool:
        """Whether ``certificate`` certifies this key's public half."""
        from cryptography import x509
        from cryptography.exceptions import UnsupportedAlgorithm

        parsed = x509.load_der_x509_certificate(certificate.der)
        try:
            return parsed.public_key() == self._key.public_key()
        except (UnsupportedAlgorithm, ValueError):  # a kind of key that is not RSA
            return False

    def sign_certificate(self, builder: CertificateBuilder) -> bytes:
        """The certificate of ``builder`` for this key's public half, signed by it, as PEM."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import Encoding

        signed = builder.public_key(self._key.public_key()).sign(self._key, SHA256())
        return signed.public_bytes(Encoding.PEM)

    def sign_rs256(self, claims: Mapping[str, object]) -> str:
        """``claims`` as a JSON Web Token signed with RS256, which Salesforce requires."""
        import jwt

        return jwt.encode(dict(claims), self._key, algorithm="RS256")


def read_private_key(path: Path, passphrase: str | None = None) -> PrivateKey:
    """The RSA key in a file: PKCS#8 or PKCS#1, as PEM or DER, encrypted or not; or PKCS#12.

    A PEM file may have certificates as well. The passphrase is not used for a key that is not
    encrypted. Raises :class:`KeyFileError` if there is no such file, if there is no RSA key of 2048
    bits or more in it, or if the passphrase is missing or wrong.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import (
        load_der_private_key,
        load_pem_private_key,
    )

    data = read_bytes(path, "private key")
    block = _key_block(pem_blocks(data))
    if is_pkcs12(data):
        key: object = open_pkcs12(path, data, passphrase).key
        if key is None:
            raise _no_key(path, "only certificates")
    elif block is not None:
        load = partial(load_pem_private_key, unsafe_skip_rsa_key_validation=True)
        key = _opened(path, block.text, load, passphrase)
    else:
        load = partial(load_der_private_key, unsafe_skip_rsa_key_validation=True)
        key = _opened(path, data, load, passphrase)
    if not isinstance(key, RSAPrivateKey):
        raise KeyFileError(
            f"the private key {path} is not an RSA key; Salesforce only verifies RS256",
            next_step="Make an RSA pair with `provision keys new NAME`.",
        )
    if key.key_size < LEAST_BITS:
        raise KeyFileError(
            f"the private key {path} has {key.key_size} bits, too short for RS256",
            next_step=f"Make a pair of {LEAST_BITS} bits or more with `provision keys new NAME`.",
        )
    if not _is_whole(key):
        raise KeyFileError(
            f"the private key {path} is damaged: its numbers do not fit each other",
            next_step="Take it from a copy, or make a new pair with `provision keys new NAME`.",
        )
    return PrivateKey(key)


def _is_whole(key: RSAPrivateKey) -> bool:
    """Whether a key's numbers belong together (RFC 8017 section 3.2). Damaged ones do not.

    OpenSSL's own check also proves that p and q are prime each time it loads a key: 40 ms for 2048
    bits, 300 ms for 4096, longer than the rest of reading a spec. This takes a tenth of a
    millisecond.
    """
    it = key.private_numbers()
    p, q, n = it.p, it.q, it.public_numbers.n
    one = it.d * it.public_numbers.e - 1
    return (
        min(p, q) > 2
        and bool(p & q & 1)
        and p * q == n
        and one % (p - 1) == one % (q - 1) == 0
        and (it.dmp1, it.dmq1) == (it.d % (p - 1), it.d % (q - 1))
        and it.iqmp * q % p == 1
    )


def _key_block(blocks: tuple[PemBlock, ...]) -> PemBlock | None:
    return next((block for block in blocks if block.is_private_key), None)


def _opened(path: Path, data: bytes, load: _Load, passphrase: str | None) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return load(data, None)
    except TypeError as error:  # cryptography raises it for an encrypted key
        if not passphrase:
            raise KeyFileError(
                f"the private key {path} is encrypted, and no passphrase was given",
                next_step="Give it as `private_key_passphrase: ${env:NAME}` in a spec, with "
                "--passphrase-env NAME on the command line.",
            ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unreadable(path, data) from error
    try:
        return load(data, passphrase.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(
            f"the private key {path} does not open: wrong passphrase, or damaged",
            next_step="Check the passphrase.",
        ) from error


def _unreadable(path: Path, data: bytes) -> KeyFileError:
    if b"-----BEGIN OPENSSH PRIVATE KEY-----" in data:
        return KeyFileError(
            f"{path} is a key in OpenSSH's own form",
            next_step="Make a pair only for this app with `provision keys new NAME`, or convert "
            f"a copy with `ssh-keygen -p -m PKCS8 -f {path.name}`.",
        )
    if b"-----BEGIN CERTIFICATE-----" in data or is_der_certificate(data):
        return _no_key(path, "a certificate")
    return KeyFileError(
        f"{path} is not a private key (PKCS#8, PKCS#1 or PKCS#12)",
        next_step="Convert it with `openssl pkcs8 -topk8`, or make a new pair with "
        "`provision keys new NAME`.",
    )


def _no_key(path: Path, content: str) -> KeyFileError:
    return KeyFileError(
        f"{path} holds {content}, not a private key", next_step="Name the .key file of the pair."
    )
