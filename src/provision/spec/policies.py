"""The `policies:` part of a spec: who may use the app, and for how long."""

from __future__ import annotations

import re
from typing import Annotated, Final, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema, model_validator

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.period import (
    LONGEST_AMOUNT,
    REFRESH_TOKEN_UNITS,
    TIMEOUT_UNITS,
    read_period,
)
from provision.spec.base import (
    DISTINCT,
    Flag,
    Name,
    NotNull,
    SpecModel,
    Username,
    WordOf,
    distinct,
    refusal,
)

__all__ = ["PermissionSetGrant", "Policies", "ProfileGrant", "RefreshToken"]

_API_NAME: Final = re.compile(r"[A-Za-z](_?[A-Za-z0-9]){0,79}")

_ID: Final = re.compile(r"0PS[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")

Grants = TypeVar("Grants", "tuple[ProfileGrant, ...]", "tuple[PermissionSetGrant, ...]")


def _named(value: object) -> object:
    if isinstance(value, str):
        return {"name": value}
    if not isinstance(value, (dict, SpecModel)):
        raise refusal("it takes a name, or a mapping with a name; a number goes in quotes")
    return value


class ProfileGrant(SpecModel):
    """A profile whose users may use the app."""

    name: Name
    """The profile's label, in the org's language (System Administrator, not Admin)."""

    create: Flag = False
    """Whether to create the profile if the org does not have it."""

    clone_of: Annotated[Name | None, NotNull] = None
    """The profile to copy. Required with `create: true`."""

    @model_validator(mode="after")
    def _created_as_a_clone(self) -> ProfileGrant:
        if self.create and self.clone_of is None:
            raise refusal(
                f"to create the profile {self.name}, say which one to copy: clone_of: Standard User"
            )
        if not self.create and self.clone_of is not None:
            raise refusal("clone_of is for a profile with create: true", at=("clone_of",))
        return self


class PermissionSetGrant(SpecModel):
    """A permission set whose users may use the app."""

    name: Name
    """The permission set's API name, not its label or id."""

    create: Flag = False
    """Whether to create the permission set if the org does not have it."""

    label: Annotated[Name | None, NotNull] = None
    """The label of a permission set that is created; by default it is made from the name."""

    assign_to: Annotated[tuple[Username, ...], DISTINCT, NotNull] = ()
    """Usernames to assign the permission set to. Other users keep it."""

    @model_validator(mode="after")
    def _fit_to_create(self) -> PermissionSetGrant:
        if _ID.fullmatch(self.name):
            # The documentation asks for ids, orgs refuse them (OBS).
            raise refusal(f"{self.name} is an id; write the permission set's API name", ("name",))
        if self.label is not None and not self.create:
            raise refusal("label is for a permission set with create: true", at=("label",))
        if self.create and not _API_NAME.fullmatch(self.name):
            raise refusal(
                f"{self.name!r} cannot be created: an API name has letters, digits and single "
                "underscores, with a letter first and no underscore last",
                at=("name",),
            )
        return self


def _distinct(grants: Grants) -> Grants:
    distinct([grant.name for grant in grants])
    return grants


ProfileGrants: TypeAlias = Annotated[
    tuple[
        Annotated[ProfileGrant, BeforeValidator(_named, json_schema_input_type=str | ProfileGrant)],
        ...,
    ],
    AfterValidator(_distinct),
]
PermissionSetGrants: TypeAlias = Annotated[
    tuple[
        Annotated[
            PermissionSetGrant,
            BeforeValidator(_named, json_schema_input_type=str | PermissionSetGrant),
        ],
        ...,
    ],
    AfterValidator(_distinct),
]


_POLICY: Final = OAUTH_POLICIES.row("refreshTokenPolicyType")
_PERIOD: Final = OAUTH_POLICIES.row("refreshTokenValidityPeriod")
_UNIT: Final = OAUTH_POLICIES.row("refreshTokenValidityUnit")
_WITH_PERIOD: Final = tuple(
    word for word, value in _POLICY.words.items() if _PERIOD.applies({_POLICY.name: value})
)
_WITHOUT_PERIOD: Final = tuple(word for word in _POLICY.words if word not in _WITH_PERIOD)
_EXAMPLES: Final = {"lifetime": "{lifetime: 90 days}", "inactivity": "{inactivity: 30 days}"}
_FORMS: Final = (
    "write {lifetime: 90 days}, {inactivity: 30 days}, valid_until_revoked or expire_immediately"
)


class RefreshToken(SpecModel):
    """How long refresh tokens are valid: from issue, since the last use, always, or not at all.

    The first two have a `period` and a `unit`.
    """

    kind: Annotated[str, WordOf(_POLICY)]
    period: int | None = None
    unit: Annotated[str, WordOf(_UNIT)] | None = None


def _refresh_token(value: object) -> object:
    """The form that a spec has it in, as what the model takes."""
    if isinstance(value, RefreshToken):
        return value
    if isinstance(value, str) and value in _WITHOUT_PERIOD:
        return {"kind": value}
    if not isinstance(value, dict) or len(value) != 1:
        raise refusal(_FORMS + _metadata_hint(value))
    [(kind, text)] = value.items()
    if kind not in _WITH_PERIOD:
        raise refusal(_FORMS, at=(kind,))
    try:
        period = read_period(text, REFRESH_TOKEN_UNITS)
    except ValueError as error:
        raise refusal(str(error), at=(kind,)) from None
    return {"kind": kind, "period": period.amount, "unit": period.unit}


def _metadata_hint(value: object) -> str:
    """What to write for a value of metadata, or of a connected app: specific_lifetime:30:DAYS."""
    folded = str(value).partition(":")[0].replace("_", "").casefold()
    words = (word for word, meant in _POLICY.words.items() if meant.casefold() == folded)
    return "".join(f"; {value} is {_EXAMPLES.get(word, word)} here" for word in words)


def _minutes(value: object) -> int:
    """A session timeout in minutes, from ``15 minutes`` or ``2 hours``."""
    try:
        period = read_period(value, TIMEOUT_UNITS)
    except ValueError as error:
        raise refusal(str(error)) from None
    if period.longest > LONGEST_AMOUNT:
        raise refusal(f"{period} is too long: at most {LONGEST_AMOUNT} minutes")
    return period.longest


_PERIOD_SCHEMA: Final = {
    "type": "string",
    "pattern": r"^[1-9][0-9]* *(d|h|days?|hours?|months?)$|\$\{",
}
RefreshTokenPolicy: TypeAlias = Annotated[
    RefreshToken,
    BeforeValidator(_refresh_token),
    WithJsonSchema(
        {
            "oneOf": [
                {"enum": list(_WITHOUT_PERIOD)},
                *(
                    {
                        "type": "object",
                        "properties": {kind: _PERIOD_SCHEMA},
                        "required": [kind],
                        "additionalProperties": False,
                    }
                    for kind in _WITH_PERIOD
                ),
            ]
        }
    ),
]
SessionTimeout: TypeAlias = Annotated[
    int,
    BeforeValidator(_minutes),
    WithJsonSchema({"type": "string", "pattern": r"^[1-9][0-9]* *(m|h|minutes?|hours?)$|\$\{"}),
]


class Policies(SpecModel):
    """The app's policies."""

    enabled: Annotated[Flag | None, NotNull] = None
    """Whether the app may be used at all."""

    permitted_users: (
        Annotated[str, WordOf(OAUTH_POLICIES.row("permittedUsersPolicyType"))] | None
    ) = None
    """Whether an administrator decides who may use the app, or each user approves it."""

    profiles: ProfileGrants | None = None
    """Profiles whose users may use the app, by label. They only take effect with admin_approved."""

    permission_sets: PermissionSetGrants | None = None
    """Permission sets whose users may use the app. They only take effect with admin_approved."""

    refresh_token: RefreshTokenPolicy | None = None
    """How long refresh tokens are valid."""

    session_timeout: SessionTimeout | None = None
    """How long a session lasts without use: 15 minutes, 2 hours. Only for opaque access tokens."""

    ip_relaxation: Annotated[str, WordOf(OAUTH_POLICIES.row("ipRelaxationPolicyType"))] | None = (
        None
    )
    """Whether the org's IP restrictions apply to logins of the app."""
