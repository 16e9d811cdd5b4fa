"""An org with few API calls left, as a user meets it."""

from pathlib import Path

import pytest

from provision.errors import ExitCode
from tests.orgs import org_under_test

FEW = 14_900  # of 15 000


@pytest.fixture
def org(tmp_path_factory, monkeypatch):
    with org_under_test(tmp_path_factory.mktemp("org")) as org:
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
        yield org


def test_it_is_not_changed_but_for_going_back(run, org, spec) -> None:
    assert run("apply", str(spec), "--yes", "--no-proof").code == ExitCode.OK
    spec.write_text(spec.read_text().replace("15 minutes", "10 minutes"))
    assert run("apply", str(spec), "--yes", "--no-proof").code == ExitCode.OK
    newest = max(Path(".provision/runs").glob("*-apply-robot*"))
    spec.write_text(spec.read_text().replace("10 minutes", "5 minutes"))
    org.set_api_calls(FEW)

    refused = run("apply", str(spec), "--yes", "--no-proof")
    assert refused.code == ExitCode.UNREACHABLE
    assert "was left alone" in refused.err
    assert run("diff", str(spec)).code == ExitCode.FOUND

    undone = run("rollback", newest.name, "--yes", "--allow", "weakening")
    assert undone.code == ExitCode.OK, undone.err
