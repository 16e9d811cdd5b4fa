"""Which orgs changed since a revision of a real git repository."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from provision.errors import CannotError
from provision.fleet.changed import changed_since
from provision.fleet.load import load_fleet

pytestmark = pytest.mark.slow

FLEET = """\
defaults:
  variables: {suffix: ""}
groups:
  emea: {specs: [specs/emea.yaml]}
orgs:
  acme: {specs: [specs/acme.yaml]}
  uat: {groups: [emea], variables: {flag: 1}}
  dev: {variables: {key: "${file:dev.txt}"}}
"""
FILES = {
    "fleet/fleet.yaml": FLEET,
    "fleet/specs/acme.yaml": (
        "app: A\noauth: {jwt_bearer: {certificate: ../../certs/a.crt, private_key: a.key}}\n"
    ),
    "fleet/specs/emea.yaml": (
        "app: E\ndescription: ${file:text.txt}\n"
        'oauth: {jwt_bearer: {certificate: "${env}/e.crt"}}\n'
    ),
    "certs/a.crt": "one",
    "fleet/specs/text.txt": "one",
    "fleet/specs/prod/e.crt": "one",
    "fleet/dev.txt": "one",
    "README": "one",
}
Edit = Callable[[Mapping[str, str]], set[str]]


def git(folder: Path, *arguments: str) -> None:
    settings = ["-c", "user.name=n", "-c", "user.email=n@n.example", "-c", "commit.gpgsign=false"]
    subprocess.run(
        ["git", "-C", str(folder), *settings, *arguments], check=True, capture_output=True
    )


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a fleet in a folder of it, one commit, and the tag `before` on that."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet")
    write(folder, {**FILES, ".gitignore": "ignored*\n"})
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "first")
    git(folder, "tag", "before")
    return folder


@pytest.fixture
def changed(checkout: Path) -> Edit:
    """The orgs that changed when these files are written."""

    def changed(files: Mapping[str, str]) -> set[str]:
        write(checkout, files)
        return set(changed_since(load_fleet(checkout / "fleet/fleet.yaml"), "before"))

    return changed


def fleet(old: str, new: str) -> dict[str, str]:
    assert old in FLEET
    return {"fleet/fleet.yaml": FLEET.replace(old, new)}


@pytest.mark.parametrize(
    ("files", "orgs"),
    [
        ({}, set()),
        ({"README": "two", "new.txt": "new", "fleet/specs/other.yaml": "app: O\n"}, set()),
        ({"fleet/specs/acme.yaml": "app: A\nlabel: x\n"}, {"acme"}),
        ({"fleet/specs/emea.yaml": "app: E\nlabel: x\n"}, {"uat"}),
        ({"fleet/specs/acme.yaml": "app: [\n"}, {"acme"}),
        # files that a spec names
        ({"certs/a.crt": "two"}, {"acme"}),
        ({"fleet/specs/a.key": "untracked"}, {"acme"}),
        ({"fleet/specs/text.txt": "two"}, {"uat"}),
        ({"fleet/specs/prod/e.crt": "two"}, {"uat"}),  # ${env} may be prod
        ({"fleet/specs/prod/f.crt": "two"}, set()),
        # files that the fleet names
        ({"fleet/dev.txt": "two"}, {"dev"}),
        # entries
        (fleet("acme: {specs", "acme: {tags: [x], specs"), {"acme"}),
        (fleet("flag: 1", "flag: 2"), {"uat"}),
        (fleet("flag: 1", "flag: true"), {"uat"}),
        (fleet("emea: {specs", "emea: {variables: {a: b}, specs"), {"uat"}),
        (fleet('suffix: ""', "suffix: x"), {"acme", "uat", "dev"}),
        ({"fleet/fleet.yaml": FLEET + "  new: {}\n"}, {"new"}),
        (fleet('  dev: {variables: {key: "${file:dev.txt}"}}\n', ""), set()),
        # what says the same
        (fleet("flag: 1", "flag:   1  "), set()),
        ({"fleet/fleet.yaml": f"# a comment\n{FLEET}run: {{concurrency: 2}}\n"}, set()),
    ],
)
def test_an_org_changed_with_what_it_is_made_of(changed, files, orgs):
    assert changed(files) == orgs


def test_what_is_committed_since_counts_as_what_is_not(checkout, changed):
    write(checkout, {"certs/a.crt": "two"})
    git(checkout, "commit", "--quiet", "-am", "second")
    assert changed({}) == {"acme"}
    assert changed({"certs/a.crt": "one"}) == set()


def test_a_file_that_is_gone_changed(checkout, changed):
    (checkout / "certs/a.crt").unlink()
    assert changed({}) == {"acme"}


def test_what_git_ignores_is_not_looked_at(checkout, changed):
    write(checkout, {"fleet/specs/acme.yaml": "app: A\nlabel: ${file:ignored.txt}\n"})
    git(checkout, "commit", "--quiet", "-am", "second")
    git(checkout, "tag", "--force", "before")
    assert changed({"fleet/specs/ignored.txt": "x"}) == set()


def test_a_fleet_that_is_new_changed_in_all_its_orgs(checkout):
    write(checkout, {"fleet/other.yaml": FLEET})
    found = changed_since(load_fleet(checkout / "fleet/other.yaml"), "before")
    assert found == {"acme", "uat", "dev"}


def test_a_fleet_that_could_not_be_read_then_changed_in_all_its_orgs(checkout, changed):
    write(checkout, {"fleet/fleet.yaml": "orgs: [\n"})
    git(checkout, "commit", "--quiet", "-am", "second")
    git(checkout, "tag", "--force", "before")
    assert changed({"fleet/fleet.yaml": FLEET}) == {"acme", "uat", "dev"}


def test_through_links_to_the_fleet_and_to_a_spec(checkout, tmp_path):
    (tmp_path / "link").symlink_to("checkout/fleet")
    (checkout / "fleet/emea.yaml").symlink_to("specs/emea.yaml")
    linked = FLEET.replace("specs/emea.yaml", "emea.yaml")
    write(checkout, {"fleet/fleet.yaml": linked})
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "-m", "second")
    git(checkout, "tag", "--force", "before")
    through = load_fleet(tmp_path / "link/fleet.yaml")
    assert changed_since(through, "before") == frozenset()
    write(checkout, {"fleet/specs/emea.yaml": "app: E\n"})
    assert changed_since(through, "before") == {"uat"}


def test_a_spec_outside_of_the_checkout_may_always_have_changed(changed, tmp_path):
    assert changed(fleet("specs/acme.yaml", str(tmp_path / "else.yaml"))) == {"acme"}
    spec = tmp_path / "else.yaml"
    spec.write_text("app: A\n")
    assert changed({}) == {"acme"}


def test_names_of_files_that_are_no_ascii_and_no_utf8(checkout, changed):
    (checkout / "fleet/caf\udce9.txt").write_text("x")
    assert changed(
        {
            **fleet("specs/acme.yaml", "'specs/ä ö.yaml'"),
            "fleet/specs/ä ö.yaml": "app: A\n",
        }
    ) == {"acme"}


@pytest.mark.parametrize("revision", ["nope", "", "-p", "--output=x", "before:README", "v1..v2"])
def test_what_is_no_revision(checkout, revision):
    with pytest.raises(CannotError, match=r"no git revision|knows no revision") as caught:
        changed_since(load_fleet(checkout / "fleet/fleet.yaml"), revision)
    assert "changed:" in caught.value.next_step


def test_what_is_no_repository(checkout, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    write(tmp_path / "bare", FILES)
    with pytest.raises(CannotError, match="not a git repository"):
        changed_since(load_fleet(tmp_path / "bare/fleet/fleet.yaml"), "before")


def test_without_git(checkout, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotError, match="needs git"):
        changed_since(load_fleet(checkout / "fleet/fleet.yaml"), "before")
