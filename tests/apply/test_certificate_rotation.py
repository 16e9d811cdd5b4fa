"""Rotation of a certificate: the checks before it, and the way back after each failure."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.apply.certificate_rotation import Rotated, Rotator
from provision.apply.gating import check_gates
from provision.apply.key_pair import next_pair
from provision.apply.proof import ProofKind
from provision.apply.prover import Prover
from provision.apply.rotation_preparation import Rotation, RotationPreparation
from provision.apply.run import apply_plan
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.certificate import certificate_der
from provision.catalogue.component import Component
from provision.errors import (
    ApplyFailed,
    CannotError,
    ExitCode,
    GateName,
    GateRefused,
    LoginRefused,
    NotProven,
)
from provision.keys.pair import new_pair
from provision.org.org import WritableOrg
from provision.org.quota import QuotaTooLow
from provision.render.template import Templates
from provision.rules.rule import RuleSet
from provision.rules.threshold import Thresholds
from provision.spec.spec import Spec
from tests.apply.conftest import Work
from tests.apply.test_run import APP
from tests.orgs import SteppingClock, writes

NO_RULES = RuleSet((), Thresholds())
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Desk:
    """Rotations as the verb does them."""

    work: Work
    spec: Spec
    say: Callable[[str], None]
    wait: float = 0
    client_id: str = ""

    @property
    def org(self) -> WritableOrg:
        org = self.work.org.writable()
        session = dataclasses.replace(org.session, client_id=self.client_id)
        return dataclasses.replace(org, session=session)

    @contextmanager
    def prepared(self, **how) -> Iterator[tuple[Rotation, Rotator]]:
        org = self.org
        prover = Prover(org, self.work.org.clock, self.wait, self.say)
        preparation = RotationPreparation(org, Templates(), NO_RULES, prover)
        usage = preparation.check(self.spec)
        with next_pair(self.spec, NOW, days=365, **how) as pair:
            rotation = preparation.prepare(self.spec, pair, usage)
            preparation.validate(rotation)
            yield rotation, Rotator(org, Templates(), prover)

    def rotate(self) -> Rotated:
        with self.prepared() as (rotation, rotator):
            return rotator.rotate(rotation)

    @property
    def new_files(self) -> list[str]:
        return sorted(path.name for path in Path(self.spec.path.parent, "keys").glob("app-*"))

    @property
    def has_old(self) -> bool:
        """Whether the org has the old certificate, and its key logs in."""
        settings = self.org.find_app("Robot").components[GLOBAL_OAUTH_SETTINGS.name]
        assert self.spec.certificate is not None
        same = certificate_der(settings.text("certificate")) == self.spec.certificate.der
        return same and self.work.prove(APP).kind is ProofKind.JWT_LOGIN


@pytest.fixture
def desk(work) -> Desk:
    work.apply(APP)
    return Desk(work, work.spec_of(APP), work.messages.append)


def interrupting(desk: Desk, *starts: str) -> Callable[[str], None]:
    """Ctrl-C when each of these messages, one after the other."""
    left = list(starts)

    def say(text: str) -> None:
        desk.work.messages.append(text)
        if left and text.startswith(left[0]):
            left.pop(0)
            raise KeyboardInterrupt

    return say


def test_the_new_key_logs_in_and_the_old_one_does_not(desk) -> None:
    with desk.work.org.noting() as noted:
        rotated = desk.rotate()
    assert rotated.proof.kind is ProofKind.JWT_LOGIN
    assert desk.new_files == ["app-20261124.crt", "app-20261124.key"]
    assert writes(noted) == ["rest:deployRequest"]
    assert noted.index("rest:deployRequest") < noted.index("!rest:deployRequest")  # checked first
    with pytest.raises(NotProven, match="invalid client credentials"):
        desk.work.prove(APP)


def test_checking_and_preparing_write_nothing(desk) -> None:
    with desk.prepared() as (rotation, _):
        assert [change.field.name for change in rotation.new.plan.changes] == ["certificate"]
        texts = " ".join(advice.text for advice in rotation.new.plan.advice)
        assert "logins with the old key fail" in texts
        assert "Nobody has a token of Robot now." in texts  # our own login does not count
        assert "does not tell which app it came from" in texts
    assert desk.has_old
    assert desk.new_files == []


def test_users_of_the_old_key_are_named(desk) -> None:
    for username in ("ci", "admin"):
        who = f"app.key, prove_as: {username}@localorg.example}}"
        desk.work.prove(APP.replace("app.key}", who))
    desk.spec = desk.work.spec_of(APP)
    with desk.prepared() as (rotation, _):
        texts = " ".join(advice.text for advice in rotation.new.plan.advice)
    assert "tokens of Robot now: admin@localorg.example, ci@localorg.example." in texts


def test_a_proof_that_fails_puts_the_old_one_back(desk) -> None:
    # The first login is that with the old key; the second, that with the new one, meets the fault.
    desk.work.org.set_faults({"operation": "token:jwt-bearer", "kind": "503", "after": 1})
    with pytest.raises(ApplyFailed) as raised:
        desk.rotate()
    assert raised.value.exit_code is ExitCode.APPLY_FAILED
    assert "the new certificate was in, and the new key did not log in" in raised.value.message
    assert "The org has the old certificate (read back)" in raised.value.message
    assert "The old key logs in as admin@localorg.example." in raised.value.message
    assert desk.has_old
    assert desk.new_files == []
    desk.rotate()  # nothing is in the way of another try


def test_the_quota_reserve_does_not_stop_the_way_back(desk) -> None:
    desk.work.org.set_faults({"operation": "token:jwt-bearer", "kind": "503", "after": 1})

    def say(text: str) -> None:
        if text.startswith("logging in with the new key"):
            desk.work.org.set_api_calls(14_900)

    desk.say = say
    with pytest.raises(ApplyFailed, match="The org has the old certificate"):
        desk.rotate()
    assert desk.has_old
    with pytest.raises(QuotaTooLow):
        desk.rotate()
    assert desk.new_files == []


def test_the_error_says_that_the_old_key_does_not_log_in_yet(desk) -> None:
    desk.work.org.set_faults(
        {"operation": "token:jwt-bearer", "kind": "503", "after": 1, "times": 2}
    )
    with pytest.raises(ApplyFailed, match="The old key does not log in yet") as raised:
        desk.rotate()
    assert "provision prove" in raised.value.next_step
    assert desk.has_old


def test_the_login_with_the_new_key_is_waited_for(desk) -> None:
    desk.wait = 600
    with desk.prepared() as (rotation, rotator):
        slow = _SlowKey(rotation.new.spec.private_key, refusals=2)
        spec = dataclasses.replace(rotation.new.spec, private_key=slow)
        new = dataclasses.replace(rotation.new, spec=spec)
        rotated = rotator.rotate(dataclasses.replace(rotation, new=new))
    assert rotated.proof.kind is ProofKind.JWT_LOGIN
    assert len(desk.work.org.clock.slept) >= 2


@dataclass
class _SlowKey:
    """A key whose first signatures an org does not take, as while a change spreads."""

    key: object
    refusals: int

    def sign_rs256(self, claims):
        self.refusals -= 1
        return "e30.e30.e30" if self.refusals >= 0 else self.key.sign_rs256(claims)


@pytest.mark.parametrize("moment", ["deploying", "reading back", "logging in with the new key"])
def test_an_interruption_puts_the_old_one_back(desk, moment) -> None:
    desk.say = interrupting(desk, moment)
    with pytest.raises(ApplyFailed, match="interrupted") as raised:
        desk.rotate()
    assert "The org has the old certificate (read back)" in raised.value.message
    assert desk.has_old
    assert desk.new_files == []


@dataclass
class _Impatient:
    """A clock on which somebody presses Ctrl-C in the first waiting."""

    clock: SteppingClock
    pressed: bool = False

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def time(self) -> float:
        return self.clock.time()

    def sleep(self, seconds: float) -> None:
        if not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt
        self.clock.sleep(seconds)


@pytest.mark.parametrize("cancels", [True, False])
def test_an_interrupted_deploy_does_not_interrupt_the_way_back(desk, cancels) -> None:
    with desk.prepared() as (rotation, rotator):
        desk.work.org.set_quirks("deploy_polls=3")
        if not cancels:  # it ends before it is cancelled, and the certificate is in
            desk.work.org.set_faults({"operation": "rest:cancelDeploy", "kind": "503"})
        impatient = dataclasses.replace(rotator.org, clock=_Impatient(desk.work.org.clock))
        with pytest.raises(ApplyFailed, match="interrupted") as raised:
            dataclasses.replace(rotator, org=impatient).rotate(rotation)
    assert "The old key logs in as" in raised.value.message
    assert desk.has_old


@pytest.mark.parametrize("moment", ["putting", "deploying"])
def test_an_interruption_on_the_way_back_says_what_remains(desk, moment) -> None:
    desk.say = interrupting(desk, "logging in with the new key", moment)
    with pytest.raises(ApplyFailed, match="could not be put back") as raised:
        desk.rotate()
    assert "Keep both pairs" in raised.value.message
    assert f"provision apply {desk.spec.path}" in raised.value.next_step
    assert desk.new_files == ["app-20261124.crt", "app-20261124.key"]
    desk.work.apply(APP)
    assert desk.has_old


def test_an_org_that_refuses_the_deploy_keeps_the_old_one(desk) -> None:
    with desk.prepared() as (rotation, rotator):
        desk.work.org.set_faults(
            {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No."}
        )
        with pytest.raises(ApplyFailed, match=r"No\.") as raised:
            rotator.rotate(rotation)
    assert "The old key logs in as" in raised.value.message
    assert desk.has_old
    assert desk.new_files == []


def test_a_deploy_whose_end_nobody_knows_keeps_both_pairs(desk) -> None:
    with desk.prepared() as (rotation, rotator):
        desk.work.org.set_faults(
            {"operation": "rest:deployRequest", "kind": "drop_after"},
            {"operation": "rest:toolingQuery", "kind": "request_limit_exceeded", "times": 0},
        )
        with desk.work.org.noting() as noted, pytest.raises(ApplyFailed, match="Keep both pairs"):
            rotator.rotate(rotation)
    assert writes(noted) == ["rest:deployRequest"]
    assert desk.new_files == ["app-20261124.crt", "app-20261124.key"]


def test_a_deploy_whose_answer_was_lost_is_found_and_noted(desk) -> None:
    noted: list[tuple[str, str]] = []
    with desk.prepared() as (rotation, rotator):
        noting = dataclasses.replace(rotator, note=lambda what, end: noted.append((what, end)))
        desk.work.org.set_faults({"operation": "rest:deployRequest", "kind": "drop_after"})
        noting.rotate(rotation)
    assert noted == [("the rest of app Robot", end) for end in ("intended", "made")]
    assert desk.new_files == ["app-20261124.crt", "app-20261124.key"]


def test_an_org_that_changed_since_the_plan_is_not_written(desk) -> None:
    with desk.prepared() as (rotation, rotator):
        settings = desk.org.find_app("Robot").components[GLOBAL_OAUTH_SETTINGS.name]
        moved = {**settings.fields, "callbackUrl": "https://other.example/callback"}
        for own in ("consumerKey", "consumerSecret", "oauthLink"):
            moved.pop(own, None)
        desk.work.org.deploy(Component(GLOBAL_OAUTH_SETTINGS, settings.full_name, moved))
        with pytest.raises(GateRefused, match="stale"):
            rotator.rotate(rotation)
    assert desk.has_old
    assert desk.new_files == []


def test_a_session_of_the_app_itself_is_a_gate(desk) -> None:
    settings = desk.org.find_app("Robot").components[GLOBAL_OAUTH_SETTINGS.name]
    desk.client_id = settings.text("consumerKey")
    with (
        pytest.raises(GateRefused, match="this session came from Robot itself"),
        desk.prepared() as (rotation, _),
    ):
        check_gates([rotation.new.plan], frozenset(), Thresholds())
    assert desk.new_files == []
    with desk.prepared() as (rotation, _):
        check_gates([rotation.new.plan], frozenset({GateName.LOCKOUT}), Thresholds())


def test_a_bug_puts_the_old_one_back_and_is_reported_as_a_bug(desk) -> None:
    def say(text: str) -> None:
        desk.work.messages.append(text)
        if text == "logging in with the new key":
            raise ZeroDivisionError

    desk.say = say
    with pytest.raises(ApplyFailed, match="a bug stopped this rotation: ZeroDivision") as raised:
        desk.rotate()
    assert raised.value.message.startswith("The new certificate was put in, and the old one is")
    assert desk.has_old


def test_an_org_that_differs_from_the_spec_is_refused(desk) -> None:
    desk.spec = desk.work.spec_of(APP.replace("15 minutes", "30 minutes"))
    with pytest.raises(CannotError, match=r"policies\.session_timeout") as raised:
        desk.rotate()
    assert "provision apply" in raised.value.next_step


def test_an_old_key_that_does_not_log_in_stops_the_rotation(desk) -> None:
    desk.work.org.set_faults({"operation": "token:jwt-bearer", "kind": "503"})
    with pytest.raises(LoginRefused, match="the old key does not log in"):
        desk.rotate()
    assert desk.new_files == []


def test_an_accepted_certificate_is_not_rotated(desk) -> None:
    accepted = APP + (
        "    accept: [{field: oauth.jwt_bearer, reason: theirs, until: '2099-01-01'}]\n"
    )
    desk.spec = desk.work.spec_of(accepted)
    with pytest.raises(CannotError, match="see accept in the spec"):
        desk.rotate()
    assert desk.new_files == []


def test_the_next_pair_has_the_properties_of_the_old_one(desk, spec_of) -> None:
    directory = desk.spec.path.parent / "keys"
    new_pair("big-20250101", directory, subject="CN=ci,O=Acme", bits=3072, now=NOW)
    text = APP.replace("app.crt", "big-20250101.crt").replace("app.key", "big-20250101.key")
    with next_pair(spec_of(text), NOW, days=10) as pair:
        certificate = pair.spec.certificate
        assert pair.private_key.name == "big-20261124.key"
        assert certificate.bits == 3072
        assert certificate.subject == "CN=ci,O=Acme"
        assert certificate.days_left(NOW) == 10
        assert pair.spec.private_key.matches(certificate)
    assert not pair.private_key.exists()


def test_the_next_key_has_the_same_passphrase(desk, tmp_path) -> None:
    from provision.keys.file import KeyFileError
    from provision.keys.private_key import read_private_key
    from provision.spec.load import load
    from provision.spec.variable import Variables

    directory = desk.spec.path.parent / "keys"
    new_pair("locked", directory, subject="locked", now=NOW, passphrase="sesame")
    text = APP.replace("app.crt", "locked.crt").replace(
        "app.key", "locked.key, private_key_passphrase: '${env:P}'"
    )
    path = tmp_path / "locked.yaml"
    path.write_text(text)
    spec = load(path, Variables({}, {"P": "sesame"}))
    with next_pair(spec, NOW, days=10) as pair:
        with pytest.raises(KeyFileError, match="encrypted"):
            read_private_key(pair.private_key)
        assert read_private_key(pair.private_key, "sesame").matches(pair.spec.certificate)


def test_the_way_back_is_a_plan_of_its_own(desk) -> None:
    """After a way back, applying the spec changes nothing."""
    desk.work.org.set_faults({"operation": "token:jwt-bearer", "kind": "503", "after": 1})
    with pytest.raises(ApplyFailed):
        desk.rotate()
    prepared = desk.work.prepare(APP)
    assert prepared.plan.is_empty
    assert apply_plan(prepared, desk.org, desk.say).notices == ()
