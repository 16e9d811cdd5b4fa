from __future__ import annotations

import pytest

from provision.spec.load import load
from provision.spec.model import RefreshToken
from provision.spec.source import preset_names, read_preset
from provision.spec.variable import Variables


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_a_good_start(loaded, name):
    spec = loaded(f"app: A\nextends: {name}\n")
    assert spec.presets == (name,)
    assert spec.warnings == ()
    assert not read_preset(name).problems


def test_salesforces_own_page(loaded):
    document = loaded("app: A\nextends: salesforce-cli\n").document
    assert document.oauth is not None
    assert document.oauth.callback_urls == ("http://localhost:1717/OauthRedirect",)
    assert document.oauth.scopes == ("Api", "Web", "RefreshToken")
    assert document.policies.permitted_users == "admin_approved"
    assert document.policies.refresh_token == RefreshToken(kind="lifetime", period=90, unit="days")
    assert document.policies.session_timeout == 15
    assert not document.says("extends")


def test_maps_merge_lists_and_scalars_replace_null_overrides(loaded):
    document = loaded(
        """\
        app: A
        extends: salesforce-cli
        oauth: {scopes: [api], pkce_required: true, callback_url: null}
        policies: {session_timeout: null, enabled: true}
        """
    ).document
    assert document.oauth is not None
    assert document.oauth.scopes == ("Api",)
    assert document.oauth.pkce_required is True
    assert document.oauth.callback_urls is None
    assert document.oauth.says("callback_urls")
    assert document.policies.session_timeout is None
    assert document.policies.says("session_timeout")
    assert document.policies.permitted_users == "admin_approved"


def test_another_kind_of_refresh_token_replaces_the_presets(loaded):
    document = loaded(
        "{app: A, extends: salesforce-cli, policies: {refresh_token: {inactivity: 30 days}}}"
    ).document
    assert document.policies.refresh_token == RefreshToken(
        kind="inactivity", period=30, unit="days"
    )


def test_a_later_preset_lies_over_an_earlier_one(loaded):
    def scopes(order: str) -> object:
        spec = loaded(f"{{app: A, extends: [{order}]}}")
        assert spec.presets == tuple(order.split(", "))
        return spec.document.oauth and spec.document.oauth.scopes

    assert scopes("salesforce-cli, ci-jwt") == ("Api", "RefreshToken")
    assert scopes("ci-jwt, salesforce-cli") == ("Api", "Web", "RefreshToken")


@pytest.mark.parametrize(
    ("extends", "expected"),
    [
        ("salesforce_cli", "2:10: extends: there is no preset 'salesforce_cli'; there are "),
        ("[ci-jwt, nope]", "2:19: extends: there is no preset 'nope'; there are"),
        ("../spec", "2:10: extends: there is no preset '../spec'"),
        ("{a: b}", "2:10: extends: it takes the name of a preset, or a list"),
        ("null", "2:10: extends: it takes the name"),
        ("7", "2:10: extends: it takes the name"),
    ],
)
def test_refuses(problems, extends, expected):
    [only] = problems(f"app: A\nextends: {extends}\n")
    assert only.startswith(expected)


def test_an_unknown_preset_names_the_nearest(problems):
    [only] = problems("app: A\nextends: salesforce_cli\n")
    assert only.endswith("there are ci-jwt, salesforce-cli; did you mean salesforce-cli?")


def test_what_is_wrong_with_a_preset_names_the_presets_file(write, tmp_path, monkeypatch, now):
    monkeypatch.setattr("provision.spec.source._DIRECTORY", tmp_path / "presets")
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "broken.yaml").write_text(
        "oauth:\n  scopes: [apii]\n  pkce_required: NO\n"
    )
    path = write("app: A\nextends: broken\nlabel: 5\n")
    with pytest.raises(Exception, match="apii") as caught:
        load(path, Variables(), now=now)
    places = [str(problem).partition(": ")[0] for problem in caught.value.problems]
    assert sorted(places) == sorted([f"{path}:3:8", "preset:broken:2:12", "preset:broken:3:18"])


def test_positions_of_what_a_preset_says_are_the_presets(loaded):
    spec = loaded("app: A\nextends: ci-jwt\npolicies: {session_timeout: 1h}\n")
    assert spec.positions.of(("policies", "session_timeout")).file == str(spec.path)
    assert spec.positions.of(("oauth", "scopes")).file == "preset:ci-jwt"
