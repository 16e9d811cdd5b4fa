from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provision.catalogue.scope import SCOPES, scope_of
from provision.errors import ExitCode, SpecError
from provision.spec.load import load
from provision.spec.model import (
    ClientCredentials,
    Oauth,
    PermissionSetGrant,
    ProfileGrant,
    RefreshToken,
    SpecDocument,
)
from provision.spec.position import Position
from provision.spec.variable import Variables


def test_reads_everything_that_has_a_key(loaded, keys):
    spec = loaded(
        f"""\
        app: Salesforce_CLI
        label: Salesforce CLI
        contact_email: devops@example.com
        contact_phone: "+49 89 123"
        description: >
          For the CLI
        icon_url: https://example.com/icon.png
        info_url: https://example.com
        logo_url: https://example.com/logo.png
        distribution_state: local
        protected: false
        oauth:
          callback_urls: [http://localhost:1717/OauthRedirect, https://a.example.com/cb]
          scopes: [api, Web, refresh_token]
          custom_scopes: [orders]
          consumer_key: generate
          jwt_bearer:
            certificate: {keys}/app.crt
            private_key: {keys}/app.key
            prove_as: ci@example.com
          client_credentials: {{run_as: robot@example.com}}
          pkce_required: true
          refresh_token_rotation: true
          jwt_access_tokens: true
          secret_optional: false
          secret_required_for_refresh_token: true
        policies:
          enabled: true
          permitted_users: admin_approved
          profiles: [System Administrator, {{name: CI, create: true, clone_of: Standard User}}]
          permission_sets:
            - CLI_User
            - {{name: CI_Robot, create: true, label: CI robot, assign_to: [ci@example.com]}}
          refresh_token: {{lifetime: 90 days}}
          session_timeout: 2 hours
          ip_relaxation: enforce_relax_refresh
        """
    )
    document = spec.document
    assert (spec.app, document.label, document.contact_phone) == (
        "Salesforce_CLI",
        "Salesforce CLI",
        "+49 89 123",
    )
    assert document.description == "For the CLI\n"
    assert document.oauth is not None
    assert document.oauth.scopes == ("Api", "Web", "RefreshToken")
    assert document.oauth.callback_urls == (
        "http://localhost:1717/OauthRedirect",
        "https://a.example.com/cb",
    )
    assert document.oauth.consumer_key == "generate"
    assert document.oauth.client_credentials == ClientCredentials(run_as="robot@example.com")
    assert document.oauth.jwt_bearer is not None
    assert document.oauth.jwt_bearer.certificate == keys / "app.crt"
    policies = document.policies
    assert policies.profiles == (
        ProfileGrant(name="System Administrator"),
        ProfileGrant(name="CI", create=True, clone_of="Standard User"),
    )
    assert policies.permission_sets == (
        PermissionSetGrant(name="CLI_User"),
        PermissionSetGrant(
            name="CI_Robot", create=True, label="CI robot", assign_to=("ci@example.com",)
        ),
    )
    assert policies.refresh_token == RefreshToken(kind="lifetime", period=90, unit="days")
    assert policies.session_timeout == 120
    assert spec.certificate is not None
    assert spec.private_key is not None
    assert spec.private_key.matches(spec.certificate)
    assert spec.warnings == ()


def test_absent_null_and_empty_are_three_things(loaded):
    document = loaded(
        """\
        app: App
        label: null
        oauth: {scopes: [], jwt_bearer: null}
        policies: {profiles: [], session_timeout: null}
        """
    ).document
    assert document.says("label")
    assert document.label is None
    assert not document.says("description")
    assert document.oauth is not None
    assert document.oauth.model_fields_set == {"scopes", "jwt_bearer"}
    assert document.oauth.scopes == ()
    assert document.policies.model_fields_set == {"profiles", "session_timeout"}
    assert document.policies.profiles == ()
    assert document.policies.session_timeout is None


def test_an_app_and_nothing_else(loaded):
    document = loaded("app: App").document
    assert document == SpecDocument(app="App")
    assert document.oauth is None
    assert not document.policies.model_fields_set


def test_a_callback_url_is_short_for_a_list_of_one(loaded):
    assert loaded("{app: App, oauth: {callback_url: 'https://a.b/c'}}").document.oauth == Oauth(
        callback_urls=("https://a.b/c",)
    )
    oauth = loaded("{app: App, oauth: {callback_url: null}}").document.oauth
    assert oauth is not None
    assert oauth.says("callback_urls")


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("{lifetime: 90d}", RefreshToken(kind="lifetime", period=90, unit="days")),
        ("{inactivity: 4 hours}", RefreshToken(kind="inactivity", period=4, unit="hours")),
        ("{lifetime: 12 months}", RefreshToken(kind="lifetime", period=12, unit="months")),
        ("valid_until_revoked", RefreshToken(kind="valid_until_revoked")),
        ("expire_immediately", RefreshToken(kind="expire_immediately")),
        ("null", None),
    ],
)
def test_refresh_token_forms(loaded, text, policy):
    assert loaded(f"{{app: A, policies: {{refresh_token: {text}}}}}").document.policies == (
        SpecDocument.model_validate({"app": "A", "policies": {"refresh_token": policy}}).policies
    )


_REFUSED = """\
lable: x
    2:1: a spec has no key lable; did you mean label?
extend: x
    2:1: a spec has no key extend; did you mean extends?
zzz: x
    2:1: a spec has no key zzz; the keys are app, label,
label: 5
    2:8: label: it takes text; write it in quotes: "5"
label: true
    2:8: label: it takes text; write it in quotes: "true"
label: [a]
    2:1: label: it takes text, not a list or a mapping
label: 1.10
    2:8: 1.10 is a number that YAML programs read differently
protected: 'true'
    2:12: protected: it takes true or false
protected: NO
    2:12: NO is false to some YAML programs
contact_email: devops
    2:16: contact_email: 'devops' is not an email address
distribution_state: Packageable
    2:21: distribution_state: it takes local or packaged; did you mean packaged?
oauth: {consumer_key: AcmeKey123}
    2:23: oauth.consumer_key: it takes generate; a key that you choose yourself is set by its metad
oauth: {consumer_key: [generate]}
    2:9: oauth.consumer_key: it takes generate
oauth: {consumer_key: null}
    2:23: oauth.consumer_key: it cannot be null; remove the key
oauth: null
    2:8: oauth: it cannot be null; remove the key
oauth: []
    2:1: oauth: it takes a mapping
oauth:
    2:7: there is no value: write null to unset it
policies: null
    2:11: policies: it cannot be null
metadata: null
    2:11: metadata: it must be a mapping
oauth: {scope: [api]}
    2:9: oauth has no key scope; did you mean scopes?
oauth: {scopes: api}
    2:17: oauth.scopes: it takes a list; write [api]
oauth: {scopes: [api, 1]}
    2:23: oauth.scopes[1]: it takes text
oauth: {scopes: [api, refresh_tokn]}
    2:23: oauth.scopes[1]: there is no scope 'refresh_tokn'; did you mean refresh_token?
oauth: {scopes: [api, Api]}
    2:23: oauth.scopes[1]: 'Api' is in the list twice
oauth: {callback_urls: ['http://a.b']}
    2:25: oauth.callback_urls[0]: 'http://a.b' sends
oauth: {callback_url: ['https://a.b']}
    2:9: oauth.callback_url: it takes one URL
oauth: {callback_url: 'http://a.b'}
    2:23: oauth.callback_urls[0]: 'http://a.b'
oauth: {callback_url: 'https://a', callback_urls: []}
    2:9: oauth.callback_url: callback_urls is here too
oauth: {jwt_bearer: {}}
    2:9: oauth.jwt_bearer: certificate is missing
oauth: {jwt_bearer: {certificate: null}}
    2:35: oauth.jwt_bearer.certificate: it cannot be null
oauth: {client_credentials: {}}
    2:9: oauth.client_credentials: run_as is missing
oauth: {client_credentials: {run_as: ci}}
    2:38: oauth.client_credentials.run_as: it is not a username, which
oauth: {client_credentials: {run_as: a@b.c, secret: null}}
    2:53: oauth.client_credentials.secret: it cannot be null
oauth: {client_credentials: {run_as: a@b.c, secret: 4711}}
    2:53: oauth.client_credentials.secret: it takes text from ${env:NAME}
policies: {enabled: null}
    2:21: policies.enabled: it cannot be null
policies: {permitted_users: AdminApproved}
    2:29: policies.permitted_users: it takes admin_approved or self_authorized; did you mean
policies: {profiles: ['a,b']}
    2:23: policies.profiles[0].name: 'a,b' has a comma
policies: {profiles: ['']}
    2:23: policies.profiles[0].name: a name cannot be empty
policies: {profiles: [' A']}
    2:23: policies.profiles[0].name: ' A' begins or ends with a space
policies: {profiles: ["a\\tb"]}
    2:23: policies.profiles[0].name: 'a\\tb' has characters that a name cannot have
oauth: {jwt_bearer: {certificate: ''}}
    2:35: oauth.jwt_bearer.certificate: this is not a path
oauth: {jwt_bearer: {certificate: [a]}}
    2:22: oauth.jwt_bearer.certificate: it takes text
policies: {profiles: [5]}
    2:23: policies.profiles[0]: it takes a name, or a mapping with a name; a number goes in quotes
policies: {profiles: A}
    2:22: policies.profiles: it takes a list; write [A]
policies: {profiles: {A: B}}
    2:12: policies.profiles: it takes a list
policies: {permitted_users: true}
    2:29: policies.permitted_users: it takes admin_approved or self_authorized
policies: {profiles: [Admin, ADMIN]}
    2:30: policies.profiles[1]: 'ADMIN' is in the list twice
policies: {profiles: [{name: A, create: true}]}
    2:23: policies.profiles[0]: to create the profile A, say which one to copy: clone_of
policies: {profiles: [{name: A, clone_of: B}]}
    2:43: policies.profiles[0].clone_of: clone_of is for a profile with create: true
policies: {profiles: [{create: true}]}
    2:23: policies.profiles[0]: name is missing
policies: {permission_sets: [{name: A, creat: true}]}
    2:40: policies.permission_sets[0] has no key creat; did you mean create?
policies: {permission_sets: [{name: A b, create: true}]}
    2:37: policies.permission_sets[0].name: 'A b' cannot be created
policies: {permission_sets: [0PS5g000001AbCdEAK]}
    2:30: policies.permission_sets[0].name: 0PS5g000001AbCdEAK is an id; write the permission set's
policies: {permission_sets: [{name: A, label: B}]}
    2:47: policies.permission_sets[0].label: label is for a permission set with create: true
policies: {permission_sets: [{name: A, assign_to: [a@b.c, A@b.c]}]}
    2:59: policies.permission_sets[0].assign_to[1]: 'A@b.c' is in the list twice
policies: {refresh_token: never}
    2:27: policies.refresh_token: write {lifetime:
policies: {refresh_token: {life: 90 days}}
    2:34: policies.refresh_token.life: write
policies: {refresh_token: {lifetime: 90m}}
    2:38: policies.refresh_token.lifetime: '90m': minutes or months? write `90 months`
policies: {refresh_token: {lifetime: 1d, inactivity: 1d}}
    2:12: policies.refresh_token: write {lifetime:
policies: {refresh_token: {kind: lifetime}}
    2:34: policies.refresh_token.kind: write
policies: {session_timeout: 15}
    2:29: policies.session_timeout: 15 has no unit: write `15 minutes` or `15 hours`
policies: {session_timeout: 15:00}
    2:29: 15:00 is a number in base 60
policies: {session_timeout: 99999999 hours}
    2:29: policies.session_timeout: 99999999 hours is too long
"""
_LINES = _REFUSED.splitlines()


@pytest.mark.parametrize(("line", "expected"), [*zip(_LINES[::2], _LINES[1::2], strict=True)])
def test_refuses_at_its_place_and_says_what_to_write(problems, line, expected):
    [only] = problems(f"app: App\n{line}\n")
    assert only.startswith(expected.strip())


@pytest.mark.parametrize(
    "name",
    ["", "1App", "_App", "App_", "My__App", "My App", "My-App", "Äpp", "A" * 81, "my.App"],
)
def test_no_developer_name(problems, name):
    [only] = problems(f"app: {name!r}\n")
    assert only.startswith("1:6: app: ")


@pytest.mark.parametrize("name", ["A", "a1", "My_App_2", "A" * 80])
def test_developer_names(loaded, name):
    assert loaded(f"app: {name}\n").app == name


def test_all_problems_of_all_kinds_in_one_run_in_order(problems, keys):
    found = problems(
        f"""\
        label: 1.10
        label: again
        contact_emial: a@b.example
        oauth:
          callback_url: http://example.com
          scopes: [apii]
          jwt_bearer:
            certificate: {keys}/app.crt
            private_key: {keys}/other.key
        policies:
          permitted_users: self_authorized
          profiles: [System Administrator]
          session_timeout: 15
        metadata:
          ExtlClntAppOauthConfigurablePolicies: {{policyAction: Blok}}
          Nonsense: {{}}
        extends: nonsense
        """
    )
    assert [text.partition(": ")[0] for text in found] == [
        "1:1",  # app is missing
        "1:8",  # 1.10
        "2:1",  # twice
        "3:1",  # unknown key
        "5:17",  # http
        "6:12",  # scope
        "9:18",  # the wrong key
        "12:3",  # profiles that have no effect
        "13:20",  # no unit
        "15:56",  # enumeration
        "16:3",  # unknown type
        "17:10",  # unknown preset
    ]


def test_one_wrong_value_hides_no_other_in_the_same_list(problems):
    found = problems(
        """\
        app: App
        policies:
          profiles:
            - NO
            - "a,b"
            - {name: A, create: true}
            - {name: C, clone_of: 7}
            - 5
            - Twice
            - Twice
        """
    )
    assert [text.partition(": ")[0] for text in found] == [
        "4:7", "5:7", "6:7", "7:27", "8:7", "10:7"
    ]  # fmt: skip


def test_a_missing_file(tmp_path):
    with pytest.raises(SpecError, match="1:1: there is no such file") as caught:
        load(tmp_path / "none.yaml", Variables())
    assert caught.value.exit_code is ExitCode.CANNOT


def test_a_directory(tmp_path):
    with pytest.raises(SpecError, match="1:1: the file cannot be read"):
        load(tmp_path, Variables())


def test_paths_are_relative_to_the_spec(keys, tmp_path, monkeypatch, now):
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "keys").symlink_to(keys)
    spec = tmp_path / "specs" / "app.yaml"
    spec.write_text("{app: A, oauth: {jwt_bearer: {certificate: keys/app.crt}}}")
    monkeypatch.chdir(tmp_path)
    loaded = load(Path("specs/app.yaml"), Variables(), now=now)
    assert loaded.document.oauth is not None
    assert loaded.document.oauth.jwt_bearer is not None
    assert loaded.document.oauth.jwt_bearer.certificate == tmp_path / "specs/keys/app.crt"


def test_positions_name_key_and_value(loaded, tmp_path):
    positions = loaded(
        """\
        app: App
        oauth:
          callback_url: https://a.example.com
        policies:
          profiles:
            - A
        """
    ).positions
    file = str(tmp_path / "app.yaml")
    assert positions.of(("app",)) == Position(file, 1, 6)
    assert positions.of_key(("app",)) == Position(file, 1, 1)
    assert positions.of(("oauth", "callback_urls", 0)) == Position(file, 3, 17)
    assert positions.of(("policies", "profiles")) == Position(file, 5, 3)
    assert positions.of(("policies", "profiles", 0)) == Position(file, 6, 7)
    assert positions.of(("policies", "session_timeout")) == Position(file, 4, 1)
    assert positions.of(("metadata", "X", "y")) == Position(file, 1, 1)


# --- any text, and any valid spec -------------------------------------------------------------

_NAMES = st.from_regex(r"[A-Za-z](_?[A-Za-z0-9]){0,20}", fullmatch=True)
_TEXTS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=30)
_ADDRESSES = st.builds("{}@{}.example".format, _NAMES, _NAMES)
_LABELS = st.text(string.ascii_letters + " ", min_size=1).map(str.strip).filter(bool)
_SCOPE_WORDS = st.sampled_from([word for scope in SCOPES for word in (*scope.names, scope.token)])


def _maybe(**keys: st.SearchStrategy) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional=keys)


def _periods(*units: str) -> st.SearchStrategy[str]:
    return st.builds("{} {}".format, st.integers(1, 9999), st.sampled_from(units))


_REFRESH = st.one_of(
    st.none(),
    st.sampled_from(["valid_until_revoked", "expire_immediately"]),
    _periods("days", "hours", "months").map(lambda period: {"lifetime": period}),
    _periods("d", "h", "months").map(lambda period: {"inactivity": period}),
)
_DOCUMENTS = st.fixed_dictionaries(
    {"app": _NAMES},
    optional={
        "label": st.none() | _TEXTS,
        "description": st.none() | _TEXTS,
        "contact_email": st.none() | _ADDRESSES,
        "protected": st.none() | st.booleans(),
        "distribution_state": st.sampled_from([None, "local", "packaged"]),
        "oauth": _maybe(
            scopes=st.none() | st.lists(_SCOPE_WORDS, unique_by=scope_of),
            callback_urls=st.none()
            | st.lists(st.builds("https://{}.example".format, _NAMES), unique=True),
            client_credentials=st.none() | st.builds(lambda user: {"run_as": user}, _ADDRESSES),
            pkce_required=st.none() | st.booleans(),
            consumer_key=st.just("generate"),
        ),
        "policies": _maybe(
            enabled=st.booleans(),
            permitted_users=st.sampled_from([None, "admin_approved"]),
            profiles=st.none() | st.lists(_LABELS, unique_by=str.casefold),
            refresh_token=_REFRESH,
            session_timeout=st.none() | _periods("minutes", "m", "hours", "h"),
        ),
        "metadata": st.just({}),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_DOCUMENTS)
def test_any_valid_document_says_what_it_was_written_from(tmp_path, written):
    path = tmp_path / "app.yaml"
    path.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")  # all text quoted
    document = load(path, Variables()).document
    assert document.model_fields_set == written.keys()
    assert document.app == written["app"]
    for key in ("label", "description", "contact_email", "protected", "distribution_state"):
        assert getattr(document, key) == written.get(key)
    oauth, policies = written.get("oauth", {}), written.get("policies", {})
    if document.oauth is not None:
        assert document.oauth.model_fields_set == oauth.keys()
        tokens = [scope_of(word) for word in oauth.get("scopes") or ()]
        assert list(document.oauth.scopes or ()) == [scope.token for scope in tokens if scope]
        assert list(document.oauth.callback_urls or ()) == (oauth.get("callback_urls") or [])
    assert document.policies.model_fields_set == policies.keys()
    names = [grant.name for grant in document.policies.profiles or ()]
    assert names == (policies.get("profiles") or [])


_KEYS = st.sampled_from(
    [*SpecDocument.model_fields, *Oauth.model_fields, "certificate", "name", "extends", "lifetime",
     "ExtlClntAppOauthSettings", "trustedIpRanges", "callback_url", "ExtlClntAppPolicies", "x"]
)  # fmt: skip
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | _SCOPE_WORDS
    | st.sampled_from(["${x}", "15 minutes", "salesforce-cli", "self_authorized", "a@b.c"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


def _load_or_refuse(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        load(path, Variables())
    except SpecError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(each.position.line >= 1 and each.position.column >= 1 for each in problems)
    assert all(problem.text for problem in problems)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(_KEYS, _VALUES))
def test_any_yaml_is_a_spec_or_refused_with_places(tmp_path, written):
    _load_or_refuse(tmp_path / "app.yaml", yaml.safe_dump(written, allow_unicode=True).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b'app: A\noauth: {jwt_bearer: {certificate: "a\\0b"}}')
@example(b"app: A\noauth: {jwt_bearer: {certificate: .}}")
@example(b'app: A\nlabel: "${file:\\0}"')
@example(b'app: A\nlabel: "${file:.}"')
@example(b"app: &a [*a]")
def test_any_bytes_are_a_spec_or_refused(tmp_path, data):
    _load_or_refuse(tmp_path / "app.yaml", data)
