"""Tokens, authorization codes and approvals. Tokens and codes are stored as hashes only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

from provision.localorg.store.database import Database, SqlValue

__all__ = ["Code", "Token", "TokenFormat", "TokenKind", "Tokens"]


class TokenKind(StrEnum):
    """What a token is for."""

    ACCESS = "access"
    REFRESH = "refresh"


class TokenFormat(StrEnum):
    """The format of an access token: a session id, or a signed JWT."""

    OPAQUE = "opaque"
    JWT = "jwt"


@dataclass(frozen=True, slots=True)
class Token:
    """One token. ``app`` is the record id of its app, and ``scopes`` are OAuth names.

    Times are seconds since 1970. ``first_issued`` is when the first refresh token of a chain of
    rotations was issued; ``parent`` is the id of the refresh token of an access token, if any.
    """

    id: str
    kind: TokenKind
    org: str
    app: str
    user: str
    scopes: tuple[str, ...]
    format: TokenFormat
    issued: float
    used: float
    first_issued: float
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code: what the user approved, and its PKCE challenge."""

    org: str
    app: str
    user: str
    scopes: tuple[str, ...]
    redirect: str
    challenge: str
    issued: float


class Tokens:
    """Every token of every org."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, text: str, token: Token) -> None:
        """Store a token under the hash of its text."""
        self._database.execute(
            "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                _hashed(text),
                token.id,
                token.kind,
                token.org,
                token.app,
                token.user,
                " ".join(token.scopes),
                token.format,
                token.issued,
                token.used,
                token.first_issued,
                token.parent,
            ),
        )

    def find(self, text: str) -> Token | None:
        """The token with this text, or ``None``."""
        found = self._select("hash = ?", _hashed(text))
        return found[0] if found else None

    def of_org(self, org: str) -> list[Token]:
        """Every token of an org."""
        return self._select("org = ?", org)

    def touch(self, token: Token, used: float) -> Token:
        """Record when a token was used."""
        self._database.execute("UPDATE token SET used = ? WHERE id = ?", (used, token.id))
        return replace(token, used=used)

    def revoke(self, token: Token) -> None:
        """Delete a token. With a refresh token, delete its access tokens as well."""
        self._database.execute("DELETE FROM token WHERE id = ? OR parent = ?", (token.id, token.id))

    def rotate(self, token: Token, successor: str) -> None:
        """Replace a refresh token by another one, whose id is ``successor``."""
        self._database.execute(
            "INSERT INTO rotated SELECT hash, id, org, app, ? FROM token WHERE id = ?",
            (successor, token.id),
        )
        self.revoke(token)

    def revoke_family(self, text: str) -> bool:
        """Delete the current token of a rotated token's chain. Returns whether there is one."""
        found = self._database.rows(
            "SELECT successor FROM rotated WHERE hash = ?", (_hashed(text),)
        )
        current = ""
        while found:
            current = str(found[0][0])
            found = self._database.rows("SELECT successor FROM rotated WHERE id = ?", (current,))
        for token in self._select("id = ?", current):
            self.revoke(token)
        return bool(current)

    def revoke_app(self, org: str, app: str) -> None:
        """Delete every token, code and approval of an app."""
        for table in ("token", "rotated", "code", "approval"):
            self._database.execute(
                f"DELETE FROM {table} WHERE org = ? AND app = ?",
                (org, app),
            )

    def put_code(self, text: str, code: Code) -> None:
        """Store an authorization code."""
        self._database.execute(
            "INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                _hashed(text),
                code.org,
                code.app,
                code.user,
                " ".join(code.scopes),
                code.redirect,
                code.challenge,
                code.issued,
            ),
        )

    def take_code(self, text: str) -> Code | None:
        """Use up the code with this text. Returns it, or ``None``."""
        rows = self._database.rows(
            "SELECT org, app, user, scopes, redirect, challenge, issued FROM code WHERE hash = ?",
            (_hashed(text),),
        )
        if not rows:
            return None
        self._database.execute("DELETE FROM code WHERE hash = ?", (_hashed(text),))
        org, app, user, scopes, redirect, challenge, issued = rows[0]
        return Code(
            str(org),
            str(app),
            str(user),
            tuple(str(scopes).split()),
            str(redirect),
            str(challenge),
            float(issued or 0),
        )

    def approve(self, org: str, app: str, user: str) -> None:
        """Record that a user approved an app."""
        self._database.execute("INSERT OR IGNORE INTO approval VALUES (?, ?, ?)", (org, app, user))

    def approved(self, org: str, app: str, user: str) -> bool:
        """Whether a user approved an app."""
        found = self._database.rows(
            "SELECT 1 FROM approval WHERE org = ? AND app = ? AND user = ?", (org, app, user)
        )
        return bool(found)

    def _select(self, condition: str, *values: SqlValue) -> list[Token]:
        rows = self._database.rows(
            "SELECT id, kind, org, app, user, scopes, format, issued, used, first_issued, parent"
            f" FROM token WHERE {condition}",
            values,
        )
        return [_token(row) for row in rows]


def _token(row: tuple[SqlValue, ...]) -> Token:
    token_id, kind, org, app, user, scopes, form, issued, used, first_issued, parent = row
    return Token(
        str(token_id),
        TokenKind(str(kind)),
        str(org),
        str(app),
        str(user),
        tuple(str(scopes).split()),
        TokenFormat(str(form)),
        float(issued or 0),
        float(used or 0),
        float(first_issued or 0),
        str(parent),
    )


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
