"""How many round trips come one after the other in a whole verb."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.errors import ExitCode
from tests.orgs import OrgUnderTest, org_under_test
from tests.waves import in_waves


@pytest.fixture
def org(tmp_path: Path, run, monkeypatch: pytest.MonkeyPatch) -> Iterator[OrgUnderTest]:
    """An org to which a bare token in the environment leads."""
    with org_under_test(tmp_path / "org") as under_test:
        monkeypatch.setenv("SF_INSTANCE_URL", under_test.local.https_url)
        monkeypatch.setenv("SF_ACCESS_TOKEN", under_test.local.session().access_token)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(under_test.local.ca_file))
        yield under_test


@pytest.mark.usefixtures("org")
def test_a_diff_is_three_round_trips_after_login(run, spec, monkeypatch) -> None:
    assert run("apply", str(spec), "--yes").code == ExitCode.OK
    # Version and user; header, OAuth settings and names; the other three components, and the list
    # of records that provision does not manage.
    with in_waves(monkeypatch, 2, 3, 4):
        assert run("diff", str(spec)).code == ExitCode.OK


@pytest.mark.usefixtures("org")
def test_a_diff_of_an_absent_app_also_asks_who_deleted_it(run, spec, monkeypatch) -> None:
    with in_waves(monkeypatch, 2, 3, 1, 1):
        assert run("diff", str(spec)).code == ExitCode.FOUND
