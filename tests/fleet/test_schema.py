from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from provision.errors import SpecError
from provision.fleet.load import load_fleet
from provision.fleet.schema import fleet_schema

MANIFESTS = Path(__file__).parents[2] / "manifests"
SCHEMA = fleet_schema()


def accepts(text: str) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text))


def test_the_file_for_editors_is_current():
    """If this fails: provision schema fleet > manifests/fleet.schema.json."""
    assert json.loads((MANIFESTS / "fleet.schema.json").read_text(encoding="utf-8")) == SCHEMA


def test_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


GOOD = r"""
orgs: {}
orgs: {a: null, b: {}}
orgs: {a: {groups: [g], tags: [t], specs: [x.yaml], api_version: 66}}    #groups: {g: null}
orgs: {a: {variables: {s: x, i: 15, b: true, e: "", f: "${env:X}"}}}
orgs: {a: {login: {sf: dev}}}
orgs: {a: {login: {token: {instance_url: https://u, access_token: "${env:T}"}}}}
orgs: {a: {login: {jwt: {instance_url: https://u, client_id: c, username: a@b.c, private_key: k}}}}
orgs: {a: {login: {client_credentials: {instance_url: https://u, client_id: c, client_secret: "${cmd:x}"}}}}
orgs: {}    #defaults: {specs: [x.yaml], variables: {a: b}}
orgs: {}    #run: {concurrency: 3, waves: [1, 10%, "5", "20 %"], stop_after: 5%}
orgs: {}    #run: {stop_after: 3}
""".strip().splitlines()

BAD = r"""
{}
orgs: null
orgs: []
orgs: {a: x}
orgs: {a: {tag: [x]}}
orgs: {a: {tags: x}}
orgs: {a: {tags: null}}
orgs: {a: {api_version: 12}}
orgs: {a: {api_version: "66"}}
orgs: {a: {variables: {n: null}}}
orgs: {a: {variables: {n: [1]}}}
orgs: {a: {login: null}}
orgs: {a: {login: {}}}
orgs: {a: {login: {sf: dev, jwt: {instance_url: https://u, client_id: c, username: a@b.c, private_key: k}}}}
orgs: {a: {login: {token: {instance_url: https://u, access_token: hunter22}}}}
orgs: {a: {login: {token: {access_token: "${env:X}"}}}}
orgs: {a: {login: {client_credentials: {instance_url: https://u, client_id: c, client_secret: x}}}}
orgs: {}    #defaults: null
orgs: {}    #defaults: {groups: [x]}
orgs: {}    #defaults: {specs: [""]}
orgs: {}    #groups: {g: {tags: [x]}}
orgs: {}    #run: {concurrency: 0}
orgs: {}    #run: {waves: [0]}
orgs: {}    #run: {waves: 3}
orgs: {}    #run: {stop_after: 101%}
orgs: {}    #fleet: {}
""".strip().splitlines()


@pytest.mark.parametrize("line", GOOD)
def test_takes_what_the_loader_takes(line, fleet_of):
    text = line.replace("    #", "\n")
    assert accepts(text)
    fleet_of(text)


@pytest.mark.parametrize("line", BAD)
def test_refuses_what_the_loader_refuses(line, fleet_of):
    text = line.replace("    #", "\n")
    assert not accepts(text)
    with pytest.raises(SpecError):
        fleet_of(text)


def test_every_key_is_described():
    for properties in (SCHEMA, *SCHEMA["$defs"].values()):
        for key, schema in properties["properties"].items():
            assert schema.get("description"), key


def test_the_example_is_a_fleet_by_both():
    path = MANIFESTS / "fleet.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=./fleet.schema.json"
    assert accepts(text)
    fleet = load_fleet(path)
    specs = {spec for org in fleet.orgs.values() for spec in org.specs}
    assert specs
    assert all(spec.is_file() for spec in specs)
    used = {group for org in fleet.orgs.values() for group in org.groups}
    assert used == fleet.document.groups.keys()
