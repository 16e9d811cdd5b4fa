"""Apps that came with an installed package: only a seed makes them, and no deploy changes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component, Value
from provision.catalogue.field import PARENT_FIELD
from provision.localorg.domain.org import Org
from provision.localorg.store.components import Stored

__all__ = ["InstalledAppSeed", "plant_installed_app"]


class InstalledAppSeed(BaseModel):
    """An app of the package with this ``namespace``; ``name`` is without it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z](_?[A-Za-z0-9])*$")]
    namespace: Annotated[str, Field(pattern=r"^[A-Za-z](_?[A-Za-z0-9]){0,14}$")]
    label: str = ""
    scopes: str = "Api, RefreshToken"


def plant_installed_app(org: Org, seed: InstalledAppSeed) -> None:
    """Put the app into an org.

    DOC: a package has the header and the OAuth settings. OBS: the policies that the subscriber's
    org makes have no namespace in their names, though their app has.
    """
    app = f"{seed.namespace}__{seed.name}"
    label = seed.label or seed.name.replace("_", " ")
    parent: dict[str, Value] = {PARENT_FIELD: app}
    components = {
        "0xI": Component(
            EXTERNAL_CLIENT_APPLICATION, app, {"distributionState": "Managed", "label": label}
        ),
        "0xJ": Component(
            OAUTH_SETTINGS,
            f"{app}_oauth",
            {"commaSeparatedOauthScopes": seed.scopes, **parent, "label": label},
        ),
        "0xL": Component(
            OAUTH_POLICIES,
            f"{seed.name}_oauth_defaultPolicy",
            {**parent, "permittedUsersPolicyType": "AllSelfAuthorized"},
        ),
        "0xM": Component(
            POLICIES,
            f"{seed.name}_defaultPolicy",
            {**parent, "isEnabled": True, "isOauthPluginEnabled": True},
        ),
    }
    author = str(org.records.all("User")[0]["Id"])
    now = org.clock.now()
    for prefix, component in components.items():
        record_id = org.database.new_id(prefix)
        org.components.put(Stored(component, record_id, now, author, now, author))
