"""The model of a fleet file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.fleet.amount import amount_of
from provision.org.instance_url import InstanceUrl, InstanceUrlRefused
from provision.org.login.checks import (
    alias_fault,
    audience_fault,
    consumer_key_fault,
    login_host_fault,
    token_host_fault,
    username_fault,
)
from provision.sensitive_text import sensitive_kind
from provision.spec.base import DISTINCT, NotNull, SpecModel, refusal
from provision.spec.grammar import Grammar
from provision.spec.oauth import FilePath
from provision.spec.variable import is_variable_name

__all__ = [
    "GRAMMAR",
    "LOGIN_GRAMMAR",
    "SECRETS",
    "ClientCredentialsEntry",
    "DefaultsEntry",
    "FleetDocument",
    "GroupEntry",
    "JwtEntry",
    "LoginEntry",
    "OrgEntry",
    "RunEntry",
    "TokenEntry",
    "is_name",
]

# What a selection gives a meaning to cannot stand in a name: see selection.py. Nor can what a
# program or a file system would: names are arguments of `sf`, and names of files.
_NAME: Final = re.compile(r"(?![-.])[^\s,:!*?\[\]/\\]+")


def is_name(text: str) -> bool:
    """Whether an org, a group or a tag can be called so."""
    return bool(_NAME.fullmatch(text)) and text.isprintable()


def _name(text: str) -> str:
    kind = sensitive_kind(text)
    if kind:  # names are printed, and stand in the names of files
        raise refusal(f"it is not a name: it holds {kind}")
    if not is_name(text):
        raise refusal(
            f"{text!r} is not a name: no - or . first, no blanks, and none of , : ! * ? [ ] / \\"
        )
    return text


def _filled(text: str) -> str:
    """Empty, as what CI does not have, stands for nothing: to `sf`, for its default org."""
    if not text.strip():
        raise refusal("it is empty")
    return text


def _no_fault(fault: Callable[[str], str]) -> AfterValidator:
    """Refuses a text in which ``fault`` finds one. What stands in a login is never quoted."""

    def check(text: str) -> str:
        reason = fault(_filled(text))
        if reason:
            raise refusal(reason)
        return text

    return AfterValidator(check)


def _instance_url(text: str) -> InstanceUrl:
    try:
        return InstanceUrl(_filled(text))
    except InstanceUrlRefused as error:
        raise refusal(f"the instance URL {error.reason}. {error.next_step}") from None


def _url_without(fault: Callable[[str], str]) -> AfterValidator:
    """An instance URL in whose host ``fault`` finds none."""

    def check(text: str) -> InstanceUrl:
        url = _instance_url(text)
        reason = fault(url)
        if reason:
            raise refusal(reason)
        return url

    return AfterValidator(check)


def _variable(text: str) -> str:
    if not is_variable_name(text):
        raise refusal(f"{text!r} is not the name of a variable")
    return text


def _as_text(value: object) -> object:
    """``15`` and ``true`` are what a spec reads them as when they stand in ``${name}``."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def _as_mapping(value: object) -> object:
    """``acme:`` alone is an org like any other."""
    return {} if value is None else value


def _amount(value: object) -> str:
    try:
        return str(amount_of(value))
    except ValueError as error:
        raise refusal(str(error)) from None


_AMOUNT_SCHEMA: Final = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {"type": "string", "pattern": r"^([1-9][0-9]{0,8}|([1-9][0-9]?|100) *%)$"},
    ]
}
Name: TypeAlias = Annotated[str, AfterValidator(_name)]
NameList: TypeAlias = Annotated[tuple[Name, ...], DISTINCT]
Value: TypeAlias = Annotated[
    str,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "integer", "boolean"]}),
]
VariableMap: TypeAlias = Mapping[Annotated[str, AfterValidator(_variable)], Value]
Amount: TypeAlias = Annotated[str, BeforeValidator(_amount), WithJsonSchema(_AMOUNT_SCHEMA)]
ApiVersion: TypeAlias = Annotated[int, Field(ge=OLDEST_API, le=NEWEST_API)]
_FILLED_SCHEMA: Final = WithJsonSchema({"type": "string", "minLength": 1})
_FILLED: Final = AfterValidator(_filled)
Alias: TypeAlias = Annotated[str, _no_fault(alias_fault), _FILLED_SCHEMA]
_URL_SCHEMA: Final = WithJsonSchema(
    {"type": "string", "pattern": r"^https://|^http://([^/]+\.)?localhost(:|/|$)|\$\{"}
)
OrgUrl: TypeAlias = Annotated[str, _url_without(token_host_fault), _URL_SCHEMA]
LoginUrl: TypeAlias = Annotated[str, _url_without(login_host_fault), _URL_SCHEMA]
ConsumerKey: TypeAlias = Annotated[str, _no_fault(consumer_key_fault), _FILLED_SCHEMA]
LoginUsername: TypeAlias = Annotated[str, _no_fault(username_fault)]
Audience: TypeAlias = Annotated[str, _no_fault(audience_fault)]
Secret: TypeAlias = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": r"^\$\{(env|file|cmd):[^}]+\}$"})
]


class TokenEntry(SpecModel):
    """An access token that somebody else obtained."""

    instance_url: OrgUrl
    """The org's My Domain URL."""

    access_token: Annotated[Secret, _FILLED] = Field(repr=False)
    """From ${env:}, ${file:} or ${cmd:} alone."""


class JwtEntry(SpecModel):
    """The JWT bearer flow, with an app that the org has already."""

    instance_url: LoginUrl
    """The org's My Domain URL; login.salesforce.com knows no external client apps."""

    client_id: ConsumerKey
    """The app's consumer key."""

    username: LoginUsername
    """Who logs in."""

    private_key: FilePath
    """The private key of the app's certificate, relative to the fleet file."""

    private_key_passphrase: Annotated[Secret | None, NotNull] = Field(default=None, repr=False)
    """The passphrase of an encrypted private key; from ${env:}, ${file:} or ${cmd:} alone."""

    audience: Annotated[Audience | None, NotNull] = None
    """Left out: login, test, and the instance URL are tried."""


class ClientCredentialsEntry(SpecModel):
    """The client credentials flow, with an app that the org has already."""

    instance_url: LoginUrl
    """The org's My Domain URL; login.salesforce.com knows no external client apps."""

    client_id: ConsumerKey
    """The app's consumer key."""

    client_secret: Annotated[Secret, _FILLED] = Field(repr=False)
    """From ${env:}, ${file:} or ${cmd:} alone."""


class LoginEntry(SpecModel):
    """How an org is reached: one of these. Left out, it is the `sf` CLI's alias of that name."""

    sf: Annotated[Alias | None, NotNull] = None
    """An alias or a username that the `sf` CLI knows."""

    token: Annotated[TokenEntry | None, NotNull] = None
    """An access token that somebody else obtained."""

    jwt: Annotated[JwtEntry | None, NotNull] = None
    """The JWT bearer flow."""

    client_credentials: Annotated[ClientCredentialsEntry | None, NotNull] = None
    """The client credentials flow."""


class GroupEntry(SpecModel):
    """What orgs have in common."""

    specs: Annotated[tuple[FilePath, ...], NotNull] = ()
    """Specs that the orgs get, relative to the fleet file."""

    variables: Annotated[VariableMap, NotNull] = Field(default={}, repr=False)
    """Values of ${name} in the specs. The nearest wins: the org's, the last group's, defaults."""


class DefaultsEntry(GroupEntry):
    """What all orgs have in common."""


class OrgEntry(GroupEntry):
    """One org."""

    groups: Annotated[NameList, NotNull] = ()
    """The groups that it is in; of two that say the same, the later wins."""

    tags: Annotated[NameList, NotNull] = ()
    """Words to select orgs by."""

    api_version: Annotated[ApiVersion | None, NotNull] = None
    """The API version to talk to it in. Left out: the newest that both sides know."""

    login: Annotated[LoginEntry | None, NotNull] = None
    """How it is reached."""


class RunEntry(SpecModel):
    """How a verb goes over many orgs, where the command line does not say otherwise."""

    concurrency: Annotated[int, Field(ge=1, le=256), NotNull] = 8
    """How many orgs at once."""

    waves: Annotated[tuple[Amount, ...], NotNull] = ()
    """How many orgs to write to before the next: numbers, or percents of all; then the rest."""

    stop_after: Annotated[Amount | None, NotNull] = None
    """So many failures, or percents of all orgs, end the run. Left out: one, after its wave."""


class FleetDocument(SpecModel):
    """The orgs that there are, how each is reached, and which specs go where."""

    defaults: Annotated[DefaultsEntry, NotNull] = DefaultsEntry()
    """What all orgs have in common."""

    groups: Annotated[
        Mapping[Name, Annotated[GroupEntry, BeforeValidator(_as_mapping)]], NotNull
    ] = {}
    """What the orgs of a group have in common, by the group's name."""

    orgs: Mapping[Name, Annotated[OrgEntry, BeforeValidator(_as_mapping)]]
    """The orgs, by name."""

    run: Annotated[RunEntry, NotNull] = RunEntry()
    """How a verb goes over them."""


GRAMMAR: Final = Grammar(
    "a fleet",
    FleetDocument,
)
"""A fleet file."""

LOGIN_GRAMMAR: Final = Grammar("a login", LoginEntry)
"""The login of one org, by itself."""

SECRETS: Final = (
    ("token", "access_token"),
    ("jwt", "private_key_passphrase"),
    ("client_credentials", "client_secret"),
)
"""The keys of a login that are never written in a file."""
