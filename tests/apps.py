"""Apps as others made them: records under any names, of any type."""

from __future__ import annotations

from collections.abc import Mapping

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component, RawXml
from provision.catalogue.dependent_types import DEPENDENT_TYPES, DependentType

__all__ = ["LISTED", "SCHEMES", "app_called", "dependent"]

SETTINGS, GLOBAL, POLICY, APP = (
    OAUTH_SETTINGS.name,
    GLOBAL_OAUTH_SETTINGS.name,
    OAUTH_POLICIES.name,
    POLICIES.name,
)
SCHEMES: Mapping[str, Mapping[str, str]] = {
    "setup": {
        SETTINGS: "Robot_oauth",
        GLOBAL: "Robot_glbloauth",
        POLICY: "Robot_oauthPlcy",
        APP: "Robot_plcy",
    },
    "metadata": {
        SETTINGS: "Robot_oauth",
        GLOBAL: "Robot_glbloauth",
        POLICY: "Robot_oauth_defaultPolicy",
        APP: "Robot_defaultPolicy",
    },
    "migrated": {
        SETTINGS: "Robot_defOauthSet",
        GLOBAL: "Robot_defGlblOauthSet",
        POLICY: "Robot_defOauthPlcy",
        APP: "Robot_defPlcy",
    },
    "tool": {
        SETTINGS: "Robot_OAuthSettings",
        GLOBAL: "Robot_globalOauth",
        POLICY: "Robot_OAuthSettings_defaultPolicy",
        APP: "Robot_policy",
    },
    "odd": {SETTINGS: "Some1", GLOBAL: "Some2", POLICY: "Some3", APP: "Some4"},
    "of another app": {
        SETTINGS: "Other_oauth",
        GLOBAL: "Other_glbloauth",
        POLICY: "Other_oauthPlcy",
        APP: "Other_plcy",
    },
}
"""Names of an app's records but the header, by metadata type."""

LISTED = tuple(each for each in DEPENDENT_TYPES if each.listed)
"""The types beside the core ones that an org may have records of."""


def app_called(names: Mapping[str, str], app: str = "Robot") -> list[Component]:
    """An app whose records but the header have these names."""
    parent = {"externalClientApplication": app}
    return [
        Component(EXTERNAL_CLIENT_APPLICATION, app, {"contactEmail": "a@example.com"}),
        Component(
            OAUTH_SETTINGS, names[SETTINGS], {**parent, "commaSeparatedOauthScopes": "Api, Web"}
        ),
        Component(
            GLOBAL_OAUTH_SETTINGS, names[GLOBAL], {**parent, "callbackUrl": "https://a.example/old"}
        ),
        Component(
            OAUTH_POLICIES,
            names[POLICY],
            {**parent, "startUrl": "https://kept.example", "sessionTimeoutInMinutes": 60},
        ),
        Component(POLICIES, names[APP], {**parent, "isEnabled": True}),
    ]


def dependent(
    each: DependentType, name: str = "", app: str = "Robot", text: str = "1"
) -> Component:
    """A record of a type that provision does not manage, with fields that it does not know."""
    return Component(
        each.metadata_type,
        name or f"{app}_{each.suffix}",
        {
            "externalClientApplication": app,
            "label": RawXml(f"<label>{text} &amp; more</label>"),
            "list": RawXml(f"<list><a>{text}</a><b>x</b></list><list><a>2</a></list>"),
        },
    )
