"""Session cache: sessions kept from one run to the next, encrypted, for those who ask for it."""

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
    f"| tr +/ -_`; or, where there is a keyring, install its package. {how_to_install('keyring')}"
)
"""How to come by a key."""


class CacheError(CannotError):
    """A cached session is of no use, or none can be kept."""


class _KeptSession(BaseModel):
    """What is encrypted. ``name`` is in it, so that one file does not pass for another."""

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
    """Sessions in a directory, one file each, readable by its owner alone.

    They are encrypted and signed (Fernet: AES-128-CBC, HMAC-SHA256) with ``key``, 32 bytes in
    URL-safe base64. When a session ends only its org knows.
    """

    directory: Path
    key: Secret

    def check(self) -> None:
        """Raise :class:`CacheError` for a key that is none."""
        self._fernet()

    def load(self, name: str) -> Session | None:
        """The session kept as ``name``, ``None`` if there is none.

        Raises :class:`CacheError` for a file that this key and this name do not fit.
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
                next_step="Name a directory that is yours alone.",
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
        """A file name that holds no name: usernames and URLs are nobody else's business."""
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
    return CacheError(message, next_step="Log in anew; that session takes its place.")


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


@dataclass(frozen=True, slots=True)
class CachedLogin:
    """Another login, asked only when the cache has no session that the org takes.

    ``name`` is what the session is kept as: all that tells this login from others. ``say`` is told
    when the cache is of no use; the login itself then still is.
    """

    inner: Login
    cache: SessionCache
    name: str
    say: Callable[[str], None] = field(repr=False)

    def open(self, http: requests.Session) -> Session:
        """Log in, unless the earlier session holds. Raises :class:`OrgError`, as ``inner`` does."""
        session = self._kept(http)
        if session is None:
            session = self.inner.open(http)
            self._keep(session)
        return session

    def _kept(self, http: requests.Session) -> Session | None:
        """The session of an earlier run; one that the org refuses is thrown away.

        Where nobody answers, the instance URL or its certificate may have changed since: the other
        login knows, or says what is wrong.
        """
        try:
            session = self.cache.load(self.name)
            if session is None or _holds(session, http):
                return session
            self.cache.drop(self.name)
        except (CannotError, OrgUnreachable) as error:
            self.say(f"notice: logging in anew: {error.message}")
        return None

    def _keep(self, session: Session) -> None:
        try:
            self.cache.save(self.name, session)
        except CannotError as error:
            self.say(f"notice: the session is not kept for the next run: {error.message}")


def _holds(session: Session, http: requests.Session) -> bool:
    """Whether the org still takes the session: one call, which needs no permission of its own."""
    url = f"{session.instance_url}/services/data/v{OLDEST_API}.0/"
    headers = {"Authorization": f"Bearer {session.access_token}"}
    # A session for logins trusts no org's own certificate; this one is known from before.
    verify = True if session.ca_file is None else str(session.ca_file)
    response = translated(url, lambda: http.get(url, headers=headers, verify=verify))
    return bool(response.status_code != requests.codes.unauthorized)
