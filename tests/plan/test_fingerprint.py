import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.catalogue import (
    CORE_TYPES,
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import Component, RawXml
from provision.catalogue.field import Kind, unknown_field
from provision.plan.compare import differences
from provision.plan.facts import ActualApp
from provision.plan.fingerprint import ABSENT, fingerprint, moved_components
from tests.plan.app import apps

SEPARATORS = {Kind.NAMES: (split_names, " , "), Kind.SCOPES: (split_names, ","),
              Kind.URLS: (split_urls, "\r\n")}  # fmt: skip


def app_of(*components: Component) -> ActualApp:
    return ActualApp("A", {component.type.name: component for component in components})


def global_settings(**fields) -> ActualApp:
    return app_of(Component(GLOBAL_OAUTH_SETTINGS, "A_glbl", fields))


def rearranged(draw, component: Component) -> Component:
    """The same values in another order, and in another form."""
    fields = dict(draw(st.permutations(list(component.fields.items()))))
    for name, value in fields.items():
        field = component.type.field(name) or unknown_field(name)
        if isinstance(value, tuple):
            fields[name] = tuple(draw(st.permutations(value)))
        elif isinstance(value, str) and field.kind in SEPARATORS:
            split, separator = SEPARATORS[field.kind]
            fields[name] = separator.join(draw(st.permutations(split(value))))
    return Component(component.type, component.full_name, fields)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_order_and_form_do_not_count(data) -> None:
    actual = data.draw(apps())
    others = [rearranged(data.draw, item) for item in actual.components.values()]
    again = ActualApp("App", {item.type.name: item for item in reversed(others)})
    assert fingerprint(actual) == fingerprint(again)


@settings(max_examples=40, deadline=None)
@given(apps(), apps())
def test_equal_fingerprints_mean_that_no_field_differs(one, other) -> None:
    mine, yours = fingerprint(one), fingerprint(other)
    for name in one.components.keys() & other.components.keys():
        if mine[name] == yours[name]:
            assert list(differences(one.components[name], other.components[name])) == []


@settings(max_examples=40, deadline=None)
@given(apps())
def test_every_type_has_one_absent_or_not(actual) -> None:
    found = fingerprint(actual)
    assert set(found) == {kind.name for kind in CORE_TYPES}
    assert {name for name, digest in found.items() if digest != ABSENT} == set(actual.components)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"consumerKey": "3MVG9a"}, {"consumerKey": "3MVG9b"}),
        ({"isPkceRequired": True}, {"isPkceRequired": False}),
        ({"isNewIn69": RawXml("<isNewIn69>a</isNewIn69>")}, {}),
        ({"isNewIn69": RawXml("<a>1</a>")}, {"isNewIn69": RawXml("<a>2</a>")}),
        ({"isNewIn69": RawXml("<a>1</a><a>1</a>")}, {"isNewIn69": RawXml("<a>1</a>")}),
        ({"callbackUrl": "https://a.example"}, {"callbackUrl": "https://A.example"}),
    ],
)
def test_what_matters_counts(before, after) -> None:
    assert list(
        moved_components(
            fingerprint(global_settings(**before)), fingerprint(global_settings(**after))
        )
    ) == ["ExtlClntAppGlobalOauthSettings was changed"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"certificate": "MIIA"}, {"certificate": "MI\nIA"}),
        ({"label": ""}, {}),
        ({"consumerSecret": "one"}, {}),
        ({"isNewIn69": RawXml("<a>1</a><a>2</a>")}, {"isNewIn69": RawXml("<a> 2 </a>\n<a>1</a>")}),
        ({"shouldRotateConsumerKey": False}, {}),
        ({"callbackUrl": "https://a.example\nhttps://b.example"},
         {"callbackUrl": "https://b.example\r\nhttps://a.example\r\n"}),
    ],
)  # fmt: skip
def test_what_does_not_matter_does_not_count(before, after) -> None:
    assert fingerprint(global_settings(**before)) == fingerprint(global_settings(**after))


def test_what_the_org_generates_does_not_count() -> None:
    one = app_of(Component(OAUTH_SETTINGS, "A_oauth", {"oauthLink": "00D1:888"}))
    other = app_of(Component(OAUTH_SETTINGS, "A_oauth", {"oauthLink": "00D1:999"}))
    assert fingerprint(one) == fingerprint(other)


def test_it_is_told_what_became_of_each_component() -> None:
    header = Component(EXTERNAL_CLIENT_APPLICATION, "A", {"label": "A"})
    policy = Component(OAUTH_POLICIES, "A_policy", {"sessionTimeoutInMinutes": 15})
    oauth = Component(OAUTH_SETTINGS, "A_oauth", {})
    renamed = Component(OAUTH_SETTINGS, "A_other", {})
    then, now = fingerprint(app_of(header, oauth)), fingerprint(app_of(policy, renamed))
    assert list(moved_components(then, now)) == [
        "ExternalClientApplication is gone",
        "ExtlClntAppOauthConfigurablePolicies was created",
        "ExtlClntAppOauthSettings was changed",
    ]
    assert list(moved_components(then, then)) == []
