from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.field import Role
from provision.spec.schema import json_schema

MANIFESTS = Path(__file__).parents[2] / "manifests"
SCHEMA = json_schema()
_TYPES = {"string": str, "boolean": bool, "integer": int, "null": type(None), "array": list}


def accepts(value: object, schema: dict) -> bool:
    """Whether ``schema`` takes ``value``; as much of JSON Schema as our schema uses."""
    match schema:
        case {"$ref": str(reference)}:
            return accepts(value, SCHEMA["$defs"][reference.removeprefix("#/$defs/")])
        case {"anyOf": forms}:
            return any(accepts(value, form) for form in forms)
        case {"oneOf": forms}:
            return sum(accepts(value, form) for form in forms) == 1
        case {"enum": values}:
            return any(value == known and type(value) is type(known) for known in values)
        case {"type": "object"}:
            return isinstance(value, dict) and accepts_object(value, schema)
        case {"type": "array", "items": items}:
            return isinstance(value, list) and all(accepts(item, items) for item in value)
        case {"type": kind}:
            return type(value) is _TYPES[kind] and (
                "pattern" not in schema or bool(re.search(schema["pattern"], str(value)))
            )
    raise AssertionError(schema)


def accepts_object(value: dict, schema: dict) -> bool:
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    return set(schema.get("required", ())) <= value.keys() and all(
        key in properties and accepts(item, properties[key]) for key, item in value.items()
    )


def test_the_file_for_editors_is_current():
    """If this fails, write json_schema() to manifests/spec.schema.json (two spaces of indent)."""
    assert json.loads((MANIFESTS / "spec.schema.json").read_text(encoding="utf-8")) == SCHEMA


@pytest.mark.parametrize("path", sorted(MANIFESTS.glob("*.yaml")), ids=lambda path: path.name)
def test_takes_the_manifests(path):
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    if "app" not in written:
        pytest.skip("not a spec")
    assert accepts(written, SCHEMA)


GOOD = """
extends: ci-jwt
extends: [ci-jwt, salesforce-cli]
label: null
protected: true
protected: ${x}
oauth: {callback_url: "https://a.b"}
oauth: {callback_url: null}
oauth: {scopes: [api, Web, Brand, "${x}"]}
oauth: {jwt_bearer: null, client_credentials: null}
oauth: {jwt_bearer: {certificate: a.crt, prove_as: a@b.c}}
oauth: {client_credentials: {run_as: a@b.c, secret: "${env:SECRET}"}}
policies: {profiles: [A, {name: B, create: true, clone_of: C}], permission_sets: null}
policies: {permission_sets: [A, {name: B, create: "${x}", assign_to: [a@b.c]}]}
policies: {permitted_users: "${x}"}
policies: {refresh_token: {lifetime: 90 days}}
policies: {refresh_token: {inactivity: 30d}}
policies: {refresh_token: {inactivity: "${x} days"}}
policies: {refresh_token: expire_immediately}
policies: {refresh_token: null, session_timeout: 15m}
policies: {session_timeout: 2 hours}
metadata: {ExtlClntAppOauthSettings: {trustedIpRanges: [{startIpAddress: a, endIpAddress: b}]}}
metadata: {ExtlClntAppOauthSettings: {commaSeparatedOauthScopes: [api], label: null}}
metadata: {ExtlClntAppGlobalOauthSettings: {consumerSecret: "${env:X}", isDPopEnabled: true}}
metadata: {ExtlClntAppOauthConfigurablePolicies: {namedUserJwtTimeout: 15}}
""".strip().splitlines()

BAD = """
extends: nope
lable: x
protected: 'true'
oauth: null
oauth: {callback_url: [a]}
oauth: {scopes: [apii]}
oauth: {jwt_bearer: {}}
oauth: {client_credentials: {run_as: a@b.c, secret: hunter22}}
policies: null
policies: {enabled: null}
policies: {permitted_users: everybody}
policies: {profiles: [{create: true}]}
policies: {refresh_token: {lifetime: 90m}}
policies: {refresh_token: {lifetime: 90 days, inactivity: 30 days}}
policies: {refresh_token: {kind: lifetime}}
policies: {session_timeout: 15}
metadata: {ConnectedApp: {}}
metadata: {ExtlClntAppOauthSettings: {oauthLink: x}}
metadata: {ExtlClntAppGlobalOauthSettings: {consumerSecret: hunter22}}
metadata: {ExtlClntAppConfigurablePolicies: {isEnabled: null}}
metadata: {ExtlClntAppOauthConfigurablePolicies: {namedUserJwtTimeout: 7}}
""".strip().splitlines()


@pytest.mark.parametrize("line", GOOD)
def test_takes_every_form_that_the_loader_takes(line):
    assert accepts({"app": "A", **yaml.safe_load(line)}, SCHEMA)


@pytest.mark.parametrize("line", BAD)
def test_refuses_what_the_loader_refuses(line):
    assert not accepts({"app": "A", **yaml.safe_load(line)}, SCHEMA)


@pytest.mark.parametrize("line", GOOD)
def test_the_loader_agrees(write, now, line):
    from provision.spec.load import check
    from provision.spec.variable import Variables

    result = check(write(f"app: A\n{line}\n"), Variables(), now=now)
    assert [each for each in result.problems if "a.crt" not in each.text] == []


def test_says_every_settable_field_and_what_it_is_for():
    types = SCHEMA["properties"]["metadata"]["properties"]
    for metadata_type in CORE_TYPES:
        settable = {
            field.name
            for field in metadata_type.fields
            if field.role in {Role.SPEC, Role.ON_CREATE}
        }
        assert types[metadata_type.name]["properties"].keys() == settable


def test_every_key_is_described():
    for properties in (SCHEMA, *SCHEMA["$defs"].values()):
        for key, schema in properties["properties"].items():
            assert schema.get("description"), key
