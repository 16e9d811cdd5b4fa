from __future__ import annotations

import os
from pathlib import Path

import pytest

from provision.errors import SpecError
from provision.fleet.file_kind import is_fleet
from provision.fleet.load import load_fleet

FLEET = """\
defaults:
  specs: [specs/cli.yaml]
  variables: {suffix: "", minutes: 15}
groups:
  emea:
    specs: [specs/emea.yaml]
  nobody:
orgs:
  acme:
    groups: [emea]
    tags: [production, eu]
    specs: [specs/acme.yaml]
    api_version: 66
  acme-uat:
run:
  concurrency: 4
  waves: [1, 10%]
  stop_after: 5%
"""


def test_says_what_each_org_gets(fleet_of, tmp_path):
    fleet = fleet_of(FLEET)
    acme, uat = fleet.orgs.values()
    assert (acme.name, acme.groups, acme.tags) == ("acme", ("emea",), ("production", "eu"))
    assert acme.specs == tuple(tmp_path / f"specs/{name}.yaml" for name in ("cli", "emea", "acme"))
    assert acme.api_version == 66
    assert str(acme.position) == f"{tmp_path / 'fleet.yaml'}:9:3"
    assert (uat.name, uat.groups, uat.tags, uat.api_version) == ("acme-uat", (), (), None)
    assert uat.specs == (tmp_path / "specs/cli.yaml",)
    assert (fleet.run.concurrency, fleet.run.waves, fleet.run.stop_after) == (4, ("1", "10%"), "5%")


def test_an_org_without_any_spec_is_an_org(fleet_of):
    assert fleet_of("orgs:\n  acme:\n  uat: {tags: [x]}\n").orgs["acme"].specs == ()


def test_no_org_is_a_fleet(fleet_of):
    assert fleet_of("orgs: {}\n").orgs == {}


def test_a_spec_that_several_say_is_one(fleet_of, tmp_path):
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/app.yaml").touch()
    (tmp_path / "link.yaml").symlink_to("specs/app.yaml")
    fleet = fleet_of(
        """\
        defaults: {specs: [specs/app.yaml]}
        groups: {g: {specs: [./specs/../specs/app.yaml]}}
        orgs: {acme: {groups: [g], specs: [link.yaml, other.yaml]}}
        """
    )
    assert fleet.orgs["acme"].specs == (tmp_path / "specs/app.yaml", tmp_path / "other.yaml")


def test_paths_are_relative_to_the_file_wherever_it_is_read_from(fleet_of, tmp_path, monkeypatch):
    fleet_of("orgs: {acme: {specs: [app.yaml]}}\n")
    monkeypatch.chdir(tmp_path)
    [spec] = load_fleet(Path("fleet.yaml")).orgs["acme"].specs
    monkeypatch.chdir("/")
    assert spec.absolute() == tmp_path / "app.yaml"


def test_paths_are_relative_to_where_a_link_to_the_file_stands(fleet_of, tmp_path):
    """As those of a spec are."""
    fleet_of("orgs: {acme: {specs: [app.yaml]}}\n")
    (tmp_path / "here").mkdir()
    link = tmp_path / "here/linked.yaml"
    link.symlink_to("../fleet.yaml")
    assert load_fleet(link).orgs["acme"].specs == (tmp_path / "here/app.yaml",)


def test_a_name_that_yaml_takes_for_something_else_is_an_org_in_quotes(fleet_of):
    fleet = fleet_of('orgs: {"true": {}, "no": {}, "1": {}, Acme: {}, acme: {}, a@b.c: {}}\n')
    assert list(fleet.orgs) == ["true", "no", "1", "Acme", "acme", "a@b.c"]


def test_a_byte_order_mark_is_not_content(fleet_of, tmp_path):
    assert list(fleet_of("\ufefforgs: {acme: {}}\n").orgs) == ["acme"]
    assert is_fleet(tmp_path / "fleet.yaml")


def test_a_thousand_orgs_are_no_matter(fleet_of):
    entries = "".join(
        f"  org-{number}:\n    tags: [a, b]\n    groups: [g]\n    login:\n      token:\n"
        f"        instance_url: https://{number}.example\n"
        f"        access_token: ${{env:T{number}}}\n    variables: {{a: one, b: two, c: three}}\n"
        for number in range(1000)
    )
    assert len(fleet_of(f"groups: {{g: {{}}}}\norgs:\n{entries}").orgs) == 1000


def test_a_group_that_is_misspelled_everywhere_is_said_everywhere(problems):
    orgs = "".join(f"  org-{number}: {{groups: [emae]}}\n" for number in range(500))
    found = problems(f"groups: {{emea: {{}}}}\norgs:\n{orgs}")
    assert len(found) == 500
    assert found[0] == "3:20: orgs.org-0.groups[0]: there is no group 'emae'; did you mean emea?"


NO_NAME = "no - or . first, no blanks, and none of , : ! * ? [ ] / \\"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "1:1: : orgs is missing"),
        ("defaults: {}", "1:1: : orgs is missing"),
        ("orgs: []", "1:1: orgs: it takes a mapping of keys to values"),
        ("orgs: null", "1:7: orgs: it cannot be null"),
        ("orgs: {a: x}", "1:11: orgs.a: it takes a mapping of keys to values"),
        ("orgs: {a: {}, a: {}}", "1:15: a is here twice; the first is in line 1"),
        ("orgs: {yes: {}}", "1:8: the key yes is not text"),
        ("orgs: {true: {}}", "1:8: the key true is not text"),
        ("orgs: {1: {}}", "1:8: the key 1 is not text"),
        ("orgs: {}\nfoo: 1", "2:1: a fleet has no key foo; the keys are defaults, groups, orgs"),
        ("orgs: {}\ngroup: {}", "2:1: a fleet has no key group; did you mean groups?"),
        ("orgs: {a: {tag: [x]}}", "1:12: orgs.a has no key tag; did you mean tags?"),
        ("orgs: {a: {tags: x}}", "1:18: orgs.a.tags: it takes a list; write [x]"),
        ("orgs: {a: {tags: [x, X]}}", "1:22: orgs.a.tags[1]: 'X' is in the list twice"),
        ("orgs: {a: {tags: null}}", "1:18: orgs.a.tags: it cannot be null"),
        ("orgs: {a: {api_version: 12}}", "1:25: orgs.a.api_version: it takes "),
        ("orgs: {a: {api_version: '66'}}", "1:25: orgs.a.api_version: it takes a whole number"),
        (
            "orgs: {a: {groups: [g]}}",
            "1:21: orgs.a.groups[0]: there is no group 'g'; there are non",
        ),
        ("groups: {g: {groups: []}}\norgs: {}", "1:14: groups.g has no key groups; the keys are s"),
        ("defaults: {login: {}}\norgs: {}", "1:12: defaults has no key login; the keys are specs"),
        ("defaults: null\norgs: {}", "1:11: defaults: it cannot be null"),
        ("defaults: {specs: a.yaml}\norgs: {}", "1:19: defaults.specs: it takes a list; write [a"),
        ("defaults: {specs: ['']}\norgs: {}", "1:20: defaults.specs[0]: this is not a path"),
        ("orgs: {a: {variables: {1a: x}}}", "1:28: orgs.a.variables.1a: '1a' is not the name of a"),
        ("orgs: {a: {variables: {v: [x]}}}", "1:24: orgs.a.variables.v: it takes text, not a list"),
        ("orgs: {a: {variables: {v: null}}}", "1:27: orgs.a.variables.v: it cannot be null"),
        ("orgs: {a: {variables: {v: 1.10}}}", "1:27: 1.10 is a number that YAML programs read dif"),
        ("orgs: {}\nrun: {concurrency: 0}", "2:20: run.concurrency: it takes 1 or more"),
        ("orgs: {}\nrun: {concurrency: 999}", "2:20: run.concurrency: it takes 256 or less"),
        ("orgs: {}\nrun: {waves: [0]}", "2:15: run.waves[0]: it takes a number from 1 on, or a sh"),
        ("orgs: {}\nrun: {stop_after: 0%}", "2:19: run.stop_after: it takes a number from 1 on"),
        ("orgs: {}\nrun: {stop_after: true}", "2:19: run.stop_after: it takes a number from 1 on"),
        ("orgs: {}\nrun: {wave: [1]}", "2:7: run has no key wave; did you mean waves?"),
    ],
)
def test_refuses_at_its_place(problems, text, expected):
    [only] = problems(text)
    assert only.startswith(expected)


@pytest.mark.parametrize(
    "name",
    ["a b", "a,b", "a:b", "!a", "a*", "a?", "[a]", "a/b", "a\\\\b", "-a", "..", "", "a\\u200b"],
)
@pytest.mark.parametrize("place", ["orgs: {N: {}}", "groups: {N: {}}\norgs: {}"])
def test_refuses_names_that_a_selection_or_a_program_could_mistake(problems, name, place):
    [only] = problems(place.replace("N", f'"{name}"'))
    assert only.endswith(NO_NAME)


def test_refuses_tags_that_are_no_names(problems):
    [only] = problems("orgs: {a: {tags: [x, 'not this']}}")
    assert only == f"1:22: orgs.a.tags[1]: 'not this' is not a name: {NO_NAME}"


LOGINS = [
    ("{}", "1:12: orgs.a.login: it takes one of sf, token, jwt, client_credentials"),
    ("null", "1:19: orgs.a.login: it cannot be null"),
    (
        "{sf: x, token: {instance_url: https://u, access_token: '${env:T}'}}",
        "1:12: orgs.a.login: it takes",
    ),
    ("{password: x}", "1:20: orgs.a.login has no key password; the keys are sf, token, jwt"),
    ("{token: {access_token: '${env:T}'}}", "1:20: orgs.a.login.token: instance_url is missing"),
    (
        "{jwt: {instance_url: https://u, client_id: c, username: u@a.b, private_key: k, key: k}}",
        "1:98: orgs.a.login.jwt has no key key; the keys are instance_url, client_id, username, ",
    ),
    (
        "{token: {instance_url: https://u, access_token: s3cret}}",
        "1:67: orgs.a.login.token.access_token: a secret is never written in a file: use ${env:NA",
    ),
    (
        "{client_credentials: {instance_url: https://u, client_id: c, client_secret: 'a${env:T}'}}",
        "1:95: orgs.a.login.client_credentials.client_secret: a secret is never written in a file",
    ),
    (
        "{client_credentials: {instance_url: https://u, client_id: c, client_secret: '$${env:T}'}}",
        "1:95: orgs.a.login.client_credentials.client_secret: a secret is never written in a file",
    ),
    (
        "{jwt: {private_key_passphrase: p}}",
        "1:50: orgs.a.login.jwt.private_key_passphrase: a secret is never written in a file: use",
    ),
    ("{sf: ''}", "1:24: orgs.a.login.sf: it is empty"),
    ("{sf: '  '}", "1:24: orgs.a.login.sf: it is empty"),
    ("{sf: --json}", "1:24: orgs.a.login.sf: it is not an alias or a username"),
    (
        "{client_credentials: {instance_url: '', client_id: c, client_secret: '${env:S}'}}",
        "1:55: orgs.a.login.client_credentials.instance_url: it is empty",
    ),
    (
        "{jwt: {instance_url: http://127.0.0.1:80, client_id: c, username: a@b.c, private_key: k}}",
        "1:40: orgs.a.login.jwt.instance_url: the instance URL is not one over https. Use the org",
    ),
    (
        "{jwt: {instance_url: https://u, client_id: c, username: root, private_key: k}}",
        "1:75: orgs.a.login.jwt.username: it is not a username",
    ),
]


@pytest.mark.parametrize(("login", "expected"), LOGINS)
def test_refuses_logins(problems, login, expected):
    found = problems(f"orgs: {{a: {{login: {login}}}}}")
    assert any(problem.startswith(expected) for problem in found)
    assert "s3cret" not in "".join(found)


@pytest.mark.parametrize(
    "place",
    [
        "orgs: {a: {specs: ['V']}}",
        "orgs: {a: {tags: ['V']}}",
        "orgs: {a: {groups: ['V']}}",
        "orgs: {a: {api_version: 'V'}}",
        "orgs: {a: {variables: 'V'}}",
        "orgs: {a: {login: 'V'}}",
        "orgs: {a: 'V'}",
        "defaults: {specs: ['V']}\norgs: {}",
        "orgs: {}\nrun: {concurrency: 'V'}",
    ],
)
def test_no_variable_where_the_fleet_itself_is_made_of_it(problems, place):
    """It would be an org without a spec, or a group, that nobody misses."""
    found = problems(place.replace("V", "${env:X}"))
    assert any("no variable can stand here" in problem for problem in found)


@pytest.mark.parametrize("text", ["${name}", "${env:X", "${env:}", "${vault:x}", "a ${", "${}"])
def test_a_fleet_has_no_variables_of_its_own(problems, text):
    [only] = problems(f"orgs:\n  a:\n    variables: {{v: '{text}'}}\n")
    assert only.startswith("3:20: orgs.a.variables.v: a fleet gives variables their values")


def test_all_that_is_wrong_is_said_at_once(problems):
    found = problems(
        "orgs:\n"
        "  a b: {}\n"
        "  c: {groups: [x], specs: y, login: {sf: 1}}\n"
        "  d: {tag: z}\n"
        "rum: {}\n"
    )  # fmt: skip
    places = [problem.partition(": ")[0] for problem in found]
    assert places == ["2:3", "3:16", "3:27", "3:42", "4:7", "5:1"]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SpecError, match="there is no such file"):
        load_fleet(tmp_path / "nope.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orgs:\n  a: {}\n", True),
        ("# a comment\n\ndefaults: {}\n'orgs' : {}\n", True),
        ("groups: {}\n", True),
        ('{"orgs": {}}\n', True),
        ("{\n  orgs: {}}\n", True),
        ("run: {}\r\norgs: {}\r\n", True),
        ("app: A\npolicies:\n  orgs: x\n", False),
        ("app: A\ndescription: 'orgs: none'\n", False),
        ("", False),
    ],
)
def test_tells_a_fleet_from_a_spec(tmp_path, text, expected):
    path = tmp_path / "f.yaml"
    path.write_text(text, newline="")
    assert is_fleet(path) is expected


def test_what_is_not_there_is_no_fleet(tmp_path):
    assert not is_fleet(tmp_path / "nope.yaml")
    assert not is_fleet(tmp_path)


def test_what_is_read_once_alone_is_not_looked_into(tmp_path):
    """`provision plan <(sops --decrypt spec.yaml)`: a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert not is_fleet(pipe)  # opened, it would wait for a writer
