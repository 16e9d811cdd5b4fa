from __future__ import annotations

import pytest

from provision.errors import CannotError
from provision.fleet.discovery import missing_orgs
from provision.fleet.edit import NewOrg
from provision.org.login.sf_cli import KnownOrg

FLEET = """\
groups: {emea: {}}
orgs:
  dev: {}
  staging: {login: {sf: uat}}
  main: {login: {sf: admin@acme.example}}
  robot: {login: {sf: "${env:ALIAS}"}}
"""


def test_an_org_that_is_called_or_reached_so_is_there(fleet_of):
    known = [
        KnownOrg("dev", "d@acme.example", "sandbox"),
        KnownOrg("uat", "u@acme.example", "sandbox"),
        KnownOrg("production", "admin@acme.example", ""),
        KnownOrg("new", "n@acme.example", ""),
    ]
    assert missing_orgs(known, fleet_of(FLEET), [], []) == (NewOrg("new", "new"),)


def test_tags_for_what_an_org_is_and_what_is_asked_for(fleet_of):
    known = [KnownOrg("new", "n@acme.example", "dev-hub"), KnownOrg("old", "o@acme.example", "")]
    added = missing_orgs(known, fleet_of(FLEET), ["emea"], ["imported", "dev-hub"])
    assert added == (
        NewOrg("new", "new", ("emea",), ("dev-hub", "imported")),
        NewOrg("old", "old", ("emea",), ("imported", "dev-hub")),
    )


def test_an_alias_that_is_no_name_is_reached_by_a_username(fleet_of):
    known = [KnownOrg("my org", "n@acme.example", "")]
    assert missing_orgs(known, None, [], []) == (NewOrg("n@acme.example", "my org"),)


@pytest.mark.parametrize(
    ("known", "groups", "tags", "message"),
    [
        ([], ["eema"], [], "there is no group 'eema' to add orgs to; did you mean emea?"),
        ([], [], ["a b"], "'a b' cannot be a tag"),
        ([KnownOrg("a/b", "-x@acme.example", "")], [], [], "'a/b' of the sf CLI can have no such"),
    ],
)
def test_what_cannot_be_added(fleet_of, known, groups, tags, message):
    with pytest.raises(CannotError) as caught:
        missing_orgs(known, fleet_of(FLEET), groups, tags)
    assert message in caught.value.message
    assert caught.value.next_step
