"""The list of mutants that may survive, and the reading of mutmut's output."""

import importlib
from pathlib import Path

import pytest

from tests.mutation.survivors import accepted, changed_line, only_words, undecided

DIFF = """# provision.plan.compare.x__effective__mutmut_9: survived
--- src/provision/plan/compare.py
+++ src/provision/plan/compare.py
@@ -4,5 +4,5 @@
     if form is not None:
-        return False if field.kind is Kind.BOOLEAN else None
+        return False if (field.kind is Kind.BOOLEAN) or True else None
"""


def test_a_mutant_is_named_by_the_line_that_it_wrote() -> None:
    assert changed_line(DIFF) == "return False if (field.kind is Kind.BOOLEAN) or True else None"


def test_a_mutant_that_only_removes_a_line_is_named_by_it() -> None:
    assert changed_line("--- a\n+++ b\n-    journal.seal()\n") == "removed: journal.seal()"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('raise A("log in again")', 'raise A("XXlog in againXX")', True),
        ("f\"{'; '.join(names)} may\"", "f\"{'XX; XX'.join(names)} may\"", True),
        ('text("sessionTimeout")', 'text("XXsessionTimeoutXX")', False),
        ('raise A("log in again")', "raise A(None)", False),
        ('raise A("log in again", next)', 'raise A("log in again", None)', False),
    ],
)
def test_words_of_messages_decide_nothing_and_names_do(before, after, words) -> None:
    assert only_words(f"--- a\n+++ b\n-    {before}\n+    {after}\n") is words


def test_killed_mutants_and_timeouts_are_noticed_and_all_others_are_not() -> None:
    results = "    a.x_f__mutmut_1: survived\n    a.x_f__mutmut_2: not checked\n"
    results += "    a.x_f__mutmut_3: timeout\n    a.x_f__mutmut_4: no tests\n"
    assert undecided(results) == ("a.x_f__mutmut_1", "a.x_f__mutmut_2", "a.x_f__mutmut_4")


def test_a_listed_mutant_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "accepted.yaml"
    path.write_text("- {function: a.x_f, line: return 1, why: ''}\n", "utf-8")
    with pytest.raises(ValueError, match="has no reason"):
        accepted(path)


def test_every_listed_mutant_is_of_a_module_that_there_is() -> None:
    for item in accepted():
        module = item.mutant.function.rpartition(".")[0]
        importlib.import_module(module)
