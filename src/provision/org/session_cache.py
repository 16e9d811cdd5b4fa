"""Session cache: sessions kept from one run to the next, encrypted, for those who ask for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from provision.errors import CannotError, LoginRefused
from provision.org.instance_url import InstanceUrl
from provision.org.session import Session
from provision.org.session_key import KEY_ADVICE
from provision.secret.private_file import write_private
from provision.secret.secret import Secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

__all__ = ["CacheError", "SessionCache"]


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
