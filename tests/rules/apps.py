"""Apps, as the components that they are made of."""

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.component import Component, Value

_LONG = {
    "glob": "ExtlClntAppGlobalOauthSettings",
    "oauth": "ExtlClntAppOauthSettings",
    "policy": "ExtlClntAppOauthConfigurablePolicies",
    "header": "ExternalClientApplication",
}


def app(**fields: Value) -> tuple[Component, ...]:
    """An app with OAuth, whose components have these fields: `glob__isPkceRequired=True`."""
    said: dict[str, dict[str, Value]] = {kind.name: {} for kind in CORE_TYPES}
    for name, value in fields.items():
        short, _, field = name.partition("__")
        said[_LONG[short]][field] = value
    return tuple(Component(kind, "App", said[kind.name]) for kind in CORE_TYPES)
