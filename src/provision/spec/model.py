"""The document: a spec after validation, with every short form written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.spec.acceptance import AcceptedField, accepted_once
from provision.spec.base import DeveloperName, EmailAddress, Flag, NotNull, SpecModel, WordOf
from provision.spec.field_value import FieldValue
from provision.spec.oauth import ClientCredentials, JwtBearer, Oauth
from provision.spec.policies import PermissionSetGrant, Policies, ProfileGrant, RefreshToken

__all__ = [
    "AcceptedField",
    "ClientCredentials",
    "JwtBearer",
    "Oauth",
    "PermissionSetGrant",
    "Policies",
    "ProfileGrant",
    "RefreshToken",
    "SpecDocument",
]


class SpecDocument(SpecModel):
    """One external client app, as its spec describes it.

    Only the keys of the spec are managed. A key that the spec does not have (it is not in
    `model_fields_set`) leaves the org's value unchanged, and `None` unsets it.
    """

    app: DeveloperName
    """The app's developer name."""

    label: str | None = None
    """The name that people see."""

    contact_email: EmailAddress | None = None
    """Where Salesforce writes to about the app. Setup requires one."""

    contact_phone: str | None = None
    """The phone number for questions about the app."""

    description: str | None = None
    """What the app is for."""

    icon_url: str | None = None
    """The URL of the app's icon."""

    info_url: str | None = None
    """The URL of a page about the app."""

    logo_url: str | None = None
    """The URL of the app's logo."""

    distribution_state: (
        Annotated[str, WordOf(EXTERNAL_CLIENT_APPLICATION.row("distributionState"))] | None
    ) = None
    """Whether the app is for this org or for a package."""

    protected: Flag | None = None
    """Whether the app is protected in a package."""

    oauth: Annotated[Oauth | None, NotNull] = None
    """The app's OAuth settings."""

    policies: Annotated[Policies, NotNull] = Policies()
    """Who may use the app, and for how long."""

    accept: Annotated[tuple[AcceptedField, ...], NotNull, AfterValidator(accepted_once)] = ()
    """Differences that are accepted until a date."""

    metadata: Annotated[Mapping[str, Mapping[str, FieldValue | None]], NotNull] = Field(
        default={}, repr=False
    )
    """Metadata fields without a key of their own, by type and field; null unsets a field."""
