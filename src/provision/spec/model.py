"""The document: everything that a spec says, checked and in one form."""

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

    Only what is said is managed: what is absent (not in `model_fields_set`) keeps the org's value,
    and `None` unsets it.
    """

    app: DeveloperName
    """The app's developer name."""

    label: str | None = None
    """The name that people see."""

    contact_email: EmailAddress | None = None
    """Whom Salesforce writes to about the app. Setup demands one."""

    contact_phone: str | None = None
    """Whom Salesforce calls about the app."""

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
    """Differences that are known, and left alone until a day."""

    metadata: Annotated[Mapping[str, Mapping[str, FieldValue | None]], NotNull] = Field(
        default={}, repr=False
    )
    """Metadata fields that have no key of their own, by type and by field; null unsets one."""
