"""The app that clients log in with: made from a spec by `provision apply`, as users do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conformance.clients.provision import Provision
from tests.conformance.org_view import OrgView

__all__ = ["ADMIN", "ROBOT", "SPEC", "App", "applied"]

ADMIN: Final = "admin@localorg.example"
ROBOT: Final = "ci@localorg.example"  # a user of the local org whom the app lets in by assignment
SPEC: Final = f"""\
app: Salesforce_CLI
label: Salesforce CLI
contact_email: devops@example.com
oauth:
  callback_urls: [http://localhost:1717/OauthRedirect]
  scopes: [api, web, refresh_token]
  secret_optional: true                     # a CLI cannot keep one; PKCE stands in for it
  secret_required_for_refresh_token: false
  jwt_bearer: {{certificate: keys/cli.crt, private_key: keys/cli.key, prove_as: {ROBOT}}}
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
  permission_sets: [{{name: CI_Robot, create: true, assign_to: ["{ROBOT}"]}}]
  refresh_token: {{lifetime: 90 days}}
  session_timeout: 15 minutes
"""


@dataclass(frozen=True, slots=True)
class App:
    """An app in the org, and the private key that belongs to it."""

    consumer_key: str
    private_key: Path


def applied(provision: Provision, state: OrgView) -> App:
    """A new key, and the app of :data:`SPEC`."""
    private_key = provision.new_key("cli")
    provision.apply(SPEC)
    return App(state.consumer_key("Salesforce_CLI"), private_key)
