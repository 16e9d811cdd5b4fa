"""An app as an org has it, and what the org has besides."""

from datetime import date

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import Component
from provision.plan.facts import Access, ActualApp, PermissionSet, Profile, User

ACCESS = Access.of(
    permission_sets=[PermissionSet("0PS1", "Deployers")],
    profiles=[Profile("00e1", "System Administrator", "0PS2")],
    users=[User("0051", "ci@example.com"), User("0052", "gone@example.com", active=False)],
    assignments=[("Deployers", "ci@example.com")],
)
TODAY = date(2026, 11, 24)
POLICY = {
    "externalClientApplication": "A",
    "permittedUsersPolicyType": "AllSelfAuthorized",
    "sessionTimeoutInMinutes": 30,
    "startUrl": "https://kept.example",
}
ACTUAL = ActualApp(
    "A",
    {
        component.type.name: component
        for component in (
            Component(EXTERNAL_CLIENT_APPLICATION, "A", {"label": "A"}),
            Component(OAUTH_SETTINGS, "A_oauth", {"commaSeparatedOauthScopes": "Api"}),
            Component(
                GLOBAL_OAUTH_SETTINGS, "A_glbl", {"consumerKey": "3MVG9x", "certificate": "MIIA"}
            ),
            Component(OAUTH_POLICIES, "A_oauth_defaultPolicy", POLICY),
        )
    },
)
