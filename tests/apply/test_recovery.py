"""What is deployed instead, when an org refuses in a way that is known."""

from __future__ import annotations

from collections.abc import Sequence

from provision.apply.recovery import Attempt, without_known_names
from provision.metadata.catalogue import OAUTH_POLICIES
from provision.metadata.component import Component
from provision.metadata.field import MetadataType
from provision.org.deploy import DeployMessage, DeployResult

POLICY = "Robot_oauthPlcy"


def policy(**fields: str | int) -> Component:
    return Component(OAUTH_POLICIES, POLICY, {"externalClientApplication": "Robot", **fields})


def refusing(plan, sent: Component, in_the_org: Component) -> Attempt:
    message = DeployMessage(
        component_type=OAUTH_POLICIES.name,
        full_name=POLICY,
        file_name="",
        success=False,
        problem="profile names are already taken",
        line=0,
        column=0,
    )
    result = DeployResult(
        id="0Af1",
        status="Failed",
        done=True,
        success=False,
        error_message="",
        messages=(message,),
    )

    def read(metadata_type: MetadataType, names: Sequence[str]) -> list[Component]:
        return [in_the_org] if metadata_type is OAUTH_POLICIES and POLICY in names else []

    return Attempt(plan, (sent,), result, read)


def test_a_list_with_nothing_new_is_left_out_and_not_sent_empty(work) -> None:
    """An empty element would clear the list in an org that replaces lists."""
    plan = work.plan("app: Robot\ncontact_email: a@example.com\noauth: {scopes: [api]}\n")
    sent = policy(commaSeparatedProfile="Standard User", commaSeparatedPermissionSet="Robots,New")
    known = policy(commaSeparatedProfile="standard user", commaSeparatedPermissionSet="Robots")
    retry = without_known_names(refusing(plan, sent, known))
    assert retry is not None
    [reduced] = retry.components
    assert "commaSeparatedProfile" not in reduced.fields
    assert reduced.fields["commaSeparatedPermissionSet"] == "New"
