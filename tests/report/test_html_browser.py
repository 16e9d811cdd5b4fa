"""The HTML page in a real browser: links open what they lead to, colours are read, it fits."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from html import unescape

import pytest

from provision.report.html_page import HtmlRenderer
from provision.report.report import Report

CHROMIUM = shutil.which("chromium")
QUIET = shlex.split(
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync"
)

# Runs in a copy of the page, whose policy would not let it; what it found becomes the title.
PROBE = """
<script>
const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const rgb = text => text.match(/[\\d.]+/g).map(Number);
function back(element) {
  for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    if (colour !== 'rgba(0, 0, 0, 0)') return rgb(colour);
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
}
function contrast(element) {
  const [low, high] = [light(rgb(getComputedStyle(element).color)), light(back(element))].sort(
    (a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
addEventListener('load', async () => {
  const found = {opened: [], dark: matchMedia('(prefers-color-scheme: dark)').matches};
  document.querySelectorAll('details').forEach(d => d.open = false);
  for (const link of document.querySelectorAll('.matrix a')) {
    link.click();
    await new Promise(done => setTimeout(done, 20));
    found.opened.push(document.querySelector(link.hash).checkVisibility());
  }
  document.querySelectorAll('details').forEach(d => d.open = true);
  const texts = [...document.body.querySelectorAll('*')].filter(
    e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  found.lowest = Math.min(...texts.map(contrast));
  found.texts = texts.length;
  found.too_wide = document.documentElement.scrollWidth - innerWidth;
  const stops = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')];
  found.outlined = stops.every(e => {
    e.focus({focusVisible: true});
    return document.activeElement === e && getComputedStyle(e).outlineStyle === 'solid';
  });
  document.title = JSON.stringify(found);
});
</script>
"""

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        os.environ.get("PROVISION_CONFORMANCE") != "1", reason="run by make conformance"
    ),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1200, 500])
def test_a_browser_shows_it(results, tmp_path, dark, width) -> None:
    text = HtmlRenderer().render(Report.of(results))
    text = re.sub(r"<meta http-equiv=[^>]*>", "", text)
    page = tmp_path / "page.html"
    page.write_text(text.replace("</head>", f"{PROBE}</head>"), encoding="utf-8")
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    ran = subprocess.run(
        [CHROMIUM, *QUIET, scheme, f"--user-data-dir={tmp_path / 'profile'}",
         f"--window-size={width},900", "--virtual-time-budget=9000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=90, check=True,
    )  # fmt: skip
    [title] = re.findall(r"<title>(\{.*?\})</title>", ran.stdout)
    found = json.loads(unescape(title))
    assert found["dark"] is dark
    assert found["opened"] == [True] * 5
    assert found["texts"] > 100
    assert found["lowest"] >= 4.5
    assert found["too_wide"] <= 0
    assert found["outlined"]
