"""Session cache: keeps sessions, encrypted, from one run to the next if the user wants it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import requests
from pydantic import BaseModel, ConfigDict, ValidationError

from provision.catalogue.catalogue import OLDEST_API
from provision.distribution import how_to_install
from provision.errors import CannotError, LoginRefused, OrgUnreachable
from provision.org.failure import translated
from provision.org.instance_url import InstanceUrl
from provision.org.session import Login, Session
from provision.secret.file_sinks import write_private
from provision.secret.keyring_sink import Keyring, installed_keyring, keyring_failure
from provision.secret.secret import Secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

__all__ = ["KEY_ADVICE", "KEY_VARIABLE", "CacheError", "CachedLogin", "SessionCache", "session_key"]

KEY_VARIABLE: Final = "PROVISION_SESSION_KEY"
_SERVICE: Final = "provision"
_ENTRY: Final = "session-key"
KEY_ADVICE: Final = (
    f"Set {KEY_VARIABLE} to 32 random bytes in URL-safe base64, as from `openssl rand -base64 32 "
    f"| tr +/ -_`; or, if there is a keyring, install its package. {how_to_install('keyring')}"
)
"""How to get a key."""


class CacheError(CannotError):
    """A cached session cannot be used, or a session cannot be kept."""


class _KeptSession(BaseModel):
    """The content of a file. It includes ``name``, so that files cannot be swapped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    instance_url: str
    access_token: str
    reached_by: str
    username: str
    client_id: str
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class SessionCache:
    """Sessions in a directory, one file each, which only its owner can read.

    They are encrypted and signed (Fernet: AES-128-CBC, HMAC-SHA256) with ``key``, 32 bytes in
    URL-safe base64. Only the org knows when a session expires.
    """

    directory: Path
    key: Secret

    def check(self) -> None:
        """Raise :class:`CacheError` if the key is not valid."""
        self._fernet()

    def load(self, name: str) -> Session | None:
        """The session kept as ``name``, ``None`` if there is none.

        Raises :class:`CacheError` for a file of another key or another name.
        """
        from cryptography.fernet import InvalidToken

        path = self._path(name)
        try:
            encrypted = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CacheError(
                f"{path} cannot be read: {error.strerror}",
                next_step="Name a directory that only you can use.",
            ) from error
        try:
            kept = _KeptSession.model_validate_json(self._fernet().decrypt(encrypted))
            session = _session(kept)
        except InvalidToken:
            raise _useless(f"{path} was changed, or encrypted with another key") from None
        except (ValidationError, LoginRefused):  # whose texts may quote the token
            raise _useless(f"{path} holds no session") from None
        if kept.name != name:
            raise _useless(f"{path} holds the session of another login")
        if session.ca_file is not None and not session.ca_file.is_file():
            raise _useless(f"{session.ca_file}, the org's certificate, is gone")
        return session

    def save(self, name: str, session: Session) -> None:
        """Keep ``session`` as ``name``. Raises :class:`CannotError`."""
        kept = _KeptSession(
            name=name,
            instance_url=str(session.instance_url),
            access_token=session.access_token,
            reached_by=session.reached_by,
            username=session.username,
            client_id=session.client_id,
            ca_file=session.ca_file,
        )
        encrypted = self._fernet().encrypt(kept.model_dump_json().encode())
        write_private(self._path(name), encrypted, replace=True)

    def drop(self, name: str) -> None:
        """Forget the session kept as ``name``, if there is one. Raises :class:`CacheError`."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise CacheError(
                f"{path} cannot be deleted: {error.strerror}",
                next_step="Delete it by hand: the org refuses the session in it.",
            ) from error

    def _path(self, name: str) -> Path:
        """A file name that does not show usernames and URLs to other users of the machine."""
        return self.directory / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.session"

    def _fernet(self) -> Fernet:
        from cryptography.fernet import Fernet

        try:
            return Fernet(self.key.reveal())
        except ValueError:  # whose text may quote the key
            raise CacheError(
                "the key of cached sessions is not 32 bytes in URL-safe base64",
                next_step=KEY_ADVICE,
            ) from None


def _useless(message: str) -> CacheError:
    return CacheError(message, next_step="Log in again; the new session replaces it.")


def _session(kept: _KeptSession) -> Session:
    return Session(
        instance_url=InstanceUrl(kept.instance_url),
        access_token=kept.access_token,
        reached_by=kept.reached_by,
        username=kept.username,
        client_id=kept.client_id,
        ca_file=kept.ca_file,
    )


def session_key(environ: Mapping[str, str]) -> Secret:
    """The key in ``PROVISION_SESSION_KEY``, or else that in the keyring, which is made if needed.

    It is not checked here. Raises :class:`CannotError` if there is no key.
    """
    text = environ.get(KEY_VARIABLE, "").strip()
    if text:
        return Secret(text)
    keyring = installed_keyring()
    if keyring is None:
        raise CannotError("there is no key to encrypt cached sessions with", next_step=KEY_ADVICE)
    try:
        kept = keyring.get_password(_SERVICE, _ENTRY) or _new_key(keyring)
    except keyring_failure() as error:
        # Without its text, and without the error as a cause: both may quote the key.
        raise _no_keyring(type(error).__name__) from None
    if not kept:  # its null backend accepts everything and keeps nothing
        raise _no_keyring("it keeps nothing")
    return Secret(kept)


def _new_key(keyring: Keyring) -> str:
    """A new key, read back from the keyring: two runs may have made one at the same time."""
    from cryptography.fernet import Fernet

    keyring.set_password(_SERVICE, _ENTRY, Fernet.generate_key().decode("ascii"))
    return keyring.get_password(_SERVICE, _ENTRY) or ""


def _no_keyring(reason: str) -> CannotError:
    return CannotError(
        f"the keyring gives no key to encrypt cached sessions with: {reason}", next_step=KEY_ADVICE
    )


@dataclass(frozen=True, slots=True)
class CachedLogin:
    """Another login, which is only made if the cache has no session that the org accepts.

    The session is kept as ``name``, which must tell this login from all others. ``say`` gets a
    message if the cache cannot be used; the login then works without it.
    """

    inner: Login
    cache: SessionCache
    name: str
    say: Callable[[str], None] = field(repr=False)

    def open(self, http: requests.Session) -> Session:
        """Log in, unless the earlier session is still valid. Raises :class:`OrgError`."""
        session = self._kept(http)
        if session is None:
            session = self.inner.open(http)
            self._keep(session)
        return session

    def _kept(self, http: requests.Session) -> Session | None:
        """The session of an earlier run. If the org refuses it, it is deleted.

        If nobody answers, the instance URL or its certificate may have changed: the other login
        works, or says what is wrong.
        """
        try:
            session = self.cache.load(self.name)
            if session is None or _is_valid(session, http):
                return session
            self.cache.drop(self.name)
        except (CannotError, OrgUnreachable) as error:
            self.say(f"notice: logging in again: {error.message}")
        return None

    def _keep(self, session: Session) -> None:
        try:
            self.cache.save(self.name, session)
        except CannotError as error:
            self.say(f"notice: the session is not kept for the next run: {error.message}")


def _is_valid(session: Session, http: requests.Session) -> bool:
    """Whether the org still accepts the session. This makes one call, which needs no permission."""
    url = f"{session.instance_url}/services/data/v{OLDEST_API}.0/"
    headers = {"Authorization": f"Bearer {session.access_token}"}
    # A session for logins does not trust an org's own certificate; this one is known already.
    verify = True if session.ca_file is None else str(session.ca_file)
    response = translated(url, lambda: http.get(url, headers=headers, verify=verify))
    return bool(response.status_code != requests.codes.unauthorized)
