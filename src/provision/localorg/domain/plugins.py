"""Plugins: what an app's policy says of the records that it has beside its core ones."""

from __future__ import annotations

from provision.catalogue.catalogue import POLICIES
from provision.catalogue.component import Component, Value
from provision.catalogue.dependent_types import DEPENDENT_TYPES, dependent_type_named
from provision.catalogue.field import MetadataType
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused

__all__ = ["check", "installed"]

_SAML = "isSamlPluginEnabled"


def check(org: Org, metadata_type: MetadataType, app: Component) -> None:
    """Raise :class:`Refused` for a record whose plugin ``app`` cannot have.

    DOC: SAML wants a Local app with the plugin enabled. The words of the refusals are made up.
    """
    described = dependent_type_named(metadata_type.name)
    if described is None or described.plugin_flag != _SAML:
        return
    if app.text("distributionState") not in {"", "Local"}:
        raise Refused("INVALID_FIELD", "SAML needs an app whose distribution state is Local")
    policies = org.components.of_app(POLICIES, app.full_name)
    if policies is not None and policies.component.fields.get(_SAML) is False:
        raise Refused("INVALID_FIELD", f"SAML needs {_SAML} in the app's policies")


def installed(org: Org, policies: Component, version: int) -> dict[str, Value]:
    """The flags that the policy does not say itself, of plugins that have a record.

    OBS: a retrieve returns the flags of installed plugins.
    """
    return {
        each.plugin_flag: True
        for each in DEPENDENT_TYPES
        if each.plugin_flag
        and each.may_be_in(version)
        and each.plugin_flag not in policies.fields
        and org.components.of_app(each.metadata_type, policies.parent) is not None
    }
