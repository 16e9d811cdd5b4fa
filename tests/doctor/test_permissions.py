"""One table of permissions: for doctor, for `explain`, and for the documents."""

from pathlib import Path

import pytest

from provision.doctor.explain import explain
from provision.localorg.domain.people_sobjects import PERMISSIONS
from provision.org.permission import (
    NEEDS,
    Need,
    Occasion,
    VerbGroup,
    needed_for,
    permission_table,
)

ROOT = Path(__file__).resolve().parents[2]
START, END = "<!-- permissions -->\n", "\n<!-- end of permissions -->"


def purposes(needs: tuple[Need, ...]) -> set[str]:
    return {need.purpose for need in needs}


@pytest.mark.parametrize("document", ["README.md", "docs/doctor.md"])
def test_the_documents_have_the_table(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    [shown] = [part.partition(END)[0] for part in text.split(START)[1:]]
    assert shown == permission_table()


def test_every_permission_is_one_that_an_org_has() -> None:
    names = {f"Permissions{each.name}" for need in NEEDS for each in need.any_of}
    assert names <= set(PERMISSIONS)


def test_creating_and_assigning_need_more() -> None:
    plain = purposes(needed_for(VerbGroup.WRITE))
    more = purposes(needed_for(VerbGroup.WRITE, [Occasion.CREATES, Occasion.ASSIGNS]))
    assert more - plain == {"to assign permission sets", "to create profiles and permission sets"}


def test_reading_needs_the_metadata_api_and_no_right_to_change_apps() -> None:
    needs = purposes(needed_for(VerbGroup.READ))
    assert "for the Metadata API" in needs
    assert "to create, change and delete apps" not in needs


@pytest.mark.parametrize("word", ["View Client Secret", "viewclientsecret"])
def test_a_permission_is_explained_by_label_and_by_api_name(word: str) -> None:
    [explanation] = explain(word)
    assert "ViewClientSecret" in str(explanation)
    assert "credentials" in str(explanation)
