"""Prints the figures of docs/architecture.md for a tree: ``python -m benchmarks.figures``.

For another commit: ``PYTHONPATH=OTHER/src python benchmarks/figures.py``.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import provision

_SPEC = """\
app: Bench
contact_email: ops@example.com
oauth:
  callback_urls: [https://bench.example/callback]
  scopes: [api, refresh_token]
policies:
  session_timeout: 15 minutes
"""
_LONG = 400
_COUNT = """\
import atexit, inspect, sys, threading
passed = set()
def note(frame, event, _):
    code = frame.f_code
    if event == "call" and code.co_flags & inspect.CO_NEWLOCALS:  # a function, not a module
        passed.add(code.co_filename)
def count():
    sys.setprofile(None)
    loaded = [name for name in sys.modules if name.startswith("provision.")]
    local = [name for name in loaded if name.startswith("provision.localorg")]
    ran = [name for name in passed if "/provision/" in name and "/localorg/" not in name]
    print(len(loaded), len(local), len(ran), file=open("count", "w"))
from provision.cli.main import main
atexit.register(count)
threading.setprofile(note)
sys.setprofile(note)
sys.argv = ["provision", "plan", "spec.yaml", "--org", "local"]
main()
"""


def main() -> None:
    """Measure the package that is imported as ``provision``."""
    source = Path(provision.__file__).parent
    lines = {path: path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.py"))}
    lengths = sorted(len(text.splitlines()) for text in lines.values())
    total, modules = sum(lengths), len(lengths)
    imports = sum(sum(_import_lines(text)) for text in lines.values())
    loaded, local, ran = _of_a_plan(source.parent)
    print(f"| {source} | |\n|---|---|")
    print(f"| lines | {total:,} |")
    print(f"| modules | {modules} |")
    print(f"| lines a module, average | {total / modules:.0f} |")
    print(f"| lines a module, median | {lengths[modules // 2]} |")
    print(f"| modules of more than {_LONG} lines | {sum(each > _LONG for each in lengths)} |")
    print(f"| lines that are imports | {imports:,} ({imports / total:.1%}) |")
    print(f"| modules that planning a seven-line spec loads | {loaded} |")
    print(f"| of them, of the local org | {local} |")
    print(f"| modules outside of it in which a function runs | {ran} |")


def _import_lines(text: str) -> Iterator[int]:
    """The number of lines of each import statement, late ones included."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def _of_a_plan(path: Path) -> tuple[int, int, int]:
    """Modules that one plan loads, those of them that emulate the org, and others that run."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "spec.yaml").write_text(_SPEC, encoding="utf-8")
        subprocess.run(
            [sys.executable, "-c", _COUNT],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(path)},
            check=True,
            capture_output=True,
        )
        loaded, local, ran = Path(folder, "count").read_text(encoding="utf-8").split()
    return int(loaded), int(local), int(ran)


if __name__ == "__main__":
    main()
