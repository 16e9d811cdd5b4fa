import re
from pathlib import Path

import pytest

from provision.catalogue.catalogue import CORE_TYPES, EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.field import MetadataType, Role
from provision.errors import CannotError
from provision.render.desired import render
from provision.render.template import BUILT_IN, Templates


@pytest.mark.parametrize("metadata_type", CORE_TYPES, ids=lambda t: t.name)
def test_templates_name_the_fields_of_the_catalogue_in_its_order(
    metadata_type: MetadataType,
) -> None:
    text = (BUILT_IN / Templates.name(metadata_type)).read_text(encoding="utf-8")
    named = re.findall(r'field\("(\w+)"', text)
    wanted = {Role.SPEC, Role.PARENT, Role.ON_CREATE}
    assert named == [field.name for field in metadata_type.fields if field.role in wanted]


def own(tmp_path: Path, body: str) -> Templates:
    path = tmp_path / "own" / Templates.name(EXTERNAL_CLIENT_APPLICATION)
    path.parent.mkdir(parents=True)
    path.write_text(
        '<ExternalClientApplication xmlns="http://soap.sforce.com/2006/04/metadata">'
        f"{body}</ExternalClientApplication>",
        encoding="utf-8",
    )
    return Templates(tmp_path / "own")


def test_own_templates_come_before_the_built_in_ones(spec_of, tmp_path) -> None:
    templates = own(tmp_path, "<label>{{ app }} of the platform team</label>")
    spec = spec_of("app: A\noauth: {scopes: [api]}\n")
    header, settings, _ = render(spec, templates)
    assert header.fields["label"] == "A of the platform team"
    assert settings.fields["commaSeparatedOauthScopes"] == "Api"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<label>{{ spec.labell }}</label>", "no attribute 'labell'"),
        ("<label>{{ labell }}</label>", "'labell' is undefined"),
        ("<label>{% if %}</label>", r"eca.xml.j2:1: Expected an expression"),
        ("<lable>x</lable>", "ExternalClientApplication has no field lable"),
        (
            "<orgScopedExternalApp>x</orgScopedExternalApp>",
            "a template cannot set orgScopedExternalApp",
        ),
        ("<label>", "not well-formed"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_template_that_makes_no_component_is_an_error(spec_of, tmp_path, body, said) -> None:
    templates = own(tmp_path, body)
    with pytest.raises(CannotError, match=said):
        render(spec_of("app: A"), templates)


def test_values_are_escaped(spec_of, tmp_path) -> None:
    templates = own(tmp_path, "<description>{{ spec.description }}</description>")
    [header] = render(spec_of("app: A\ndescription: 'a <b> & c'\n"), templates)
    assert header.fields["description"] == "a <b> & c"


def test_a_directory_that_is_not_there_is_an_error(tmp_path) -> None:
    with pytest.raises(CannotError, match="not a directory") as raised:
        Templates(tmp_path / "nowhere")
    assert str(BUILT_IN) in raised.value.next_step
