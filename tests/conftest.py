"""What tests of several rooms share: a key pair, specs from text, a stand-in for `sf`, Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, settings

from provision.keys.pair import new_pair
from provision.org import soap
from provision.org.retry import Waits
from provision.redaction import SECRETS
from provision.spec.load import load
from provision.spec.spec import Spec
from provision.spec.variable import Variables

# How long an example takes says nothing on a busy machine. The same examples every time where a
# change is judged; new ones wherever one is developed.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

SpecOf = Callable[[str], Spec]
FakeSf = Callable[[Mapping[str, object]], None]

SF = """#!{python}
import json, sys
answers = json.load(open({answers!r}))
asked = " ".join(word for word in sys.argv[1:] if word != "--json")
for command, answer in answers.items():
    if asked.startswith(command):
        if isinstance(answer, str):
            sys.stderr.write(answer)
            sys.exit(2)
        print(json.dumps(answer))
        sys.exit(answer["status"])
sys.stderr.write(f" >   Error: {{asked}} is not a sf command.")
sys.exit(127)
"""


@pytest.fixture(autouse=True)
def _no_known_secrets() -> None:
    """What an earlier test gave as a secret is an ordinary text here."""
    SECRETS.forget()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting() -> None:
    """Reads are repeated as often as ever, without the pause between."""
    soap.READ_WAITS = Waits(0.0)


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A private key and its certificate, made for this run."""
    directory = tmp_path_factory.mktemp("pair")
    return new_pair("app", directory, bits=2048, subject="app", days=365, now=datetime.now(UTC))


@pytest.fixture
def keys(pair: tuple[Path, Path], tmp_path: Path) -> Path:
    """`keys/app.key` and `keys/app.crt` beside the spec."""
    directory = tmp_path / "keys"
    directory.mkdir()
    for file in pair:
        shutil.copy(file, directory / file.name)
    return directory


@pytest.fixture
def spec_of(keys: Path, tmp_path: Path) -> SpecOf:
    """A spec from its text; `keys/app.crt` and `keys/app.key` are there."""

    def build(text: str) -> Spec:
        path = tmp_path / "spec.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return load(path, Variables({}, {}))

    return build


@pytest.fixture
def fake_sf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSf:
    """Put an `sf` on the PATH that answers as the real one is known to, by command.

    A text is an error without JSON.
    """
    directory = tmp_path / "bin"
    directory.mkdir()

    def install(answers: Mapping[str, object]) -> None:
        file = directory / "answers.json"
        file.write_text(json.dumps(answers), encoding="utf-8")
        script = directory / "sf"
        script.write_text(SF.format(python=sys.executable, answers=str(file)))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")

    return install


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """SIGINT does what it does as a rule; whoever starts the tests may have had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
