from __future__ import annotations

import pytest

from provision.errors import CannotError
from provision.fleet.selection import select

FLEET = """\
defaults: {specs: [cli.yaml]}
groups:
  emea: {}
  apac: {specs: [apac.yaml]}
  nobody: {}
orgs:
  prod: {groups: [emea], tags: [production, main]}
  uat-1: {groups: [emea], tags: [sandbox]}
  uat-2: {groups: [apac], tags: [sandbox, main]}
  dev: {tags: [sandbox]}
  Dev: {}
"""


def changed(fleet, revision):
    return {"main": frozenset({"uat-1", "dev"}), "HEAD": frozenset()}[revision]


@pytest.fixture
def selected(fleet_of):
    def selected(*selectors: str) -> list[str]:
        return [org.name for org in select(fleet_of(FLEET), selectors, changed)]

    return selected


@pytest.mark.parametrize(
    ("selectors", "names"),
    [
        ([], ["prod", "uat-1", "uat-2", "dev", "Dev"]),
        (["dev"], ["dev"]),
        (["Dev"], ["Dev"]),
        (["uat-*"], ["uat-1", "uat-2"]),
        (["uat-?"], ["uat-1", "uat-2"]),
        (["[dD]ev"], ["dev", "Dev"]),
        (["*"], ["prod", "uat-1", "uat-2", "dev", "Dev"]),
        (["tag:sandbox"], ["uat-1", "uat-2", "dev"]),
        (["group:emea"], ["prod", "uat-1"]),
        (["changed:main"], ["uat-1", "dev"]),
        # several: any of them, in the file's order, each once
        (["dev", "prod", "tag:production"], ["prod", "dev"]),
        # a comma: all of them
        (["tag:sandbox,group:apac"], ["uat-2"]),
        (["uat-*, changed:main"], ["uat-1"]),
        # a !: not these
        (["!prod"], ["uat-1", "uat-2", "dev", "Dev"]),
        (["tag:sandbox", "!uat-*"], ["dev"]),
        (["!uat-*", "tag:sandbox"], ["dev"]),
        (["!tag:sandbox,group:emea"], ["prod", "uat-2", "dev", "Dev"]),
        (["tag:sandbox", "!changed:HEAD"], ["uat-1", "uat-2", "dev"]),
    ],
)
def test_which_orgs_are_meant(selected, selectors, names):
    assert selected(*selectors) == names


def test_by_a_spec_from_wherever_it_is_named(selected, tmp_path, monkeypatch):
    assert selected(f"spec:{tmp_path}/apac.yaml") == ["uat-2"]
    monkeypatch.chdir(tmp_path)
    assert selected("spec:apac.yaml") == ["uat-2"]
    assert selected("spec:./x/../apac.yaml") == ["uat-2"]
    assert len(selected("spec:cli.yaml")) == 5
    (tmp_path / "apac.yaml").touch()
    (tmp_path / "link.yaml").symlink_to("apac.yaml")
    assert selected("spec:link.yaml") == ["uat-2"]


@pytest.mark.parametrize(
    ("selectors", "message"),
    [
        (["prd"], "has no org 'prd'; did you mean prod?"),
        (["DEVV"], "has no org 'DEVV'; did you mean dev?"),
        (["zzz"], "has no org 'zzz'"),
        (["qa-*"], "no org fits 'qa-*'"),
        (["tag:sandbx"], "has no tag 'sandbx'; did you mean sandbox?"),
        (["tag:zzz"], "has no tag 'zzz'; there are main, production, sandbox"),
        (["tag:uat-*"], "has no tag 'uat-*'"),
        (["group:eema"], "has no group 'eema'; did you mean emea?"),
        (["group:nobody"], "no org fits 'group:nobody'"),
        (["spec:nope.yaml"], "no org fits 'spec:nope.yaml'"),
        (["tag:production,group:apac"], "no org fits 'tag:production,group:apac'"),
        (["!qa-*"], "no org fits '!qa-*'"),
        (["name:x"], "'name:x': there is no selection by name"),
        (["changed:HEAD"], "changed:HEAD selects no org"),
        (["prod", "!prod"], "prod !prod selects no org"),
        (["!*"], "!* selects no org"),
        ([""], "'' selects nothing: a term is empty"),
        (["!"], "'!' selects nothing: a term is empty"),
        (["dev,"], "'dev,' selects nothing: a term is empty"),
        (["dev", "tag:"], "has no tag ''"),
    ],
)
def test_what_selects_nothing_cannot_be_meant(selected, selectors, message):
    with pytest.raises(CannotError) as caught:
        selected(*selectors)
    assert message in caught.value.message
    assert "tag:NAME" in caught.value.next_step


def test_the_whole_of_an_empty_fleet_is_nothing(fleet_of):
    with pytest.raises(CannotError, match="the whole fleet selects no org"):
        select(fleet_of("orgs: {}\n"), [], changed)
