from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = ["cryptography", "jwt", "requests", "rich", "simple_salesforce", "subprocess", "jinja2"]


@pytest.mark.parametrize("callback", ["https://a.example.com"])
def test_loading_a_spec_without_a_certificate_imports_nothing_slow(write, callback):
    path = write(f"app: App\nextends: salesforce-cli\noauth: {{callback_url: '{callback}'}}\n")
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from provision.spec.load import load\nfrom provision.spec.variable import Variables\n"
        f"load(Path({str(path)!r}), Variables())\n"
        f"print(*[name for name in {SLOW!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
