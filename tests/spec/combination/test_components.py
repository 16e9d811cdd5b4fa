"""What a document sets, read from its keys, is what the templates render."""

from __future__ import annotations

import pytest

from provision.catalogue.canonical import canonical
from provision.catalogue.catalogue import PARENT_FIELD
from provision.catalogue.component import Unset
from provision.catalogue.field import Kind
from provision.findings import Severity
from provision.render.desired import render
from provision.render.template import Templates
from provision.spec.combination.judge import COMBINATIONS
from provision.spec.fields import components_of
from tests.spec.combination.rows import HEAD, ROWS

EVERYTHING = """
app: A
label: L
contact_email: a@example.com
contact_phone: "1"
description: D
icon_url: https://e.example/i
info_url: https://e.example/n
logo_url: https://e.example/l
distribution_state: packaged
protected: true
oauth:
  callback_urls: [https://e.example/a, https://e.example/b]
  scopes: [api, id, refresh_token]
  custom_scopes: [One, Two]
  jwt_bearer: {certificate: keys/app.crt}
  client_credentials: {run_as: ci@e.example}
  pkce_required: false
  refresh_token_rotation: true
  jwt_access_tokens: true
  secret_optional: true
  secret_required_for_refresh_token: false
policies:
  enabled: false
  permitted_users: admin_approved
  profiles: [Standard User, Other]
  permission_sets: [Deployers, {name: Robots, create: true}]
  refresh_token: {inactivity: 3 months}
  session_timeout: 2 hours
  ip_relaxation: enforce_relax_refresh
metadata:
  ExtlClntAppOauthSettings: {singleLogoutUrl: null, customAttributes: [{key: a, formula: b}]}
"""
UNSET = """
app: A
label: null
oauth:
  callback_urls: null
  scopes: []
  jwt_bearer: null
  client_credentials: null
  pkce_required: null
policies:
  permitted_users: null
  profiles: []
  permission_sets: null
  refresh_token: null
  session_timeout: null
"""
TOLD = [each.id for each in COMBINATIONS if each.severity is not Severity.ERROR]


@pytest.mark.parametrize(
    "text", [EVERYTHING, UNSET, *(HEAD + row for name in TOLD for row in ROWS[name])]
)
def test_it_is_what_the_templates_render(spec_of, text) -> None:
    spec = spec_of(text)
    said = components_of(spec.document)
    rendered = {each.type.name: each for each in render(spec, Templates())}
    assert said.keys() - {"ExternalClientApplication"} == rendered.keys() - {
        "ExternalClientApplication"
    }
    for name, component in said.items():
        wanted = {
            field: value for field, value in rendered[name].fields.items() if field != PARENT_FIELD
        }
        assert component.fields.keys() == wanted.keys()
        for field, value in wanted.items():
            described = component.type.field(field)
            read = component.fields[field]
            assert isinstance(read, Unset) == isinstance(value, Unset), field
            if described.kind is not Kind.CERTIFICATE:
                assert canonical(described, read) == canonical(described, value), field
