"""Expiry of certificates: which are said to be over, or soon to be, and how badly."""

from datetime import UTC, datetime, timedelta

import pytest

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.certificate import certificate_body
from provision.catalogue.component import Component
from provision.keys.certificate import read_certificate
from provision.keys.pair import new_pair
from provision.plan.certificate_expiry import Holder, expiry
from provision.spec.position import Position

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPEC = """\
    app: A
    oauth:
      callback_urls: [https://a.example/callback]
      scopes: [api, refresh_token]
"""
WITH_JWT = f"{SPEC}      jwt_bearer: {{certificate: certs/spec.crt}}\n"


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate that ends so many days from now, beside the spec."""

    def make(name: str, days_left: int) -> str:
        start = NOW - timedelta(days=400)
        path = new_pair(name, tmp_path / "certs", subject=name, days=400 + days_left, now=start)[1]
        return certificate_body(read_certificate(path).der)

    return make


def org_with(body: str):
    return {GLOBAL_OAUTH_SETTINGS.name: Component(GLOBAL_OAUTH_SETTINGS, "A_g", {
        "certificate": body})}  # fmt: skip


def test_an_expired_certificate_that_org_and_spec_have_is_one_error(spec_of, certificate) -> None:
    org = org_with(certificate("spec", -3))
    spec = spec_of(WITH_JWT)
    [found] = expiry(spec, org, NOW)
    assert (found.holder, found.is_error, found.days_left) == (Holder.ORG, True, -3)
    assert found.text.startswith("oauth.jwt_bearer.certificate: the certificate of the org expired")
    assert "on 2026-11-21; `provision rotate certificate " in found.text
    assert found.position == Position(str(spec.path), 5, 29)


@pytest.mark.parametrize(("days", "said"), [(29, 1), (30, 0), (0, 1)])
def test_inside_the_window_it_is_no_error(spec_of, certificate, days, said) -> None:
    org = org_with(certificate("spec", days))
    found = expiry(spec_of(WITH_JWT), org, NOW)
    assert len(found) == said
    assert not any(finding.is_error for finding in found)
    assert all(f"expires on {NOW + timedelta(days=days):%Y-%m-%d}, in {days} days"
               in finding.text for finding in found)  # fmt: skip


def test_the_spec_sets_the_window(spec_of, certificate) -> None:
    org = org_with(certificate("spec", 40))
    assert expiry(spec_of(WITH_JWT), org, NOW) == ()
    wide = WITH_JWT.replace("certs/spec.crt", "certs/spec.crt, warn_before: 60 days")
    assert len(expiry(spec_of(wide), org, NOW)) == 1


def test_an_expired_one_that_the_spec_replaces_says_so(spec_of, certificate) -> None:
    certificate("spec", 300)
    [found] = expiry(spec_of(WITH_JWT), org_with(certificate("old", -1)), NOW)
    assert found.holder is Holder.ORG
    assert found.is_error
    assert found.text.endswith("applying the spec replaces it")


def test_a_spec_with_an_expired_certificate_wants_what_is_none(spec_of, certificate) -> None:
    certificate("spec", -1)
    [found] = expiry(spec_of(WITH_JWT), org_with(certificate("old", 300)), NOW)
    assert (found.holder, found.is_error) == (Holder.SPEC, True)
    assert expiry(spec_of(WITH_JWT), {}, NOW) == (found,)


def test_a_certificate_that_the_spec_does_not_manage_is_advice(spec_of, certificate) -> None:
    org = org_with(certificate("theirs", -1))
    [found] = expiry(spec_of(SPEC), org, NOW)
    assert not found.is_error
    assert "does not manage it" in found.text
    assert expiry(spec_of(f"{SPEC}      jwt_bearer: null\n"), org, NOW) == ()


@pytest.mark.parametrize("body", ["MIIA", "not a certificate", ""])
def test_what_is_no_certificate_is_not_said_to_expire(spec_of, body) -> None:
    assert expiry(spec_of(SPEC), org_with(body), NOW) == ()
