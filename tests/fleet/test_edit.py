"""Orgs added to a fleet file, with everything else as it was."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provision.errors import CannotError, SpecError
from provision.fleet.edit import NewOrg, add_orgs, lines_of, with_orgs
from provision.fleet.load import load_fleet
from provision.spec.variable import Variables

UAT = NewOrg("uat", alias="acme-uat", tags=("sandbox",))
LINES = 'uat:\n  tags: ["sandbox"]\n  login: {"sf": "acme-uat"}\n'


def indented(text: str, by: int = 2) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fleet.yaml"


def test_a_new_file(path) -> None:
    add_orgs(path, [UAT, NewOrg("dev")])
    fleet = load_fleet(path)
    assert list(fleet.orgs) == ["uat", "dev"]
    assert fleet.orgs["uat"].tags == ("sandbox",)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_everything_that_an_entry_says(path) -> None:
    add_orgs(path, [NewOrg("first")])
    path.write_text("groups: {g: {}}\n" + path.read_text())
    org = NewOrg("dev", "alias", ("g",), ("a", "b"), ("x/app.yaml",), {"suffix": ".dev", "n": "1"})
    add_orgs(path, [org])
    fleet = load_fleet(path)
    dev = fleet.orgs["dev"]
    assert (dev.groups, dev.tags, dev.specs) == (("g",), ("a", "b"), (path.parent / "x/app.yaml",))
    reached = fleet.reach("dev", Variables())
    assert reached.variables.values == {"suffix": ".dev", "n": "1"}
    assert reached.login is not None
    assert reached.login.sf == "alias"


def test_an_alias_that_is_the_name_is_not_said() -> None:
    assert lines_of(NewOrg("dev-1", alias="dev-1")) == ("dev-1: {}",)


@pytest.mark.parametrize(
    ("before", "added"),
    [
        # (the file up to where the lines go | the rest of it, by how much they are indented)
        ("orgs:\n  a: {}\n|", 2),
        ("orgs:\n    a:\n        tags: [x]\n|", 4),
        ("orgs:\n  a: {}\n  b:\n    variables:\n      v: |2\n         x\n|\n\n# the end\n", 2),
        ("# c\norgs:  # all\n\n  # first\n  a: {}  # one\n|\n# then\nrun: {concurrency: 2}\n", 2),
        ("orgs:\n  a: {}\n|\n\n  # b: {}\n", 2),
        ("orgs:\n  a: {tags: [x,\n    z]}\n|groups: {}\n", 2),
        ("run: {}\norgs:\n  a:\n|defaults: {specs: [x.yaml]}\n", 2),
        ("orgs:\n  a: {}\n|...\n", 2),
        ("---\norgs:\n  a: {}\n|", 2),
        ("orgs:\n  a: &x {tags: [t]}\n  b: *x\n|", 2),
        ('orgs:\n  "true": {}\n|', 2),
        ("\ufefforgs:\n  a: {}\n|", 2),
        ("\ufeff# comment\norgs:\n  a: {}\n|run: {}\n", 2),
    ],
)
@pytest.mark.parametrize("feed", ["\n", "\r\n"])
def test_every_other_byte_stays(path, before, added, feed) -> None:
    head, tail = before.replace("|2", "BLOCK").split("|")
    head = head.replace("BLOCK", "|2")
    path.write_text((head + tail).replace("\n", feed), encoding="utf-8", newline="")
    add_orgs(path, [UAT])
    expected = (head + indented(LINES, added) + tail).replace("\n", feed)
    assert path.read_bytes().decode() == expected


def test_a_last_line_without_an_end_gets_one(path) -> None:
    path.write_text("orgs:\n  a: {}", newline="")
    add_orgs(path, [UAT])
    assert path.read_text() == "orgs:\n  a: {}\n" + indented(LINES)


@pytest.mark.parametrize(
    "text",
    [
        "orgs: {}\n",
        "orgs: {a: {}}\n",
        "orgs: {a: {},\n  b: {}}\n",
        '{"orgs": {"a": {}}}\n',
        "  orgs:\n    a: {}\n  run: {}\n",
        # lines that look like comments and are text
        "orgs:\n  a:\n    variables:\n      v: |\n        x\n        # not a comment\n",
        'orgs:\n  a:\n    variables: {v: "x\n\n  # y"}\n',
    ],
)
def test_what_cannot_be_added_to_is_left_with_lines_to_add(path, text) -> None:
    path.write_text(text)
    with pytest.raises(CannotError, match="cannot be added to by a program") as caught:
        add_orgs(path, [UAT])
    assert caught.value.next_step == (
        "Add this to its orgs yourself:\n" + indented(LINES).rstrip("\n")
    )
    assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_an_org_that_is_there_is_not_added_again(path) -> None:
    path.write_text("orgs:\n  uat: {}\n")
    with pytest.raises(CannotError):
        add_orgs(path, [UAT])
    assert path.read_text() == "orgs:\n  uat: {}\n"


def test_a_fleet_that_is_wrong_is_left_alone(path) -> None:
    path.write_text("orgs:\n  a: {tag: x}\n")
    with pytest.raises(SpecError, match="did you mean tags"):
        add_orgs(path, [UAT])
    assert path.read_text() == "orgs:\n  a: {tag: x}\n"


def test_a_name_that_is_none_is_not_written(path) -> None:
    with pytest.raises(CannotError, match="cannot be added to"):
        add_orgs(path, [NewOrg("a b")])
    assert not path.exists()


def test_a_link_and_a_mode_stay(path, tmp_path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("orgs:\n  a: {}\n")
    real.chmod(0o640)
    path.symlink_to("real.yaml")
    add_orgs(path, [UAT])
    assert path.is_symlink()
    assert list(load_fleet(real).orgs) == ["a", "uat"]
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_folder_that_is_not_there(tmp_path) -> None:
    with pytest.raises(CannotError, match="cannot be written: No such file"):
        add_orgs(tmp_path / "nowhere/fleet.yaml", [UAT])


NAMES = st.text(min_size=1, max_size=12).filter(
    lambda text: text.isprintable() and not set(text) & set(" ,:!*?[]/\\") and text[0] not in "-."
)
ORGS = st.lists(
    st.builds(
        NewOrg,
        NAMES,
        variables=st.dictionaries(
            st.sampled_from(["v", "w"]), st.text(st.characters(exclude_categories=["Cs"]))
        ),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda org: org.name,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(ORGS)
@example([NewOrg(name) for name in ("true", "no", "null", "on", "Yes", "~", "12", "0x1", "1e3")])
@example([NewOrg("a", variables={"w": "${env:HOME} $${x}", "v": "\x85\u2028\x7f\ufeff😀\t\"'"})])
def test_any_orgs_are_read_as_they_were_added(path, orgs) -> None:
    path.unlink(missing_ok=True)
    path.write_text("orgs:\n  a-first-one: {}\n")
    add_orgs(path, orgs)
    fleet = load_fleet(path)
    assert list(fleet.orgs) == ["a-first-one", *(org.name for org in orgs)]
    for org in orgs:
        assert fleet.reach(org.name, Variables()).variables.values == org.variables


def test_what_others_added_meanwhile_stays(path) -> None:
    add_orgs(path, [NewOrg("first")])
    edit = with_orgs(path, [UAT])
    add_orgs(path, [NewOrg("theirs")])
    edit.write()
    assert list(load_fleet(path).orgs) == ["first", "theirs", "uat"]


def test_a_file_that_others_made_meanwhile_stays(path) -> None:
    edit = with_orgs(path, [UAT])
    add_orgs(path, [NewOrg("theirs")])
    edit.write()
    assert list(load_fleet(path).orgs) == ["theirs", "uat"]


def test_an_org_that_others_added_meanwhile_is_not_added_again(path) -> None:
    edit = with_orgs(path, [UAT])
    add_orgs(path, [NewOrg("uat")])
    before = path.read_bytes()
    with pytest.raises(CannotError, match="has uat already"):
        edit.write()
    assert path.read_bytes() == before
