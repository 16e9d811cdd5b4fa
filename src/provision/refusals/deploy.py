"""Refusals of deploys of external client apps."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Refusal, Sure, Where, one

__all__ = ["ROWS"]

_DEPLOY: Final = (Where.DEPLOY, Where.SOAP)
_LOCAL: Final = "the words are the local org's (inferred)"

ROWS: Final = (
    Refusal(
        "policy-there-already",
        "The app already has such a record under another name.",
        one(
            "An app has one record of each type; the message names the one that it has.",
            "Run `provision plan` again: it finds the record by the app that it belongs to.",
        ),
        _DEPLOY,
        "ECAPLCY; 360DV",
        Sure.OBSERVED,
        texts=("* duplicates value on *",),
    ),
    Refusal(
        "names-taken",
        "The org adds to permission lists, and refuses what is in them.",
        one(
            "The profile or permission set may use the app already.",
            "Run `provision plan` again: it sends only what is missing.",
        ),
        _DEPLOY,
        "WEGO",
        Sure.OBSERVED,
        texts=("names are already taken",),
    ),
    Refusal(
        "key-taken",
        "Another app has the consumer key.",
        one(
            "Consumer keys are unique among all orgs.",
            "Leave consumerKey out of the spec: the org makes one.",
        ),
        _DEPLOY,
        "devops-center-feedback#256",
        Sure.OBSERVED,
        texts=("consumer key is already taken", "consumer key is already in use"),
    ),
    Refusal(
        "key-not-settable",
        "The org does not accept this consumer key.",
        one(
            "Some orgs make every consumer key themselves. No org accepts one that is not 8 to 256"
            " letters and digits.",
            "Leave consumerKey and oauth.consumer_key out of the spec.",
        ),
        _DEPLOY,
        "A2A; org-protocol 5.4",
        Sure.REPORTED,
        texts=(
            "you can't set consumerkey",
            "the consumerkey must have 8 to 256 letters and digits",
        ),
    ),
    Refusal(
        "rotation-by-deploy",
        "A deploy may not rotate credentials without ignoreWarnings.",
        one(
            "A field of the metadata asks for another key or secret, which breaks every client.",
            "Rotate with `provision credentials rotate`, which keeps the old pair for 30 days.",
        ),
        _DEPLOY,
        f"metadata guide (shouldRotate*); {_LOCAL}",
        Sure.INFERRED,
        texts=("rotating the consumer key or secret breaks every client",),
    ),
    Refusal(
        "no-oauth-settings",
        "The global OAuth settings came without the app's OAuth settings.",
        one(
            "The OAuth settings must be in the org or in the same deploy.",
            "Deploy the whole app: `provision apply`.",
        ),
        _DEPLOY,
        "MCPSKILL; P2F",
        Sure.OBSERVED,
        texts=("doesn't have a valid oauth settings configuration",),
    ),
    Refusal(
        "foreign-oauth-link",
        "The metadata has a link that belongs to another org.",
        one(
            "oauthLink and orgScopedExternalApp belong to one org, and do not travel.",
            "Remove them from the files; provision never sends them.",
        ),
        _DEPLOY,
        "H360; HARDIS",
        Sure.OBSERVED,
        texts=(
            "couldn't update your oauth link",
            "isn't a valid org-scoped external app for this org",
        ),
    ),
    Refusal(
        "namespace",
        "A record under a package's namespace cannot be made here.",
        one(
            "The app comes from an installed package.",
            "Its policies are changed in Setup, or by the package's publisher.",
        ),
        _DEPLOY,
        "360DV",
        Sure.OBSERVED,
        texts=("cannot create a new component with the namespace",),
    ),
    Refusal(
        "connected-apps-blocked",
        "The org does not let anybody create connected apps.",
        (
            Cause(
                "Since Spring '26 connected apps cannot be created, except by a package.",
                "Create an external client app instead: `provision apply`.",
            ),
            Cause(
                "A connected app is needed anyway, for example for the scratch orgs of a Dev Hub.",
                "Ask Salesforce Customer Support to enable it.",
            ),
        ),
        _DEPLOY,
        "Salesforce help 005228017; CRT",
        Sure.DOCUMENTED,
        texts=("you can't create a connected app",),
    ),
    Refusal(
        "name-of-a-connected-app",
        "A connected app has the name.",
        one(
            "Connected apps and external client apps share their names.",
            "Choose another name, or delete the connected app.",
        ),
        _DEPLOY,
        f"HARDIS; {_LOCAL}",
        Sure.OBSERVED,
        texts=("is already used by a connected app",),
    ),
    Refusal(
        "name-of-another-app",
        "Another app has a record of that name.",
        one(
            "Names of records are unique in an org, whatever app they belong to.",
            "Choose another name for the record in `metadata`, or for the app.",
        ),
        _DEPLOY,
        _LOCAL,
        Sure.INFERRED,
        texts=("the name * belongs to",),
    ),
    Refusal(
        "no-parent",
        "A record does not name the app that it belongs to.",
        one(
            "Its file has no externalClientApplication, or its elements are not in alphabetical "
            "order: some orgs drop those that are not.",
            "Make the files with `provision render`.",
        ),
        _DEPLOY,
        "CRT",
        Sure.OBSERVED,
        texts=("enter the name of the parent external client app",),
    ),
    Refusal(
        "saml-needs",
        "The app's SAML settings need more.",
        one(
            "SAML needs an app whose distribution state is Local, with isSamlPluginEnabled.",
            "Set both, and deploy again.",
        ),
        _DEPLOY,
        f"Salesforce's metadata guide; {_LOCAL}",
        Sure.DOCUMENTED,
        texts=("saml needs",),
    ),
    Refusal(
        "bad-name",
        "The org does not accept the developer name.",
        one(
            "A developer name begins with a letter, and has letters, digits and underscores.",
            "Correct `app` in the spec.",
        ),
        _DEPLOY,
        "Salesforce's metadata guide",
        Sure.DOCUMENTED,
        texts=("the developer name can only contain underscores and alphanumeric characters",),
    ),
    Refusal(
        "bad-enum",
        "A field has a value that is not in its list.",
        one(
            "The message names the value and the list.",
            "Run `provision explain FIELD` for the values, and correct the spec.",
        ),
        _DEPLOY,
        "MCPSKILL",
        Sure.OBSERVED,
        texts=("is not a valid value for the enum",),
    ),
    Refusal(
        "bad-scope",
        "The org does not know a scope.",
        one(
            "Metadata has tokens of its own (Api, RefreshToken), and newer scopes need a newer "
            "org.",
            "Use OAuth's names in oauth.scopes, and see `provision explain SCOPE`.",
        ),
        _DEPLOY,
        "MCPSKILL; SYSPROMPT",
        Sure.OBSERVED,
        texts=("invalid oauth scope",),
    ),
    Refusal(
        "unknown-grantees",
        "A permission set or profile of the list is not in the org.",
        one(
            "The list takes API names of permission sets, and labels of profiles, never ids.",
            "Correct the name, or write create: true.",
        ),
        _DEPLOY,
        "ECAPLCY",
        Sure.OBSERVED,
        texts=("we couldn't find * called",),
    ),
    Refusal(
        "bad-plugin-settings",
        "A policy does not fit the kind of the app's tokens.",
        (
            Cause(
                "A timeout for JWT-format tokens stands beside opaque tokens, or the reverse.",
                "Compare policies.session_timeout with oauth.jwt_access_tokens.",
            ),
            Cause(
                "The OAuth settings that the policy is about are not in the org yet.",
                "Run `provision apply`, which deploys them together.",
            ),
        ),
        _DEPLOY,
        "org-protocol 5.4 (one report)",
        Sure.REPORTED,
        texts=("invalid plugin settings",),
    ),
    Refusal(
        "too-small",
        "A number is lower than the field allows.",
        one("The message names the field.", "Write at least 1."),
        _DEPLOY,
        _LOCAL,
        Sure.INFERRED,
        texts=("must be at least 1",),
    ),
    Refusal(
        "bad-certificate",
        "The org cannot read the certificate.",
        one(
            "It is not an X.509 certificate, or is truncated.",
            "Check the file with `provision keys show`.",
        ),
        _DEPLOY,
        _LOCAL,
        Sure.INFERRED,
        texts=("the certificate isn't valid",),
    ),
    Refusal(
        "reference-missing",
        "A record refers to one that is not in the org.",
        one(
            "The app, the user or the record that it names does not exist.",
            "Check the name; an app's records must come after the app, or with it.",
        ),
        _DEPLOY,
        "org-protocol 5.4",
        Sure.OBSERVED,
        texts=("in field: * - no * found", "no * named: * found", "no * named * found"),
    ),
)
