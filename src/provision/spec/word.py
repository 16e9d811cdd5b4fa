"""Words: which key of a spec sets which metadata field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.metadata.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.metadata.field import MetadataType

__all__ = ["WORDS", "Word", "path_of"]


@dataclass(frozen=True, slots=True)
class Word:
    """A named key of the spec, and one metadata field that it sets. A key may have several."""

    path: tuple[str, ...]
    type: MetadataType
    field: str


WORDS: Final = (
    Word(("label",), EXTERNAL_CLIENT_APPLICATION, "label"),
    Word(("contact_email",), EXTERNAL_CLIENT_APPLICATION, "contactEmail"),
    Word(("contact_phone",), EXTERNAL_CLIENT_APPLICATION, "contactPhone"),
    Word(("description",), EXTERNAL_CLIENT_APPLICATION, "description"),
    Word(("icon_url",), EXTERNAL_CLIENT_APPLICATION, "iconUrl"),
    Word(("info_url",), EXTERNAL_CLIENT_APPLICATION, "infoUrl"),
    Word(("logo_url",), EXTERNAL_CLIENT_APPLICATION, "logoUrl"),
    Word(("distribution_state",), EXTERNAL_CLIENT_APPLICATION, "distributionState"),
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
    Word(("policies", "permitted_users"), OAUTH_POLICIES, "permittedUsersPolicyType"),
    Word(("policies", "profiles"), OAUTH_POLICIES, "commaSeparatedProfile"),
    Word(("policies", "permission_sets"), OAUTH_POLICIES, "commaSeparatedPermissionSet"),
    Word(("policies", "refresh_token"), OAUTH_POLICIES, "refreshTokenPolicyType"),
    Word(("policies", "refresh_token"), OAUTH_POLICIES, "refreshTokenValidityPeriod"),
    Word(("policies", "refresh_token"), OAUTH_POLICIES, "refreshTokenValidityUnit"),
    Word(("policies", "session_timeout"), OAUTH_POLICIES, "sessionTimeoutInMinutes"),
    Word(("policies", "ip_relaxation"), OAUTH_POLICIES, "ipRelaxationPolicyType"),
)

_PATHS: Final = {(word.type.name, word.field): word.path for word in WORDS}


def path_of(metadata_type: MetadataType, field: str) -> tuple[str, ...]:
    """The path in a spec that sets ``field``: a named key's, or one in the `metadata:` block."""
    return _PATHS.get((metadata_type.name, field), ("metadata", metadata_type.name, field))
