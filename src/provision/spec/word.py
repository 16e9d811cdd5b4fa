"""Words: which key of a spec sets which metadata field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as defaulted
from typing import Final

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.field import MetadataType
from provision.spec.position import Position, Positions

__all__ = ["WORDS", "Word", "path_of", "position_of", "word_for"]


@dataclass(frozen=True, slots=True)
class Word:
    """A named key of the spec, and one metadata field that it sets. A key may have several.

    ``values`` are the spec's words for metadata's, where they differ; ``unit`` is that of a number.
    """

    path: tuple[str, ...]
    type: MetadataType
    field: str
    values: Mapping[str, str] = defaulted(default_factory=dict)
    unit: str = ""


WORDS: Final = (
    Word(("label",), EXTERNAL_CLIENT_APPLICATION, "label"),
    Word(("contact_email",), EXTERNAL_CLIENT_APPLICATION, "contactEmail"),
    Word(("contact_phone",), EXTERNAL_CLIENT_APPLICATION, "contactPhone"),
    Word(("description",), EXTERNAL_CLIENT_APPLICATION, "description"),
    Word(("icon_url",), EXTERNAL_CLIENT_APPLICATION, "iconUrl"),
    Word(("info_url",), EXTERNAL_CLIENT_APPLICATION, "infoUrl"),
    Word(("logo_url",), EXTERNAL_CLIENT_APPLICATION, "logoUrl"),
    Word(
        ("distribution_state",),
        EXTERNAL_CLIENT_APPLICATION,
        "distributionState",
        {"local": "Local", "packaged": "Packaged"},
    ),
    Word(("protected",), EXTERNAL_CLIENT_APPLICATION, "isProtected"),
    Word(("oauth", "callback_urls"), GLOBAL_OAUTH_SETTINGS, "callbackUrl"),
    Word(("oauth", "scopes"), OAUTH_SETTINGS, "commaSeparatedOauthScopes"),
    Word(("oauth", "custom_scopes"), OAUTH_SETTINGS, "commaSeparatedCustomScopes"),
    Word(("oauth", "jwt_bearer"), GLOBAL_OAUTH_SETTINGS, "certificate"),
    # The flow is allowed in the settings, enabled in the policies, and has its user there.
    Word(("oauth", "client_credentials"), GLOBAL_OAUTH_SETTINGS, "isClientCredentialsFlowEnabled"),
    Word(("oauth", "client_credentials"), OAUTH_POLICIES, "isClientCredentialsFlowEnabled"),
    Word(("oauth", "client_credentials"), OAUTH_POLICIES, "clientCredentialsFlowUser"),
    Word(("oauth", "pkce_required"), GLOBAL_OAUTH_SETTINGS, "isPkceRequired"),
    Word(
        ("oauth", "refresh_token_rotation"), GLOBAL_OAUTH_SETTINGS, "isRefreshTokenRotationEnabled"
    ),
    Word(("oauth", "jwt_access_tokens"), GLOBAL_OAUTH_SETTINGS, "isNamedUserJwtEnabled"),
    Word(("oauth", "secret_optional"), GLOBAL_OAUTH_SETTINGS, "isConsumerSecretOptional"),
    Word(
        ("oauth", "secret_required_for_refresh_token"),
        GLOBAL_OAUTH_SETTINGS,
        "isSecretRequiredForRefreshToken",
    ),
    Word(("policies", "enabled"), POLICIES, "isEnabled"),
    Word(
        ("policies", "permitted_users"),
        OAUTH_POLICIES,
        "permittedUsersPolicyType",
        {"admin_approved": "AdminApprovedPreAuthorized", "self_authorized": "AllSelfAuthorized"},
    ),
    Word(("policies", "profiles"), OAUTH_POLICIES, "commaSeparatedProfile"),
    Word(("policies", "permission_sets"), OAUTH_POLICIES, "commaSeparatedPermissionSet"),
    Word(
        ("policies", "refresh_token"),
        OAUTH_POLICIES,
        "refreshTokenPolicyType",
        {
            "lifetime": "SpecificLifetime",
            "inactivity": "SpecificInactivity",
            "valid_until_revoked": "Infinite",
            "expire_immediately": "Zero",
        },
    ),
    Word(("policies", "refresh_token"), OAUTH_POLICIES, "refreshTokenValidityPeriod"),
    Word(("policies", "refresh_token"), OAUTH_POLICIES, "refreshTokenValidityUnit"),
    Word(
        ("policies", "session_timeout"), OAUTH_POLICIES, "sessionTimeoutInMinutes", unit="minutes"
    ),
    Word(
        ("policies", "ip_relaxation"),
        OAUTH_POLICIES,
        "ipRelaxationPolicyType",
        {
            "enforce": "Enforce",
            "bypass": "Bypass",
            "bypass_2factor": "Bypass_2factor",
            "enforce_relax_refresh": "Enforce_RelaxRefresh",
        },
    ),
)

_BY_FIELD: Final = {(word.type.name, word.field): word for word in WORDS}


def path_of(metadata_type: MetadataType, field: str) -> tuple[str, ...]:
    """The path in a spec that sets ``field``: a named key's, or one in the `metadata:` block."""
    word = word_for(metadata_type, field)
    return word.path if word else ("metadata", metadata_type.name, field)


def position_of(positions: Positions, metadata_type: MetadataType, field: str) -> Position:
    """Where a spec sets ``field``, or would: by its named key, or in the `metadata:` block."""
    by_type = ("metadata", metadata_type.name, field)
    path = path_of(metadata_type, field)
    return positions.of(by_type if path not in positions and by_type in positions else path)


def word_for(metadata_type: MetadataType, field: str) -> Word | None:
    """The named key that sets ``field``, or ``None`` if only the `metadata:` block does."""
    return _BY_FIELD.get((metadata_type.name, field))
