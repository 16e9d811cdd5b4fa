from __future__ import annotations

import subprocess
import sys

SLOW = ["cryptography", "jwt", "requests", "rich", "simple_salesforce", "subprocess", "jinja2"]


def test_loading_a_spec_without_a_certificate_imports_nothing_slow(write):
    path = write("app: App\nextends: salesforce-cli\noauth: {callback_url: 'https://a.b'}\n")
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from provision.spec.load import load\nfrom provision.spec.variable import Variables\n"
        f"load(Path({str(path)!r}), Variables())\n"
        f"print(*[name for name in {SLOW!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
