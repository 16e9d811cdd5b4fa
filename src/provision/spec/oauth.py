"""The `oauth:` part of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)

from provision.catalogue.period import PeriodUnit, read_period
from provision.catalogue.scope import SCOPES
from provision.secret.secret import Secret
from provision.sensitive_text import sensitive_kind
from provision.spec.base import DISTINCT, Flag, Names, NotNull, SpecModel, Username, refusal
from provision.spec.field_value import callback_url, token_of

__all__ = ["DEFAULT_WARN_DAYS", "ClientCredentials", "JwtBearer", "Oauth"]

DEFAULT_WARN_DAYS: Final = 30
"""How many days before a certificate expires the warning begins, by default."""

_GENERATE: Final = "generate"
_DAYS: Final[tuple[PeriodUnit, ...]] = ("days",)
_SCOPE_SCHEMA: Final = {
    "anyOf": [
        {"enum": [word for scope in SCOPES for word in (*scope.names, scope.token)]},
        {"type": "string", "pattern": r"^[A-Z][A-Za-z0-9]*$|\$\{"},
    ]
}


def _scope(word: str) -> str:
    try:
        return token_of(word)
    except ValueError as error:
        raise refusal(str(error)) from None


def _callback(text: str) -> str:
    try:
        return callback_url(text)
    except ValueError as error:
        raise refusal(str(error)) from None


def _distinct_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    for index, url in enumerate(urls):
        if url in urls[:index]:
            raise refusal(f"{url} is in the list twice", at=(index,))
    return urls


def _key_choice(value: object) -> object:
    if value != _GENERATE:
        raise refusal(
            f"it takes {_GENERATE}; a key that you choose yourself is set by its metadata name: "
            "metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: ...}}"
        )
    return value


def _file_path(value: object, info: ValidationInfo) -> object:
    """A path as text, made absolute from the directory of the spec (``info.context``)."""
    if not isinstance(value, str):
        return value
    kind = sensitive_kind(value)
    if kind:
        raise refusal(
            f"it holds {kind} instead of the path of a file; write it to a file of its own, "
            "and name the file here"
        )
    if not value.isprintable() or any(len(part.encode()) > 255 for part in value.split("/")):
        raise refusal("this is not a path")
    if not value:
        raise refusal("this is not a path")
    context = info.context or {}
    return Path(context.get("directory", Path())).absolute() / value


def _secret(value: object) -> Secret:
    """Text as a secret. The loader ensures that the spec does not contain it."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise refusal("it takes text from ${env:NAME}, ${file:PATH} or ${cmd:COMMAND}")
    return Secret(value)


def _days(value: object) -> int:
    try:
        return read_period(value, _DAYS).amount
    except ValueError as error:
        raise refusal(str(error)) from None


FilePath: TypeAlias = Annotated[
    Path, BeforeValidator(_file_path), WithJsonSchema({"type": "string", "minLength": 1})
]
Days: TypeAlias = Annotated[
    int,
    BeforeValidator(_days),
    WithJsonSchema({"type": "string", "pattern": r"^[1-9][0-9]* *(d|days?)$|\$\{"}),
]
ConsumerSecret: TypeAlias = Annotated[
    Secret,
    PlainValidator(_secret),
    WithJsonSchema({"type": "string", "pattern": r"^\$\{(env|file|cmd):.+\}$"}),
]
Scopes: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_scope), WithJsonSchema(_SCOPE_SCHEMA)], ...], DISTINCT
]
CallbackUrls: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_callback)], ...], AfterValidator(_distinct_urls)
]

KeyChoice: TypeAlias = Annotated[
    Literal["generate"],
    BeforeValidator(_key_choice),
    WithJsonSchema({"type": "string", "enum": [_GENERATE]}),
]


class JwtBearer(SpecModel):
    """The JWT bearer flow: which signature the org accepts, and how to prove it."""

    certificate: FilePath
    """The certificate file (PEM or DER), relative to the spec. Its presence enables the flow."""

    private_key: Annotated[FilePath | None, NotNull] = None
    """The certificate's private key, relative to the spec. It is for the proof; never sent."""

    private_key_passphrase: Annotated[str | None, NotNull] = Field(default=None, repr=False)
    """The passphrase of an encrypted private key; only from ${env:}, ${file:} or ${cmd:}."""

    prove_as: Annotated[Username | None, NotNull] = None
    """The username whose login proves the app; by default the user of the session."""

    warn_before: Annotated[Days, NotNull] = DEFAULT_WARN_DAYS
    """How long before the certificate expires a plan begins to warn: 30 days."""


class ClientCredentials(SpecModel):
    """The client credentials flow."""

    run_as: Username
    """The user of the flow's tokens. The user needs the API Only permission."""

    secret: Annotated[ConsumerSecret | None, NotNull] = Field(default=None, repr=False)
    """The consumer secret; only from ${env:}, ${file:} or ${cmd:}. For the proof; never sent."""

    @property
    def enabled(self) -> bool:
        """Whether the flow is on: a spec that describes it enables it."""
        return True


class Oauth(SpecModel):
    """The app's OAuth settings."""

    callback_urls: CallbackUrls | None = None
    """The URLs to which the org may redirect. `callback_url` is short for a list of one."""

    scopes: Scopes | None = None
    """What access tokens allow: OAuth's names (api) or metadata tokens (Api)."""

    custom_scopes: Names | None = None
    """The org's own scopes, by name."""

    consumer_key: Annotated[KeyChoice | None, NotNull] = None
    """generate: provision chooses a random consumer key on create. By default the org does."""

    jwt_bearer: JwtBearer | None = None
    """The JWT bearer flow. null removes the certificate, and with it the flow."""

    client_credentials: ClientCredentials | None = None
    """The client credentials flow. null switches it off."""

    pkce_required: Flag | None = None
    """Whether the authorization code flow requires PKCE. Some orgs keep it on (seen at API 67)."""

    refresh_token_rotation: Flag | None = None
    """Whether each use of a refresh token gives a new one."""

    jwt_access_tokens: Flag | None = None
    """Whether access tokens are JWTs. Salesforce's MCP servers and the Agent API need it."""

    secret_optional: Flag | None = None
    """Whether the web server flow works without the consumer secret."""

    secret_required_for_refresh_token: Flag | None = None
    """Whether the refresh token flow requires the consumer secret."""
