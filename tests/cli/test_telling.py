"""Telling: what becomes of stdout and stderr changes nothing of what is done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from provision.cli.telling import lose_result, lost_result, note_written, telling
from provision.errors import ExitCode

PROGRAM = "import sys; from provision.cli.main import main; sys.argv[0] = 'provision'; main()"
BUG_WORDS = ("Traceback", "this is a bug", "Exception ignored")

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


@contextmanager
def full() -> Iterator[int]:
    """A file on a disk that is full."""
    handle = os.open("/dev/full", os.O_WRONLY)
    yield handle
    os.close(handle)


@contextmanager
def broken() -> Iterator[int]:
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@contextmanager
def closed() -> Iterator[int]:
    """Nothing: see :func:`ended`."""
    yield -1


STREAMS = {"full": full, "broken": broken, "closed": closed}


def ended(
    arguments: tuple[str, ...],
    *,
    out: Callable[[], object] | None = None,
    err: Callable[[], object] | None = None,
    program: str = PROGRAM,
) -> tuple[int, str]:
    """The exit code of the program with such streams, and what reached stdout and stderr."""
    with ExitStack() as stack:
        streams = [stack.enter_context(make()) if make else None for make in (out, err)]
        shut = [number for number, stream in zip((1, 2), streams, strict=True) if stream == -1]

        def close() -> None:
            for number in shut:
                os.close(number)

        stdout, stderr = (subprocess.PIPE if stream in {None, -1} else stream for stream in streams)
        ran = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            stdout=stdout,
            stderr=stderr,
            preexec_fn=close,
            text=True,
            check=False,
            timeout=120,
        )
    return ran.returncode, f"{ran.stdout or ''}{ran.stderr or ''}"


def is_applied(run, spec) -> bool:
    return run("diff", str(spec), "--org", "local").code == ExitCode.OK


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_without_stdout_all_is_done_and_the_exit_code_tells(run, spec, stream) -> None:
    options = ("--org", "local", "--yes", "--no-proof")
    code, said = ended(("apply", str(spec), *options), out=stream)
    assert code == ExitCode.APPLY_FAILED
    assert "everything was done, and the result could not be written: stdout: " in said
    assert not any(word in said for word in BUG_WORDS)
    assert is_applied(run, spec)


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_without_stderr_nothing_is_lost(run, spec, stream) -> None:
    options = ("--org", "local", "--yes", "--no-proof")
    code, said = ended(("apply", str(spec), *options), err=stream)
    assert code == ExitCode.OK
    assert "app: Robot is what the spec says (read back)" in said
    assert is_applied(run, spec)


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_a_lost_result_of_a_verb_that_writes_nothing_is_exit_2(spec, stream) -> None:
    code, said = ended(("render", str(spec)), out=stream)
    assert code == ExitCode.CANNOT
    assert "the result could not be written" in said
    assert ended(("render", str(spec)), out=stream, err=stream) == (ExitCode.CANNOT, "")


@pytest.mark.usefixtures("run")
def test_an_error_of_its_own_stays(tmp_path) -> None:
    code, said = ended(("validate", str(tmp_path / "nothing.yaml")), out=full)
    assert code == ExitCode.CANNOT
    assert "there is no such file" in said
    assert "could not be written" not in said


def test_a_secret_that_cannot_be_shown_is_not_lost(run, spec) -> None:
    """It would be lost for good: its pair is thrown away again."""
    assert run("apply", str(spec), "--org", "local", "--yes", "--no-proof").code == ExitCode.OK
    stage = ("credentials", "stage", "Robot", "--show", "--force", "--open-setting")
    code, said = ended((*stage, "--org", "local"), out=full)
    assert code == ExitCode.APPLY_FAILED
    assert "handed to nobody, and removed again" in said
    assert run(*stage, "--org", "local").code == ExitCode.OK


def test_a_result_that_cannot_be_written_to_its_file(run, spec, tmp_path) -> None:
    """It is the same where --output is on the disk that is full."""
    (tmp_path / "full").symlink_to("/dev/full")
    output = ("--format", "json", "--output", str(tmp_path / "full"))
    ran = run("apply", str(spec), "--org", "local", "--yes", "--no-proof", *output)
    assert ran.code == ExitCode.APPLY_FAILED
    assert "No space left on device" in ran.err
    assert is_applied(run, spec)


@pytest.mark.parametrize("code", list(ExitCode))
@pytest.mark.parametrize("written", [False, True])
def test_what_a_lost_result_makes_of_each_exit_code(code, written) -> None:
    with telling(lambda: None):
        lose_result("stdout: it is closed")
        if written:
            note_written()
        error = lost_result(code)
    if code in {ExitCode.OK, ExitCode.FOUND, ExitCode.NOT_PROVEN}:
        assert error is not None
        assert error.exit_code == (ExitCode.APPLY_FAILED if written else ExitCode.CANNOT)
    else:
        assert error is None  # the error says more


@pytest.mark.usefixtures("run")
def test_new_keys_whose_names_cannot_be_written_are_there(tmp_path) -> None:
    """To run it again would only meet the files."""
    code, said = ended(("keys", "new", "robot"), out=full)
    assert code == ExitCode.CANNOT
    assert "everything was done, and the result could not be written" in said
    assert "do not run it again" in said
    assert (tmp_path / "keys/robot.key").is_file()


AT_THE_END = """
import atexit, os, signal, sys
def signals():  # what was registered first is called last
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        os.kill(os.getpid(), number)
atexit.register(signals)
"""


@pytest.mark.usefixtures("run")
def test_a_signal_at_the_very_end_changes_no_exit_code(spec) -> None:
    code, said = ended(("validate", str(spec)), program=AT_THE_END + PROGRAM)
    assert code == ExitCode.OK
    assert not any(word in said for word in BUG_WORDS)


ENDED_BY = """
import sys
from provision.cli import main, telling
def verb(prog_name, standalone_mode):
    {write}
    {end}
main.app = verb
main.main()
"""


@pytest.mark.parametrize(
    "end", ["raise KeyboardInterrupt", "return 130", "raise ValueError('odd')"]
)
def test_after_the_first_write_only_exit_code_5_is_left(end) -> None:
    """Whatever comes outside of what writes to an org, such as while a report is made."""
    program = ENDED_BY.format(write="telling.note_written()", end=end)
    code, said = ended((), program=program)
    assert code == ExitCode.APPLY_FAILED
    assert "was written to" in said
    program = ENDED_BY.format(write="pass", end=end)
    assert ended((), program=program)[0] == (ExitCode.BUG if "odd" in end else 130)


def test_a_folder_that_is_gone(run, tmp_path, monkeypatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ran = run("credentials", "show", "Robot", "--to", "file:x", "--org", "local")
    assert ran.code == ExitCode.CANNOT
    assert "the folder that it was run in does not exist any more" in ran.err
    monkeypatch.chdir(tmp_path)
