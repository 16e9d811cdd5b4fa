"""What an org refuses after a plan, and how many hold tokens: told for every such field."""

import pytest

from provision.catalogue.catalogue import type_named
from provision.plan.gate import AppUser, Usage
from provision.plan.tightening import refuses, with_holders
from tests.catalogue.judged_values import LOOSER_AND_STRICTER, REFUSE_NOTHING
from tests.catalogue.test_judgements import named
from tests.plan.test_widening import plan

REFUSING = [key for key in LOOSER_AND_STRICTER if key not in REFUSE_NOTHING]
USERS = tuple(AppUser(f"u{n}@x.y", frozenset(), "00e1") for n in range(3))


@pytest.mark.parametrize("key", REFUSING, ids=named)
def test_a_stricter_value_says_what_is_refused_and_how_many_hold_tokens(key) -> None:
    looser, stricter = LOOSER_AND_STRICTER[key]
    tightened = plan(key, looser, stricter)
    assert refuses(tightened)
    [change] = with_holders(tightened, Usage(USERS, known=True)).changes
    refused = type_named(key[0]).field(key[1]).refuses
    assert change.risk.text.endswith(
        f" The org then refuses {refused}. 3 users hold tokens of the app."
    )


@pytest.mark.parametrize("key", LOOSER_AND_STRICTER, ids=named)
def test_a_looser_value_refuses_nothing(key) -> None:
    looser, stricter = LOOSER_AND_STRICTER[key]
    loosened = plan(key, stricter, looser)
    assert not refuses(loosened)
    assert with_holders(loosened, Usage(USERS, known=True)) == loosened


@pytest.mark.parametrize("key", sorted(REFUSE_NOTHING), ids=named)
def test_a_stricter_value_that_refuses_nothing_asks_for_nobody(key) -> None:
    looser, stricter = LOOSER_AND_STRICTER[key]
    assert not refuses(plan(key, looser, stricter))


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage((), known=True), "No user holds a token of the app."),
        (Usage(USERS[:1], known=True), "1 user holds a token of the app."),
        (Usage(USERS[:2], known=True), "2 users hold tokens of the app."),
        (Usage(), "The org does not tell how many users hold tokens of the app."),
    ],
)
def test_one_none_and_an_unknown_number_are_said(usage, said) -> None:
    tightened = plan(("ExtlClntAppGlobalOauthSettings", "isMtlsEnabled"), False, True)
    [change] = with_holders(tightened, usage).changes
    assert change.risk.text.endswith(said)
