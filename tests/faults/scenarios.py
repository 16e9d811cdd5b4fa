"""What is tried: each writing verb, from a state that it finds, by the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from provision.keys.pair import new_pair
from tests.faults.place import Place
from tests.faults.program import run

__all__ = ["SCENARIOS", "Scenario"]

_ROBOT = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key, prove_as: "%(admin)s"}
policies:
  permitted_users: admin_approved
  profiles: [%(profiles)s]
  permission_sets: [{name: Robots, create: true, assign_to: ["%(robot)s"]}]
  session_timeout: %(timeout)s
"""
_OPEN = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key, prove_as: "%(admin)s"}
policies: {permitted_users: self_authorized}
"""
_ONE_ORG = {"admin": "admin@localorg.example", "robot": "ci@localorg.example"}
_OF_FLEET = {"admin": "admin@${name}.example", "robot": "ci@${name}.example"}
_FLEET = """\
defaults: {specs: [robot.yaml]}
orgs:
  org1:
    login: {token: {instance_url: "${env:URL_org1}", access_token: "${env:TOKEN_org1}"}}
    variables: {name: org1}
  org2:
    login: {token: {instance_url: "${env:URL_org2}", access_token: "${env:TOKEN_org2}"}}
    variables: {name: org2}
"""
_SECRETS = "enableClientSecretInRestApiAccess"
_ALLOW = ("--allow", "irreversible", "--allow", "lockout", "--allow", "weakening",
          "--allow", "production")  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """One verb from one state.

    ``prepare`` brings a fresh place to that state. ``arguments`` is the command; ``{run}`` in it is
    the newest run's id. ``ways_on`` are commands that a message may name as the way on, each with
    the words by which it names them: they are run before the command is run again.
    """

    name: str
    what: str
    prepare: Callable[[Place], None]
    arguments: tuple[str, ...]
    fleet: bool = False
    ways_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _spec(place: Place, text: str, **values: str) -> None:
    filled = {"profiles": "System Administrator", "timeout": "15 minutes", **_ONE_ORG, **values}
    (place.folder / "robot.yaml").write_text(text % filled, encoding="utf-8")


def _new(place: Place) -> None:
    """A spec and its keys; the org does not have the app."""
    (place.folder / "keys").mkdir(exist_ok=True)
    now = datetime.now(UTC)
    new_pair("app", place.folder / "keys", bits=2048, subject="app", days=365, now=now)
    _spec(place, _ROBOT)


def _must(place: Place, *arguments: str) -> None:
    ran = run(arguments, place.folder, place.environment, place.time)
    assert ran.code == 0, f"{arguments}: exit {ran.code}\n{ran.text}"


def _applied(place: Place) -> None:
    _new(place)
    _must(place, "apply", "robot.yaml", "--yes")


def _to_be_updated(place: Place) -> None:
    _applied(place)
    _spec(place, _ROBOT.replace("The robot", "The robot 2"), timeout="10 minutes")


def _to_be_restricted(place: Place) -> None:
    """Everybody may use the app; the spec wants a profile and a new permission set alone."""
    _new(place)
    _spec(place, _OPEN)
    _must(place, "apply", "robot.yaml", "--yes", "--no-proof")
    _spec(place, _ROBOT)


def _to_be_opened(place: Place) -> None:
    """A profile and a permission set alone may use the app; the spec wants everybody to."""
    _applied(place)
    _spec(place, _OPEN)


def _to_get_a_user(place: Place) -> None:
    """The app is as the spec says, but for somebody who lacks the permission set."""
    _applied(place)
    _spec(place, _ROBOT, robot=f'{_ONE_ORG["robot"]}", "{_ONE_ORG["admin"]}')


def _plan_saved(place: Place) -> None:
    _to_be_updated(place)
    _must(place, "plan", "robot.yaml", "--out", "plan.json")


def _to_lose_a_name(place: Place) -> None:
    """The org adds to lists of names, so that a shorter list takes a write of its own."""
    _new(place)
    _spec(place, _ROBOT, profiles="System Administrator, Standard User")
    place.quirks("permission_lists=add")
    _must(place, "apply", "robot.yaml", "--yes", *_ALLOW)
    _spec(place, _ROBOT)


def _to_be_rolled_back(place: Place) -> None:
    _to_be_updated(place)
    _must(place, "apply", "robot.yaml", "--yes", *_ALLOW)


def _to_be_brought_back(place: Place) -> None:
    _applied(place)
    _must(place, "destroy", "robot.yaml", "--yes", *_ALLOW)


def _staged(place: Place) -> None:
    _applied(place)
    _must(place, *_STAGE)


def _rotated(place: Place) -> None:
    _staged(place)
    _must(place, *_ROTATE)


def _setting_open(place: Place) -> None:
    _applied(place)
    place.switch_on(_SECRETS)


def _to_be_onboarded(place: Place) -> None:
    """An org that the `sf` CLI knows, and a spec; no keys, no app, no fleet file."""
    place.stand_in_for_sf()
    _spec(place, _ROBOT)


def _fleet(place: Place) -> None:
    _new(place)
    _spec(place, _ROBOT, **_OF_FLEET)
    (place.folder / "fleet.yaml").write_text(_FLEET, encoding="utf-8")


_STAGE = ("credentials", "stage", "Robot", "--to", "file:pair.json", "--force", "--open-setting")
_ROTATE = ("credentials", "rotate", "Robot", "--open-setting", "--yes")
_REVOKE = ("credentials", "revoke", "Robot", "--open-setting", "--yes")
_SHOW = ("credentials", "show", "Robot", "--to", "file:pair.json", "--force", "--open-setting")
_APPLY = ("apply", "robot.yaml", "--yes", *_ALLOW)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("apply-new", "`apply` of a new app", _new, _APPLY),
    Scenario("apply-update", "`apply` of an update", _to_be_updated, _APPLY),
    Scenario("apply-restrict", "`apply` that restricts an app", _to_be_restricted, _APPLY),
    Scenario("apply-remove", "`apply` that takes a name off a list", _to_lose_a_name, _APPLY),
    Scenario("apply-open", "`apply` that opens an app", _to_be_opened, (*_APPLY, "--no-proof")),
    Scenario("apply-access", "`apply` of access alone", _to_get_a_user, _APPLY),
    Scenario(
        "apply-saved", "`apply` of a saved plan", _plan_saved,
        ("apply", "plan.json", "--yes", *_ALLOW),
        ways_on={"provision plan": ("plan", "robot.yaml", "--out", "plan.json")},
    ),
    Scenario(
        "rollback", "`rollback` of an update", _to_be_rolled_back,
        ("rollback", "{run}", "--yes", *_ALLOW),
    ),
    Scenario(
        "rollback-new", "`rollback` of a new app", _applied,
        ("rollback", "{run}", "--yes", *_ALLOW),
    ),
    Scenario(
        "rollback-destroyed", "`rollback` of a destroyed app", _to_be_brought_back,
        ("rollback", "{run}", "--yes", *_ALLOW),
    ),
    Scenario("destroy", "`destroy`", _applied, ("destroy", "robot.yaml", "--yes", *_ALLOW)),
    Scenario(
        "rotate-certificate", "`rotate certificate`", _applied,
        ("rotate", "certificate", "robot.yaml", "--yes", "--bits", "2048", *_ALLOW),
        ways_on={"provision apply": _APPLY},
    ),
    Scenario(
        "credentials-show", "`credentials show --open-setting`", _applied, _SHOW,
        ways_on={"doctor --fix": ("doctor", "robot.yaml", "--fix", "--yes")},
    ),
    Scenario(
        "credentials-show-staged", "`credentials show --staged`", _staged, (*_SHOW, "--staged"),
        ways_on={"doctor --fix": ("doctor", "robot.yaml", "--fix", "--yes")},
    ),
    Scenario(
        "credentials-stage", "`credentials stage`", _applied, _STAGE,
        ways_on={
            "--staged": ("credentials", "revoke", "Robot", "--staged", "--open-setting", "--yes"),
        },
    ),
    Scenario("credentials-rotate", "`credentials rotate`", _staged, _ROTATE),
    Scenario("credentials-revoke", "`credentials revoke`", _rotated, _REVOKE),
    Scenario(
        "doctor-fix", "`doctor --fix`", _setting_open, ("doctor", "robot.yaml", "--fix", "--yes"),
    ),
    Scenario(
        "onboard", "`onboard`", _to_be_onboarded,
        ("onboard", "uat", "--spec", "robot.yaml", "--yes", *_ALLOW),
    ),
    Scenario(
        "apply-fleet", "`apply` over a fleet of two", _fleet,
        ("apply", "fleet.yaml", "--yes", *_ALLOW), fleet=True,
    ),
)  # fmt: skip
