"""The consumer secret of a spec: from outside, held as a secret, and shown by nothing."""

from __future__ import annotations

import pytest

from provision.spec.variable import Variables

TEXT = "app: A\noauth:\n  client_credentials: {run_as: ci@example.com, secret: %s}\n"
SECRET = "5EEKRET-OF-THE-APP"


@pytest.mark.parametrize("source", ["${env:SECRET}", "${file:secret.txt}", "${cmd:cat secret.txt}"])
def test_it_comes_from_outside_and_is_a_secret(loaded, tmp_path, source):
    (tmp_path / "secret.txt").write_text(f"{SECRET}\n")
    variables = Variables(environ={"SECRET": SECRET, "PATH": "/usr/bin:/bin"}, allow_exec=True)
    spec = loaded(TEXT % f'"{source}"', variables)
    flow = spec.document.oauth.client_credentials
    assert flow.secret.reveal() == SECRET
    assert SECRET in spec.sensitive
    assert SECRET not in f"{spec!r} {spec.document!r} {flow!r} {flow} {flow.model_dump()}"


@pytest.mark.parametrize("written", [SECRET, '"x${env:SECRET}"', '"${secret}"'])
def test_written_down_even_in_part_it_is_refused_and_not_repeated(problems, written):
    variables = Variables(values={"secret": SECRET}, environ={"SECRET": SECRET})
    [only] = problems(TEXT % written, variables)
    assert "oauth.client_credentials.secret: a secret is never written in a spec" in only
    assert SECRET not in only


def test_one_that_a_ci_system_left_empty(problems):
    [only] = problems(TEXT % '"${env:SECRET}"', Variables(environ={"SECRET": ""}))
    assert only.endswith("oauth.client_credentials.secret: it is empty")


def test_without_it_the_spec_can_still_be_checked(write, now):
    from provision.spec.load import check

    checked = check(write(TEXT % '"${env:SECRET}"'), Variables(), now=now)
    assert checked.problems == ()
    assert checked.unchecked == ("env:SECRET",)
