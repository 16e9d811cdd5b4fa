"""The key of cached sessions: from the environment or the keyring, never from beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.distribution import how_to_install
from provision.errors import CannotError
from provision.secret.keyring_package import Keyring, installed_keyring, keyring_failure
from provision.secret.secret import Secret

__all__ = ["KEY_ADVICE", "KEY_VARIABLE", "session_key"]

KEY_VARIABLE: Final = "PROVISION_SESSION_KEY"

_SERVICE: Final = "provision"
_ENTRY: Final = "session-key"
KEY_ADVICE: Final = (
    f"Set {KEY_VARIABLE} to 32 random bytes in URL-safe base64, as from `openssl rand -base64 32 "
    f"| tr +/ -_`; or, where there is a keyring, install its package. {how_to_install('keyring')}"
)
"""How to come by a key."""


def session_key(environ: Mapping[str, str]) -> Secret:
    """The key in ``PROVISION_SESSION_KEY``, else the one in the keyring, made there if need be.

    Whether it is a key at all shows when it is used. Raises :class:`CannotError` where neither
    gives one.
    """
    text = environ.get(KEY_VARIABLE, "").strip()
    if text:
        return Secret(text)
    keyring = installed_keyring()
    if keyring is None:
        raise CannotError("there is no key to encrypt cached sessions with", next_step=KEY_ADVICE)
    try:
        kept = keyring.get_password(_SERVICE, _ENTRY) or _made(keyring)
    except keyring_failure() as error:
        # Without its text, and without the error as a cause: both may quote the key.
        raise _no_keyring(type(error).__name__) from None
    if not kept:  # its null backend takes everything and keeps nothing
        raise _no_keyring("it keeps nothing")
    return Secret(kept)


def _made(keyring: Keyring) -> str:
    """A new key, as the keyring has it: two runs may have made one at the same time."""
    from cryptography.fernet import Fernet

    keyring.set_password(_SERVICE, _ENTRY, Fernet.generate_key().decode("ascii"))
    return keyring.get_password(_SERVICE, _ENTRY) or ""


def _no_keyring(reason: str) -> CannotError:
    return CannotError(
        f"the keyring gives no key to encrypt cached sessions with: {reason}", next_step=KEY_ADVICE
    )
