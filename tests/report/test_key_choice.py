"""A consumer key that provision chooses at apply: every format says so of a plan."""

import json

import pytest

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.component import Component
from provision.errors import ExitCode
from provision.plan.facts import ActualApp
from provision.report.format import Format, renderer_of
from provision.report.report import Report
from provision.report.results import AppResult, Results
from tests.report.conftest import CLI

SAID = "a random consumer key, which provision chooses at apply"
SPEC = "app: CLI\noauth: {scopes: [api], consumer_key: generate}\n"
WITHOUT_OAUTH = ActualApp(
    "CLI", {EXTERNAL_CLIENT_APPLICATION.name: Component(EXTERNAL_CLIENT_APPLICATION, "CLI", {})}
)


@pytest.fixture
def rendered(spec_of, plan_of):
    def render(name: Format, actual: ActualApp) -> str:
        spec = spec_of(SPEC)
        result = AppResult(spec, "uat", ExitCode.FOUND, plan_of(spec, actual))
        return renderer_of(name).render(Report.of(Results("plan", (result,))))

    return render


@pytest.mark.parametrize("name", [name for name in Format if name is not Format.JSON])
@pytest.mark.parametrize("actual", [ActualApp("CLI"), WITHOUT_OAUTH], ids=["new", "without oauth"])
def test_what_gets_its_first_key_says_who_chooses(rendered, name, actual) -> None:
    assert SAID in rendered(name, actual)


@pytest.mark.parametrize("name", Format)
def test_of_an_app_with_a_key_there_is_nothing_to_say(rendered, name) -> None:
    assert SAID not in rendered(name, CLI)


@pytest.mark.parametrize(("actual", "chooses"), [(ActualApp("CLI"), True), (CLI, False)])
def test_programs_read_it_as_a_flag(rendered, actual, chooses) -> None:
    [result] = json.loads(rendered(Format.JSON, actual))["results"]
    assert result["plan"]["chooses_consumer_key"] is chooses
