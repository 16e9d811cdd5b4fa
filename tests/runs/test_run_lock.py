"""Two processes never work on one run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from provision.errors import CannotError
from provision.runs.run_lock import is_under_way, run_lock

HOLD = """\
import sys
from pathlib import Path
from provision.runs.run_lock import run_lock

with run_lock(Path(sys.argv[1]), "somebody@elsewhere"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_who_comes_second_is_told_who_is_there(tmp_path: Path) -> None:
    with run_lock(tmp_path, "me@here"):
        assert is_under_way(tmp_path)
        with pytest.raises(CannotError, match=rf"process {os.getpid()} of me@here"):
            run_lock(tmp_path, "you@there").__enter__()
    assert not is_under_way(tmp_path)
    with run_lock(tmp_path, "you@there"):
        pass


def test_the_lock_of_a_process_that_died_is_taken_over(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert is_under_way(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not is_under_way(tmp_path)
    with run_lock(tmp_path, "me@here"):
        assert is_under_way(tmp_path)


def test_a_folder_without_a_lock_is_not_under_way(tmp_path: Path) -> None:
    assert not is_under_way(tmp_path)
    assert list(tmp_path.iterdir()) == []
