"""Directories of runs: whole or not at all, private, found again."""

import resource
from datetime import UTC, datetime

import pytest

from provision.errors import CannotError, ExitCode
from provision.runs.run_directory import find_run, open_run

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
FILES = {"record.json": b"{}", "snapshot/package.xml": b"<Package/>"}


def test_a_run_is_there_with_all_of_its_files_for_its_owner_alone(tmp_path) -> None:
    run = open_run(tmp_path / "deep" / "runs", "Robot", NOW, FILES)
    assert run.id == "20261124T063000Z-Robot"
    assert {str(p.relative_to(run.path)) for p in run.path.rglob("*") if p.is_file()} == set(FILES)
    for path in [tmp_path / "deep", tmp_path / "deep" / "runs", run.path, *run.path.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    assert [path.name for path in (tmp_path / "deep" / "runs").iterdir()] == [run.id]


def test_two_runs_in_one_second_are_two(tmp_path) -> None:
    ids = [open_run(tmp_path, "Robot", NOW, FILES).id for _ in range(3)]
    assert ids == [f"20261124T063000Z-Robot{suffix}" for suffix in ("", "-2", "-3")]


def test_a_run_is_found_by_id_and_by_path(tmp_path, monkeypatch) -> None:
    run = open_run(tmp_path / "runs", "Robot", NOW, FILES)
    monkeypatch.chdir(tmp_path)
    for name in (run.id, str(run.path), f"runs/{run.id}"):
        assert find_run(tmp_path / "runs", name).path == run.path


def test_a_run_that_is_not_there_is_refused_with_those_that_are(tmp_path) -> None:
    run = open_run(tmp_path, "Robot", NOW, FILES)
    with pytest.raises(CannotError, match="no run nonsense") as raised:
        find_run(tmp_path, "nonsense")
    assert run.id in raised.value.next_step
    with pytest.raises(CannotError):
        find_run(tmp_path / "nowhere", "nonsense")


def test_where_nothing_can_be_written_nothing_is_left(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotError, match="cannot be kept in") as raised:
        open_run(tmp_path / "file" / "runs", "Robot", NOW, FILES)
    assert raised.value.exit_code is ExitCode.CANNOT
    assert "--run-dir" in raised.value.next_step


def test_a_disk_that_is_full_leaves_no_half_of_a_run(tmp_path) -> None:
    """A limit on the size of files stands in for a full disk: the write fails half-way."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(CannotError, match="cannot be kept"):
            open_run(tmp_path / "runs", "Robot", NOW, {**FILES, "big": b"x" * 10_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "runs").iterdir()) == []
