"""Making tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

from provision.localorg.domain.org import Org, mint
from provision.localorg.oauth.client import Client
from provision.localorg.oauth.signing import sign
from provision.localorg.store.records import Row
from provision.localorg.store.tokens import Token, TokenFormat, TokenKind

__all__ = ["Issued", "issue_access", "issue_refresh", "opaque_token"]


@dataclass(frozen=True, slots=True)
class Issued:
    """What a grant gave: an access token, perhaps a refresh token, and for whom."""

    client: Client
    user: Row
    scopes: tuple[str, ...]
    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)


def opaque_token(org: Org) -> str:
    """A session id: the org id, an exclamation mark, and what nobody can guess."""
    return f"{org.short_id}!{mint(96)}"


def issue_access(client: Client, user: Row, scopes: tuple[str, ...], parent: str = "") -> str:
    """A new access token; ``parent`` is the id of the refresh token that it comes from."""
    if client.flag("isNamedUserJwtEnabled"):
        text, form = _jwt_token(client, user, scopes), TokenFormat.JWT
    else:
        text, form = opaque_token(client.org), TokenFormat.OPAQUE
    _keep(client, user, scopes, text, TokenKind.ACCESS, parent=parent, form=form)
    return text


def _jwt_token(client: Client, user: Row, scopes: tuple[str, ...]) -> str:
    """DOC: with isNamedUserJwtEnabled access tokens are JWTs, with the scopes in ``scp``."""
    org = client.org
    now = int(org.clock.now())
    minutes = client.policies.get("namedUserJwtTimeout", org.profile.session_minutes)
    claims = {
        "scp": " ".join(scopes),
        "aud": ["https://localhost"],
        "sub": f"uid:{user['Id']}",
        "iss": "https://localhost",
        "client_id": client.key,
        "mty": "oauth",
        "tnk": f"core/local/{org.id}",
        "jti": mint(20),
        "iat": now,
        "nbf": now,
        "exp": now + 60 * int(str(minutes)),
    }
    return sign(org.database, claims)


def issue_refresh(
    client: Client, user: Row, scopes: tuple[str, ...], *, first_issued: float | None = None
) -> tuple[str, str]:
    """A new refresh token and its id. ``first_issued`` carries a chain of rotations on."""
    text = f"5Aep861{mint(80)}"
    token = _keep(client, user, scopes, text, TokenKind.REFRESH, first_issued=first_issued)
    return text, token.id


def _keep(
    client: Client,
    user: Row,
    scopes: tuple[str, ...],
    text: str,
    kind: TokenKind,
    *,
    form: TokenFormat = TokenFormat.OPAQUE,
    parent: str = "",
    first_issued: float | None = None,
) -> Token:
    org = client.org
    now = org.clock.now()
    token = Token(
        org.database.new_id("0CQ"),
        kind,
        org.id,
        client.app,
        str(user["Id"]),
        scopes,
        form,
        now,
        now,
        now if first_issued is None else first_issued,
        parent,
    )
    org.tokens.put(text, token)
    return token
