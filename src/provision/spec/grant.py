"""Grants: the profiles and permission sets whose users an administrator lets in."""

from __future__ import annotations

import re
from typing import Annotated, Final, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, model_validator

from provision.spec.base import SpecModel
from provision.spec.refusal import refusal
from provision.spec.text import DISTINCT, Flag, Name, NotNull, Username, distinct

__all__ = ["PermissionSetGrant", "PermissionSetGrants", "ProfileGrant", "ProfileGrants"]

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
    """Whether to create the profile where the org has none of this name."""

    clone_of: Annotated[Name | None, NotNull] = None
    """The profile that a new one is a copy of. Needed with `create: true`."""

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
    """Whether to create the permission set where the org has none of this name."""

    label: Annotated[Name | None, NotNull] = None
    """The label of a permission set that is created. Left out, it comes from the name."""

    assign_to: Annotated[tuple[Username, ...], DISTINCT, NotNull] = ()
    """Usernames to assign the permission set to. Others who have it keep it."""

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
