"""No way of printing, copying or inspecting a secret gives it away."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback

import pytest
from rich.pretty import pretty_repr

from provision.secret.secret import Secret

TEXT = "PLANTED-hush"


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    name: str
    secret: Secret


def logged(secret: Secret) -> str:
    record = logging.LogRecord("x", 10, "x", 1, "%s %r", (secret, {"secret": secret}), None)
    return logging.Formatter().format(record)


def traced(secret: Secret) -> str:
    try:
        json.dumps(secret)
    except TypeError as error:
        return "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
    return ""


@pytest.mark.parametrize(
    "shown",
    [
        str,
        repr,
        ascii,
        pprint.pformat,
        pretty_repr,
        logged,
        traced,
        lambda secret: f"{secret}{secret!r}{secret:>20}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
        lambda secret: str([secret, {"a": secret}, Holder("x", secret)]),
        lambda secret: repr(dataclasses.asdict(Holder("x", secret))),
        lambda secret: repr(dataclasses.replace(Holder("x", secret), name="y")),
        lambda secret: json.dumps({"secret": secret}, default=str),
        lambda secret: repr([getattr(secret, name) for name in secret.__slots__]),
        lambda secret: repr(object.__getstate__(secret)),
        lambda secret: repr([copy.copy(secret), copy.deepcopy([secret])]),
    ],
)
def test_nothing_shows_it(shown) -> None:
    assert TEXT not in shown(Secret(TEXT))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol) -> None:
    with pytest.raises(TypeError, match="must not be pickled"):
        pickle.dumps(Holder("x", Secret(TEXT)), protocol)


@pytest.mark.parametrize("refused", [json.dumps, bytes, hash, vars, len, "".join, iter])
def test_what_would_need_its_text_is_refused(refused) -> None:
    with pytest.raises(TypeError) as raised:
        refused(Secret(TEXT))
    assert TEXT not in str(raised.value)


def test_it_is_only_revealed_on_demand() -> None:
    assert Secret(TEXT).reveal() == TEXT
    assert f"{Secret(TEXT):>10}" == "  (hidden)"


def test_secrets_can_be_compared() -> None:
    assert Secret("ä") == Secret("ä")
    assert Secret("ä") != Secret("b")
    assert Secret(TEXT) != TEXT
    assert Holder("x", Secret(TEXT)) == Holder("x", Secret(TEXT))
